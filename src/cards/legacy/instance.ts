import type { Card, ConversationRules } from '../../core/card.ts';
import { newCard, slugOf } from '../new-card.ts';
import type { PersonaFormat } from './format.ts';
import type { JsonObject } from './remainder.ts';
import { known, numberOf, objectOf, textOf, textsOf } from './values.ts';

/** `PersonaInstance` of the dynamic generator: base fields, archetype, detail categories, conversation rules. */
export const instanceFormat: PersonaFormat = {
  name: 'instance',
  persona: 'roleplay_character',
  required: ['id', 'template_id', 'name', 'role', 'description', 'detail_categories'],
  toCard(document, taxonomy) {
    const name = textOf(document['name']) ?? '';
    const id = slugOf(textOf(document['id']) ?? name);
    const card = newCard({ id, name, kind: 'training', persona: instanceFormat.persona }, taxonomy);
    const rules = objectOf(document['conversation_rules']) ?? {};
    return {
      ...card,
      summary: textOf(document['description']) ?? '',
      identity: {
        ...card.identity,
        age: numberOf(document['age']),
        gender: textOf(document['gender']),
        role: textOf(document['role']),
        type: textOf(document['persona_type']),
        location: objectOf(document['location']),
      },
      voice: { ...card.voice, word_limit: numberOf(rules['word_limit']) },
      archetype: {
        type: textOf(document['archetype']),
        confidence: numberOf(document['archetype_confidence']),
        data: objectOf(document['archetype_specific_data']) ?? {},
      },
      details: detailsOf(document),
      rules: { conversation: conversationRules(rules), oracle: null },
      context: known({
        template_id: document['template_id'],
        mode: document['mode'],
        scenario_type: document['scenario_type'],
        generation_metadata: objectOf(document['generation_metadata']),
      }),
    };
  },
  fromCard(card) {
    const { identity, archetype, context } = card;
    return {
      id: card.id,
      ...known({
        template_id: context['template_id'],
        persona_type: identity.type,
        mode: context['mode'],
        scenario_type: context['scenario_type'],
        name: card.name,
        age: identity.age,
        gender: identity.gender,
        role: identity.role,
        description: card.summary,
        location: identity.location,
      }),
      archetype: archetype.type,
      archetype_confidence: archetype.confidence,
      archetype_specific_data: archetype.data,
      detail_categories: card.details,
      conversation_rules: rulesToDocument(card),
      detail_categories_included: Object.keys(card.details),
      generation_metadata: objectOf(context['generation_metadata']) ?? {},
    };
  },
};

function detailsOf(document: JsonObject): Card['details'] {
  const categories = Object.entries(objectOf(document['detail_categories']) ?? {});
  return Object.fromEntries(
    categories.flatMap(([name, fields]) => {
      const details = objectOf(fields);
      return details ? [[name, details] as const] : [];
    }),
  );
}

function conversationRules(rules: JsonObject): ConversationRules | null {
  const opening = textOf(rules['opening_behavior']);
  const style = textOf(rules['response_style']);
  if (opening === null || style === null) return null;
  const triggers = objectOf(rules['behavioral_triggers']) ?? {};
  return {
    opening_behavior: opening,
    response_style: style,
    behavioral_triggers: {
      what_engages: textsOf(triggers['what_engages']),
      what_frustrates: textsOf(triggers['what_frustrates']),
      what_escalates: textsOf(triggers['what_escalates']),
      what_ends_conversation: textsOf(triggers['what_ends_conversation']),
    },
  };
}

function rulesToDocument({ rules, voice }: Card): JsonObject {
  const limit = known({ word_limit: voice.word_limit });
  if (!rules.conversation) return limit;
  const { opening_behavior, response_style, behavioral_triggers } = rules.conversation;
  return { opening_behavior, response_style, ...limit, behavioral_triggers };
}

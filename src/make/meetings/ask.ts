import type { Ask, ChatMessage } from '../../llm/ask.ts';
import { acceptWordings, type Wordings } from './accept-wordings.ts';
import { contextWordsOf } from './context-words.ts';
import type { MeetingGroup, MeetingPlan } from './plan.ts';
import { type Vocabulary, wordGroup } from './template.ts';
import { peopleOf, rhythmOf } from './wording.ts';

/** Asks for the words of up to `--batch-size` planned meetings. The answer holds words and names, never labels. */
export function wordingAsk(params: {
  readonly cell: string;
  readonly plan: MeetingPlan;
  readonly vocabulary: Vocabulary;
  readonly groups: readonly MeetingGroup[];
}): Ask<Wordings> {
  const { cell, plan, vocabulary, groups } = params;
  return {
    cell,
    messages: [systemMessage(plan), userMessage(groups)],
    temperature: 0.8,
    maxTokens: 200 + groups.length * tokensPerMeeting,
    schema: { name: 'meetings', schema: answerSchema },
    accept: (answer) => acceptWordings(cell, groups.length, answer),
    template: (random) => ({
      meetings: groups.map((group, index) => ({
        cell: index + 1,
        ...wordGroup(plan, vocabulary, group, random),
      })),
    }),
  };
}

/** A subject, two sentences and five people with titles. */
const tokensPerMeeting = 160;

function systemMessage({ card }: MeetingPlan): ChatMessage {
  const words = contextWordsOf(card);
  const { company, industry } = card.identity.demographics ?? {};
  return {
    role: 'system',
    content: [
      `You write realistic calendar invitations for one person: ${card.name}, ${named(company, 'a company')} (${named(industry, 'business')}).`,
      card.summary,
      `They speak of projects (${words.projects.join(', ')}), of material (${words.artefacts.join(', ')}) and work with ${words.teams.join(', ')}.`,
      'Write in English. A subject is one line of at most 80 characters as people type it. A body is two sentences of at most 240 characters.',
      'Never say how important a meeting is and never rate it. Use every phrase under "mention" word for word, in the subject where it fits, and do not bring in other topics.',
      'people: a name and a job title for everybody listed under "people", in that order; the title of a customer is "Customer, <organisation>". An empty list is allowed.',
      'Answer with JSON only: {"meetings": [{"cell": 1, "subject": "…", "body": "…", "people": [{"name": "…", "title": "…"}]}]}, one entry for each cell.',
    ].join('\n'),
  };
}

function named(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback;
}

function userMessage(groups: readonly MeetingGroup[]): ChatMessage {
  const cells = groups.map((group, index) => ({
    cell: index + 1,
    kind: rhythmOf(group),
    minutes: group.entry.durationMinutes,
    invited_by: group.seating.organizer === 'self' ? 'the person' : group.seating.organizer,
    people: peopleOf(group),
    mention: group.mention.length > 0 ? group.mention : 'nothing special: an everyday working meeting',
    prepare: group.prep === null ? 'nothing' : `the ${group.prep.match} (word for word)`,
  }));
  return {
    role: 'user',
    content: `Write these ${groups.length} meetings:\n${cells.map((cell) => JSON.stringify(cell)).join('\n')}`,
  };
}

const text = { type: 'string' };
const answerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['meetings'],
  properties: {
    meetings: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['cell', 'subject', 'body', 'people'],
        properties: {
          cell: { type: 'integer' },
          subject: text,
          body: text,
          people: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['name', 'title'],
              properties: { name: text, title: text },
            },
          },
        },
      },
    },
  },
};

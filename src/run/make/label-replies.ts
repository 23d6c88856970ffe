import type { Reply } from '../../make/replies/check-reply.ts';
import type { TagKit } from '../../tag/tag-unit.ts';
import { createRecordTagger } from '../tag/tag-records.ts';

/** What the taggers say of a reply, blind to what was asked for. */
export interface ReplyLabel {
  readonly persona: string;
  readonly score: number;
  readonly traits: readonly string[];
}

/** Labels replies in order, a batch at a time. */
export async function labelReplies(kit: TagKit, replies: readonly Reply[]): Promise<ReplyLabel[]> {
  const counts = { personas: {}, traits: {}, taggers: {}, examples: [] };
  const tag = createRecordTagger(kit, { threshold: null, explain: false }, counts);
  const labels: ReplyLabel[] = [];
  for (let start = 0; start < replies.length; start += batchRows) {
    const batch = replies
      .slice(start, start + batchRows)
      .map((reply) => ({ row: rowOf(reply), record: null }));
    for (const record of await tag(batch)) {
      const { _persona, _persona_score, _traits } = record;
      labels.push({
        persona: String(_persona),
        score: Number(_persona_score),
        traits: Array.isArray(_traits) ? _traits.map(String) : [],
      });
    }
  }
  return labels;
}

const batchRows = 256;

function rowOf({ instruction, answer }: Reply) {
  return {
    messages: [
      { role: 'user', content: instruction },
      { role: 'assistant', content: answer },
    ],
  } as const;
}

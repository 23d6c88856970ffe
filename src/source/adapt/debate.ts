import type { Adapter } from './adapter.ts';
import { isFields } from './sample.ts';
import { joinParts, linesOf, listOf, textOf } from './values.ts';

/** A debated claim with arguments for and against; the claim is the question, both sides together the answer. */
export const debateAdapter: Adapter = {
  kind: 'debate',
  detect(sample) {
    const claim = sample.find(['claimtitle', 'claim', 'title', 'motion']);
    const pro = sample.find(['perspectivesfor', 'argumentsfor', 'pros', 'for']);
    const contra = sample.find(['perspectivesagainst', 'argumentsagainst', 'cons', 'against']);
    if (claim === undefined || pro === undefined || contra === undefined) return undefined;
    const isList = (column: string) => sample.values(column).every((value) => listOf(value));
    return isList(pro) && isList(contra) ? { claim, for: pro, against: contra } : undefined;
  },
  compile(columns) {
    const { claim = '', for: pro = '', against = '' } = columns;
    return ([record = {}]) => {
      const points = [...(listOf(record[pro]) ?? []), ...(listOf(record[against]) ?? [])].map(readPoint);
      const answer = joinParts(points);
      const request = { role: 'user' as const, content: textOf(record[claim]) };
      return { messages: answer === '' ? [request] : [request, { role: 'assistant', content: answer }] };
    };
  },
};

function readPoint(point: unknown): string {
  if (!isFields(point)) return textOf(point);
  const argument = point['argument'];
  const body = isFields(argument) ? argument['description'] : argument;
  return joinParts([textOf(point['perspective_title'] ?? point['title']), linesOf(body ?? point['text'])]);
}

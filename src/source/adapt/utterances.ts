import type { Adapter, Columns, Fields } from './adapter.ts';
import type { Sample } from './sample.ts';
import { turnsToMessages } from './speaker-turns.ts';
import { textOf } from './values.ts';

/** `B2`, `B4` and `Unit` are how PersuasionForGood writes dialogue, speaker and utterance. */
const groupNames = [
  'dialogueid',
  'dialogid',
  'conversationid',
  'convid',
  'conversation',
  'dialogue',
  'threadid',
  'sessionid',
  'chatid',
  'b2',
];
const speakerNames = ['speaker', 'role', 'author', 'sender', 'from', 'agent', 'speakerid', 'b4'];
const textNames = ['utterance', 'text', 'message', 'content', 'unit'];
const turnNames = ['utteranceid', 'turnid', 'turnindex', 'turnnumber', 'utteranceindex', 'index'];

/** One utterance a record, put together by a dialogue id, in file order or by a numeric turn column. */
export const utterancesAdapter: Adapter = {
  kind: 'utterances',
  grouped: true,
  detect(sample, named) {
    const group = named['group'] ?? sample.find(groupNames);
    const text = named['text'] ?? sample.find(textNames);
    const speaker = named['speaker'] ?? sample.find(speakerNames);
    if (group === undefined || text === undefined) return undefined;
    if (named['group'] === undefined && (speaker === undefined || !isGroup(sample, group, text)))
      return undefined;
    const turn = named['turn'] ?? sample.find(turnNames);
    return { group, text, ...(speaker !== undefined && { speaker }), ...(turn !== undefined && { turn }) };
  },
  compile(columns) {
    const { text = '', speaker } = columns;
    return (records) => ({
      messages: turnsToMessages(
        inTurnOrder(records, columns).map((record) => ({
          speaker: speaker === undefined ? '' : textOf(record[speaker]),
          text: textOf(record[text]),
        })),
      ),
    });
  },
};

/** A dialogue id comes back: on average at least twice in the sample, and its cells are plain. */
function isGroup(sample: Sample, group: string, text: string): boolean {
  const ids = sample.values(group);
  return (
    ids.every((id) => typeof id === 'string' || typeof id === 'number') &&
    sample.values(text).every((value) => typeof value === 'string') &&
    new Set(ids).size * 2 <= ids.length
  );
}

function inTurnOrder(records: readonly Fields[], columns: Columns): readonly Fields[] {
  const { turn } = columns;
  if (turn === undefined) return records;
  const numbers = new Map(records.map((record) => [record, Number(record[turn] ?? Number.NaN)]));
  if ([...numbers.values()].some(Number.isNaN)) return records;
  return records.toSorted((a, b) => (numbers.get(a) ?? 0) - (numbers.get(b) ?? 0));
}

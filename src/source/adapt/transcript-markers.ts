import { isSpeakerName } from './roles.ts';
import type { Turn } from './speaker-turns.ts';

/**
 * Turns of a conversation that is written down as one string; undefined when the string is none. Knows `Human:` /
 * `User 1:` / `### Instruction:` lines, `|EOM|` separators, `<|im_start|>role` and `<|role|>` marks, `[INST]`, and a
 * printed Python dictionary of Instruction and Output.
 */
export function splitTranscript(text: string): Turn[] | undefined {
  return (
    splitMarks(text) ?? splitInst(text) ?? splitSeparated(text) ?? splitDictionary(text) ?? splitLines(text)
  );
}

/** Whether at least two sides speak. */
export function isConversation(text: unknown): boolean {
  const turns = typeof text === 'string' ? splitTranscript(text) : undefined;
  return new Set(turns?.map((turn) => turn.speaker)).size > 1;
}

function splitMarks(text: string): Turn[] | undefined {
  if (!text.includes('<|')) return undefined;
  const mark = /<\|(?:im_start\|>)?(system|user|assistant|tool)(?:\|>)?\s*/gu;
  return cutAt(text, mark, (content) => content.replace(/(?:<\|im_end\|>|<\|end\|>|<\/s>)\s*$/u, ''));
}

function splitInst(text: string): Turn[] | undefined {
  if (!text.includes('[/INST]')) return undefined;
  const turns: Turn[] = [];
  for (const part of text.split('[INST]').slice(1)) {
    const [asked = '', answered = ''] = part.split('[/INST]');
    const { system, request } = cutSystem(asked);
    if (system !== '') turns.push({ speaker: 'system', text: system.trim() });
    turns.push({ speaker: 'user', text: request.trim() });
    turns.push({ speaker: 'assistant', text: withoutEnd(withoutEnd(answered, '<s>'), '</s>').trim() });
  }
  return turns;
}

function cutSystem(text: string): { readonly system: string; readonly request: string } {
  const start = text.indexOf('<<SYS>>');
  const end = text.indexOf('<</SYS>>', start);
  if (start < 0 || end < 0) return { system: '', request: text };
  return {
    system: text.slice(start + '<<SYS>>'.length, end),
    request: text.slice(0, start) + text.slice(end + '<</SYS>>'.length),
  };
}

/** Without white space at the end, and without `mark` where that is last: no pattern, which would try every blank of a long run. */
function withoutEnd(text: string, mark: string): string {
  const end = text.trimEnd();
  return end.endsWith(mark) ? end.slice(0, -mark.length) : end;
}

/** `Teacher: (move)text|EOM|Student: text`; the move in brackets is an annotation. */
function splitSeparated(text: string): Turn[] | undefined {
  if (!text.includes('|EOM|')) return undefined;
  return text.split('|EOM|').map((part) => {
    const said = part.trimStart();
    const found = /^([^:\n]{1,40}):\s*(?:\((?:generic|focus|probing|telling)\))?([\s\S]*)$/u.exec(said);
    return { speaker: found?.[1]?.trim() ?? '', text: (found?.[2] ?? part).trim() };
  });
}

function splitDictionary(text: string): Turn[] | undefined {
  const opening = "{'Instruction': ";
  const middle = ", 'Output':";
  const at = text.indexOf(middle);
  if (!text.startsWith(opening) || at < 0) return undefined;
  const request = text.slice(opening.length, at);
  const reply = withoutEnd(text.slice(at + middle.length), '}').replace(/^ /u, '');
  if (request === '' || reply === '') return undefined;
  return [
    { speaker: 'user', text: request.replaceAll(/^['"]|['"]$/gu, '') },
    { speaker: 'assistant', text: reply.replaceAll(/^['"]|['"]$/gu, '') },
  ];
}

const templateSpeakers: Readonly<Record<string, string>> = {
  instruction: 'user',
  input: 'user',
  question: 'user',
  response: 'assistant',
  output: 'assistant',
  answer: 'assistant',
};

function splitLines(text: string): Turn[] | undefined {
  // Human/Assistant transcripts put a blank line before each marker; without it the word belongs to the text.
  if (/^\s*\n\nHuman:/u.test(text)) return cutAt(text, /(?:^|\n)\n(Human|Assistant):[ \t]?/gu);
  const marker = /(?:^|\n)[ \t*>-]*(#{2,3} ?)?([A-Za-z]{1,15}(?: ?[\dAaBb])?):\**[ \t]?/gu;
  const marks = [...text.matchAll(marker)].filter(([, hashes, name = '']) =>
    hashes ? isSpeakerName(name) || Object.hasOwn(templateSpeakers, name.toLowerCase()) : isSpeakerName(name),
  );
  const first = marks[0];
  if (!first || text.slice(0, first.index).trim().length > 400) return undefined;
  const turns: Turn[] = [];
  const before = text.slice(0, first.index).trim();
  if (/[\p{L}\p{N}]/u.test(before)) turns.push({ speaker: 'system', text: before });
  marks.forEach((mark, index) => {
    const name = mark[2] ?? '';
    const speaker = mark[1] ? (templateSpeakers[name.toLowerCase()] ?? name) : name;
    const content = text.slice(mark.index + mark[0].length, marks[index + 1]?.index).trim();
    const previous = turns.at(-1);
    // A template's input belongs to its instruction.
    if (mark[1] && previous?.speaker === speaker) {
      turns[turns.length - 1] = { speaker, text: `${previous.text}\n\n${content}` };
    } else turns.push({ speaker, text: content });
  });
  return turns;
}

function cutAt(text: string, marker: RegExp, clean = (content: string) => content): Turn[] | undefined {
  const marks = [...text.matchAll(marker)];
  if (marks.length === 0) return undefined;
  return marks.map((mark, index) => ({
    speaker: mark[1] ?? '',
    text: clean(text.slice(mark.index + mark[0].length, marks[index + 1]?.index)).trim(),
  }));
}

import { parseCsv } from '../../lib/parse-csv.ts';

/** One conversation between named speakers, as it was found. */
export interface Transcript {
  /** Its own id, or `calls.txt 3`. */
  readonly id: string;
  readonly turns: readonly SpokenTurn[];
}

export interface SpokenTurn {
  /** As the transcript calls him: `A`, `agent`, `Nancy`. */
  readonly speaker: string;
  readonly text: string;
  readonly gapMs?: number;
}

/** What of a file could not be understood: place and sentence. */
export interface TranscriptProblem {
  readonly place: string;
  readonly message: string;
}

export interface ReadTranscripts {
  readonly transcripts: readonly Transcript[];
  readonly problems: readonly TranscriptProblem[];
}

/**
 * The transcripts of one file, by its name: JSON or JSON Lines of records with a list of turns (ours, `messages`, `conversations`,
 * any list of speaker and text), CSV with columns speaker and text (and one that tells conversations apart), or plain text of
 * lines `A: …`, conversations parted by blank lines.
 */
export function readTranscripts(text: string, name: string): ReadTranscripts {
  const content = text.replace(/^\uFEFF/u, '');
  if (/\.jsonl$|\.ndjson$/iu.test(name)) return readJsonLines(content, name);
  if (/\.json$/iu.test(name)) return readJson(content, name);
  if (/\.csv$/iu.test(name)) return readCsv(content, name);
  return readPlain(content, name);
}

function readJson(text: string, name: string): ReadTranscripts {
  const value = parsed(text);
  if (value === undefined) return { transcripts: [], problems: [{ place: name, message: 'It is no JSON.' }] };
  return collect(Array.isArray(value) && !value.every(isTurn) ? value : [value], name, 'record');
}

function readJsonLines(text: string, name: string): ReadTranscripts {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return collect(lines.map(parsed), name, 'line');
}

function collect(records: readonly unknown[], name: string, unit: string): ReadTranscripts {
  const problems: TranscriptProblem[] = [];
  const transcripts = records.flatMap((record, index): Transcript[] => {
    const turns = turnsOf(record);
    const place = `${name} ${index + 1}`;
    if (turns.length > 0) return [{ id: idOf(record) ?? place, turns }];
    problems.push({
      place: `${name} ${unit} ${index + 1}`,
      message: 'It holds no list of turns with speaker and text.',
    });
    return [];
  });
  return { transcripts, problems };
}

const speakerKeys = ['role', 'speaker', 'from', 'author', 'name'];
const textKeys = ['text', 'content', 'value', 'utterance', 'message'];

function turnsOf(record: unknown): SpokenTurn[] {
  const list = Array.isArray(record)
    ? record
    : Object.values(fieldsOf(record)).find((value) => Array.isArray(value) && value.some(isTurn));
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown): SpokenTurn[] => {
    const fields = fieldsOf(item);
    const speaker = textOf(fields, speakerKeys);
    const text = textOf(fields, textKeys);
    const gap = fields['gap_ms'];
    if (speaker === undefined || text === undefined || text.trim() === '' || speaker === 'system') return [];
    return [{ speaker, text: text.trim(), ...(typeof gap === 'number' ? { gapMs: gap } : {}) }];
  });
}

function isTurn(item: unknown): boolean {
  const fields = fieldsOf(item);
  return textOf(fields, speakerKeys) !== undefined && textOf(fields, textKeys) !== undefined;
}

function readCsv(text: string, name: string): ReadTranscripts {
  const [header = [], ...rows] = parseCsv(text);
  const column = (names: RegExp): number => header.findIndex((cell) => names.test(cell.trim()));
  const speaker = column(/^(?:speaker|role|from|name|participant)$/iu);
  const spoken = column(/^(?:text|utterance|message|content)$/iu);
  const group = column(/^(?:conversation|dialog|dialogue|call|transcript|session)(?:[_ ]?id)?$/iu);
  if (speaker < 0 || spoken < 0)
    return {
      transcripts: [],
      problems: [
        { place: name, message: `It has no columns speaker and text; it has: ${header.join(', ')}.` },
      ],
    };
  const byGroup = new Map<string, SpokenTurn[]>();
  for (const row of rows) {
    const id = group < 0 ? `${name} 1` : (row[group] ?? '');
    const said = (row[spoken] ?? '').trim();
    if (said !== '')
      byGroup.set(id, [...(byGroup.get(id) ?? []), { speaker: (row[speaker] ?? '').trim(), text: said }]);
  }
  return { transcripts: [...byGroup].map(([id, turns]) => ({ id, turns })), problems: [] };
}

const speakerLine = /^\s*(?:\[[^\]]*\]\s*)?(\p{L}[\p{L}\p{N} ._-]{0,30}?)\s*:\s+(.*\S)\s*$/u;

function readPlain(text: string, name: string): ReadTranscripts {
  const problems: TranscriptProblem[] = [];
  const blocks = text.split(/\n\s*(?:-{3,}\s*)?\n/u).filter((block) => block.trim() !== '');
  const transcripts = blocks.flatMap((block, index): Transcript[] => {
    const turns: { speaker: string; text: string }[] = [];
    for (const line of block.split('\n')) {
      const [, speaker, said] = speakerLine.exec(line) ?? [];
      const last = turns.at(-1);
      if (speaker !== undefined && said !== undefined) turns.push({ speaker, text: said });
      else if (last && line.trim() !== '') last.text = `${last.text} ${line.trim()}`;
    }
    const id = `${name} ${index + 1}`;
    if (turns.length > 0) return [{ id, turns }];
    problems.push({ place: id, message: 'No line of it begins with a speaker and a colon.' });
    return [];
  });
  return { transcripts, problems };
}

function idOf(record: unknown): string | undefined {
  return textOf(fieldsOf(record), ['conversation_id', 'id', 'dialogue_id', 'uuid']);
}

function textOf(fields: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { ConfigError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { type AnnotateCell, annotateAsk } from '../../make/annotate/annotate-ask.ts';
import { annotatedPrompts } from '../../make/annotate/annotation.ts';
import { describedSpeaker, speechOfSpeaker } from '../../make/annotate/described-speaker.ts';
import { annotateByCounting } from '../../make/annotate/text-features.ts';
import { readTranscripts, type Transcript } from '../../make/annotate/transcript.ts';
import type { ScenarioSet } from '../../make/conversations/scenario-set.ts';
import type { PromptLevel } from '../../make/conversations/system-prompt.ts';
import { jsonLines } from '../../lib/json-lines.ts';
import type { MakeJob, Maker } from './maker.ts';

export interface AnnotateParams {
  readonly transcripts: readonly Transcript[];
  /** Of reading them. */
  readonly findings: readonly Finding[];
  readonly set: ScenarioSet;
  /** Whom the prompts describe; null: the agent or customer, else who speaks first. */
  readonly speaker: string | null;
  /** Which of the three prompts stands as `system_prompt`. */
  readonly level: PromptLevel;
}

/** Makes the `<system>` prompts of conversations that exist: who speaks there, at three levels of detail. */
export function annotateMaker(params: AnnotateParams): Maker {
  const { transcripts, set, speaker, level } = params;
  return {
    name: 'annotate',
    options: { transcripts: transcripts.map(({ id }) => id), domain: set.domain, speaker, level },
    async make(job) {
      const cells = transcripts.map((transcript) => cellOf(transcript, params));
      const made = await job.each(cells, (cell) =>
        cell ? annotateOne(cell, params, job) : Promise.resolve(null),
      );
      const rows = made.filter((row) => row !== null);
      const missingSpeakers = cells.flatMap((cell, index): Finding[] =>
        cell
          ? []
          : [
              {
                code: 'speaker-missing',
                severity: 'error',
                place: transcripts[index]?.id ?? '',
                message: `"${speaker ?? ''}" does not speak in it.`,
              },
            ],
      );
      return {
        files: [
          { path: 'annotated.json', content: `${JSON.stringify(rows, null, 2)}\n` },
          { path: 'annotated.jsonl', content: jsonLines(rows) },
        ],
        counts: { transcripts: transcripts.length, annotated: rows.length },
        findings: [...params.findings, ...missingSpeakers],
        missing: made.length - rows.length,
      };
    },
  };
}

function cellOf(transcript: Transcript, { set, speaker: wanted }: AnnotateParams): AnnotateCell | null {
  const speaker = describedSpeaker(transcript.turns, wanted);
  if (speaker === undefined) return null;
  const { domain, agent, user } = set;
  return { transcript, speaker, speech: speechOfSpeaker(transcript.turns, speaker), domain, agent, user };
}

async function annotateOne(
  cell: AnnotateCell,
  { set, level }: AnnotateParams,
  job: MakeJob,
): Promise<Record<string, unknown> | null> {
  const { transcript, speaker, speech } = cell;
  const answer = await job.llm.ask(
    annotateAsk(cell, () =>
      annotateByCounting(transcript.turns, speech, {
        speaker,
        scenarios: set.scenarios,
        topicWords: set.topic.words,
        agent: set.agent,
        domain: set.domain,
      }),
    ),
  );
  if (!answer.value) return null;
  const prompts = annotatedPrompts(answer.value, set);
  return {
    conversation_id: transcript.id,
    type: answer.value.type,
    system_prompt: prompts[level],
    prompts,
    annotation: answer.value,
    turns: transcript.turns.map((turn) => ({
      role: turn.speaker === speaker ? 'agent' : 'user',
      text: turn.text,
      ...(turn.gapMs === undefined ? {} : { gap_ms: turn.gapMs }),
    })),
    provenance: answer.provenance,
  };
}

const readable = /\.(?:json|jsonl|ndjson|csv|txt|text)$/iu;

/**
 * All transcripts of files and folders, with ids made unique. What cannot be understood is a finding. Holds all of them.
 * @throws ConfigError `transcripts-not-found`, `transcripts-empty`
 */
export async function loadTranscripts(
  paths: readonly string[],
): Promise<{ readonly transcripts: Transcript[]; readonly findings: Finding[] }> {
  const files: string[] = [];
  // One after the other: of several paths that do not exist it is always the first that is named.
  for (const path of paths) files.push(...(await filesOf(path)));
  const transcripts: Transcript[] = [];
  const findings: Finding[] = [];
  const seen = new Map<string, number>();
  for (const file of files) {
    const read = readTranscripts(await readFile(file, 'utf8'), basename(file));
    for (const { place, message } of read.problems)
      findings.push({ code: 'transcript-unreadable', severity: 'error', place, message });
    for (const transcript of read.transcripts) {
      const count = (seen.get(transcript.id) ?? 0) + 1;
      seen.set(transcript.id, count);
      transcripts.push(count === 1 ? transcript : { ...transcript, id: `${transcript.id} (${count})` });
    }
  }
  if (transcripts.length > 0) return { transcripts, findings };
  throw new ConfigError(
    `no transcript in ${paths.join(', ')}${findings[0] ? `: ${findings[0].message}` : ''}`,
    {
      code: 'transcripts-empty',
      hint: 'JSON or JSONL with a list of turns, CSV with speaker and text, or lines such as "A: Hello."',
    },
  );
}

async function filesOf(path: string): Promise<string[]> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new ConfigError(`${path}: no such file or folder`, { code: 'transcripts-not-found' });
  if (info.isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && readable.test(entry.name))
    .map((entry) => join(path, entry.name))
    .toSorted();
}

import { join } from 'node:path';

/** The on-disk contract of an extract folder. Paths that markers name are relative to `out`. */
export interface ExtractPaths {
  readonly out: string;
  readonly lock: string;
  readonly state: string;
  /** All that stages fill. */
  readonly folders: readonly string[];
  /** What was asked for and found; written last, so that a folder with it is whole. */
  readonly summary: string;
  done(stage: string): string;
}

export const messagesFile = 'extracted/all_messages.jsonl';
export const repliesFile = 'extracted/replies.jsonl';
export const categorisedFile = 'extracted/categorized_messages.jsonl';
export const analysisFile = 'clusters/cluster_analysis.json';
export const unclusteredFile = 'clusters/unclustered.jsonl';
export const promptsFile = 'prompts/generated_prompts.json';
export const reportFile = 'report.html';
/** What the later stages need of the clusters; for this program only. */
export const personasFile = 'state/personas.json';

export const clusterFile = (id: string): string => `clusters/persona_${id}.jsonl`;
export const cardFile = (id: string): string => `cards/${id}.yaml`;

export function extractPaths(out: string): ExtractPaths {
  return {
    out,
    lock: join(out, 'extract.lock'),
    state: join(out, 'state'),
    folders: ['state', 'extracted', 'clusters', 'prompts', 'cards'].map((name) => join(out, name)),
    summary: join(out, 'extract.json'),
    done: (stage) => join(out, 'state', `${stage}.done`),
  };
}

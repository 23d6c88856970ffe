import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Card } from '../../core/card.ts';
import { ConfigError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { suggestName } from '../../lib/nearest.ts';
import type { Manifest } from '../../shard/manifest.ts';
import { runPaths } from '../paths.ts';
import { cardPrompts } from '../../lora/card-prompts.ts';
import type { LoraSource } from './lora-source.ts';
import { readRowCandidates } from './read-rows.ts';
import { requireAssistant } from './rows-source.ts';

/** What of a finished run is wanted: the rows of an adapter group, or of a persona. */
export type RunSelection = { readonly adapter: string } | { readonly persona: string };

/**
 * Rows of the dataset of a finished run. Rows bring the system prompt of their persona from the taxonomy, unless a card is given.
 * @throws ConfigError `run-unfinished`, `run-damaged`, `adapter-unknown`, `persona-unknown`
 */
export async function openRunSource(
  folder: string,
  selection: RunSelection,
  params: { readonly card: Card | null; readonly taxonomy: Taxonomy },
): Promise<LoraSource> {
  const { card, taxonomy } = params;
  const manifest = await readManifest(folder);
  const files = filesOf(manifest, selection, folder);
  if ('persona' in selection) requirePersona(selection.persona, taxonomy);
  const described = new Map(taxonomy.personas.map(({ id, description }) => [id, promptOf(description)]));
  return {
    prompts: card ? cardPrompts(card) : { minimal: null, standard: null, full: null },
    inputs: [runPaths(folder).manifest],
    selection: { ...selection },
    async read(target, rows, signal) {
      requireAssistant(target, folder);
      return readRowCandidates(
        files,
        {
          atMost: rows,
          seed: manifest.seed,
          accept: ({ columns }) => !('persona' in selection) || columns['_persona'] === selection.persona,
          systemOf: ({ columns }) =>
            card ? null : (described.get(String(columns['_persona'])) ?? promptOf('helps')),
        },
        signal,
      );
    },
  };
}

function promptOf(description: string): string {
  return `You are an assistant that ${description.replace(/\.$/, '')}.`;
}

function requirePersona(persona: string, { personas }: Taxonomy): void {
  if (personas.some(({ id }) => id === persona)) return;
  const known = personas.map(({ id }) => id);
  throw new ConfigError(`unknown persona "${persona}"; ${suggestName(persona, known)}`, {
    code: 'persona-unknown',
    hint: 'taggers/personas.yaml lists the personas',
  });
}

/** @throws ConfigError `run-unfinished`, `run-damaged` */
export async function readManifest(folder: string): Promise<Manifest> {
  const { manifest, finished } = runPaths(folder);
  if (existsSync(manifest) && existsSync(finished)) return readRunFile<Manifest>(manifest);
  throw new ConfigError(`${folder}: no finished run in it`, {
    code: 'run-unfinished',
    hint: 'give the --out folder of a run that came to its end',
  });
}

/** A JSON file of a finished run. @throws ConfigError `run-damaged` */
export async function readRunFile<T>(path: string): Promise<T> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T; // written by the run, whole or not at all
  } catch (cause) {
    throw new ConfigError(`${path}: not there, or not readable`, {
      code: 'run-damaged',
      hint: 'run tag-datasets again on that folder; it makes anew what was changed',
      cause,
    });
  }
}

/** Shards that hold what is wanted. Of a persona: its adapter's, where adapters were written, else those of all phases. */
function filesOf({ groups, files }: Manifest, selection: RunSelection, folder: string): string[] {
  const adapters = groups.filter(({ kind }) => kind === 'adapter');
  let wanted: readonly string[];
  if ('adapter' in selection) {
    requireAdapter(
      selection.adapter,
      adapters.map(({ name }) => name),
      folder,
    );
    wanted = [selection.adapter];
  } else {
    wanted = (adapters.length > 0 ? adapters : groups).map(({ name }) => name);
  }
  const { dataset } = runPaths(folder);
  return files.filter(({ group }) => wanted.includes(group)).map(({ path }) => join(dataset, path));
}

/** @throws ConfigError `adapter-unknown` */
export function requireAdapter(adapter: string, known: readonly string[], folder: string): void {
  if (known.includes(adapter)) return;
  throw new ConfigError(
    known.length === 0
      ? `${folder}: the run has no adapters`
      : `unknown adapter "${adapter}"; ${suggestName(adapter, known)}`,
    {
      code: 'adapter-unknown',
      hint:
        known.length === 0 ? 'peft.adapters of the configuration names them' : `it has ${known.join(', ')}`,
    },
  );
}

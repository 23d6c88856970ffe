import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { ConfigError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { checkRows, type TrainingFile } from '../../lora/check-rows.ts';
import { type EnvironmentLine, environmentFindings, judgeEnvironment } from '../../lora/environment.ts';
import { type LoraMode, modeSettings } from '../../lora/lora-mode.ts';
import { probePython } from './probe-python.ts';
import type { TextCounter } from './text-counter.ts';

export interface CheckResult {
  readonly files: readonly { readonly name: string; readonly rows: number }[];
  readonly environment: readonly EnvironmentLine[];
  /** Of the files, then of the environment: errors only where the environment alone was asked for. */
  readonly findings: readonly Finding[];
  readonly tokenizer: string;
}

/**
 * Checks the training files of a file or folder, and whether the Python of this machine can train on them. Holds the files.
 * @throws ConfigError `lora-files-missing`
 */
export async function checkLora(params: {
  /** null: the environment alone. */
  readonly path: string | null;
  /** Only files of these; empty: all. */
  readonly personas: readonly string[];
  readonly mode: LoraMode;
  readonly counter: TextCounter;
  readonly python: string;
}): Promise<CheckResult> {
  const { path, mode, counter } = params;
  const files = path === null ? [] : await readFiles(path, params.personas);
  const { sequenceTokens } = modeSettings[mode];
  const environment = judgeEnvironment(await probePython(params.python), mode);
  const missing = environmentFindings(environment);
  return {
    files: files.map(({ name, lines }) => ({ name, rows: lines.length })),
    environment,
    findings: [
      ...checkRows(files, { sequenceTokens, count: counter.count }),
      ...(path === null ? missing : missing.map((finding) => ({ ...finding, severity: 'warning' as const }))),
    ],
    tokenizer: counter.name,
  };
}

const namePattern = /^(.+)_(train|val)\.jsonl$/;

/** @throws ConfigError `lora-files-missing` */
async function readFiles(path: string, personas: readonly string[]): Promise<TrainingFile[]> {
  const info = await stat(path).catch(() => null);
  const folder = info?.isDirectory() ? path : null;
  const names = folder === null ? [basename(path)] : (await readdir(folder)).toSorted();
  const wanted = names.flatMap((name) => {
    const [, set = '', split] = namePattern.exec(name) ?? [];
    const isWanted = set !== '' && (personas.length === 0 || personas.includes(set));
    return isWanted
      ? [{ name, set, split: split === 'val' ? ('validation' as const) : ('train' as const) }]
      : [];
  });
  if (info === null || wanted.length === 0) {
    throw new ConfigError(
      `${path}: no training files <name>_train.jsonl, <name>_val.jsonl${info === null ? '; it does not exist' : ''}`,
      {
        code: 'lora-files-missing',
        hint: 'write them with `tag-datasets lora prep`',
      },
    );
  }
  return Promise.all(
    wanted.map(async (file) => ({
      ...file,
      lines: await readLines(folder === null ? path : join(folder, file.name)),
    })),
  );
}

async function readLines(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8');
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      return null;
    }
  });
}

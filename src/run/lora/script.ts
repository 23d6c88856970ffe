import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { slashPath } from '../../lib/slash-path.ts';
import type { Config } from '../../config/schema.ts';
import type { Finding } from '../../core/finding.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { type LoraMode, type ModeSettings, modeSettings } from '../../lora/lora-mode.ts';
import { renderAxolotlConfig } from '../../lora/scripts/axolotl-config.ts';
import { linearModules, type ScriptData, type ScriptOptions } from '../../lora/scripts/script-options.ts';
import { renderTrlScript } from '../../lora/scripts/trl-script.ts';
import { renderUnslothScript } from '../../lora/scripts/unsloth-script.ts';
import type { LoraSettings } from '../../shard/dataset-group.ts';
import { runPaths } from '../paths.ts';
import { readManifest, readRunFile, requireAdapter } from './run-source.ts';

export const scriptKinds = ['unsloth', 'trl', 'axolotl'] as const;
export type ScriptKind = (typeof scriptKinds)[number];

/** What is trained: files of `lora prep`, or an adapter group of a finished run. */
export type ScriptSubject =
  | { readonly kind: 'persona'; readonly name: string; readonly data: string }
  | { readonly kind: 'adapter'; readonly name: string; readonly run: string };

export interface ScriptResult {
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  readonly settings: ModeSettings;
  readonly baseModel: string;
}

/** Base model of the original scripts (`qwen2.5:3b`), by its name on the Hub. */
const defaultBaseModel = 'Qwen/Qwen2.5-3B-Instruct';

/**
 * Writes training scripts with paths, columns and the mode's settings filled in; an adapter's own rank, alpha, dropout and
 * modules come before the mode's.
 * @throws ConfigError `run-unfinished`, `run-damaged`, `adapter-unknown`
 */
export async function writeScripts(params: {
  readonly subject: ScriptSubject;
  readonly kinds: readonly ScriptKind[];
  readonly mode: LoraMode;
  /** null: the run's, else the default. */
  readonly baseModel: string | null;
  readonly out: string;
  readonly seed: number;
}): Promise<ScriptResult> {
  const { subject, mode, out } = params;
  const found = subject.kind === 'adapter' ? await adapterData(subject, out) : filesData(subject, out);
  const settings = { ...modeSettings[mode], ...found.lora };
  const options: ScriptOptions = {
    name: subject.name,
    mode,
    settings,
    targetModules: found.targetModules ?? linearModules,
    baseModel: params.baseModel ?? found.baseModel ?? defaultBaseModel,
    data: found.data,
    output: `loras/${subject.name}`,
    seed: params.seed,
  };
  const files: string[] = [];
  for (const kind of params.kinds) {
    const { name, text } = renderers[kind](options);
    await writeFileAtomic(join(out, name), text);
    files.push(join(out, name));
  }
  return { files, findings: found.findings, settings, baseModel: options.baseModel };
}

const renderers: Readonly<Record<ScriptKind, (options: ScriptOptions) => { name: string; text: string }>> = {
  unsloth: (options) => ({ name: `train_${options.name}_unsloth.py`, text: renderUnslothScript(options) }),
  trl: (options) => ({ name: `train_${options.name}_trl.py`, text: renderTrlScript(options) }),
  axolotl: (options) => ({ name: `train_${options.name}.axolotl.yaml`, text: renderAxolotlConfig(options) }),
};

interface FoundData {
  readonly data: ScriptData;
  readonly lora?: Pick<ModeSettings, 'r' | 'alpha' | 'dropout'>;
  readonly targetModules?: readonly string[];
  readonly baseModel?: string;
  readonly findings: readonly Finding[];
}

function filesData({ name, data }: { readonly name: string; readonly data: string }, out: string): FoundData {
  const train = join(data, `${name}_train.jsonl`);
  const validation = join(data, `${name}_val.jsonl`);
  const isThere = existsSync(train);
  return {
    data: {
      kind: 'files',
      train: pathFrom(out, train),
      validation: existsSync(validation) || !isThere ? pathFrom(out, validation) : null,
    },
    findings: isThere
      ? []
      : [
          {
            code: 'data-missing',
            severity: 'warning',
            place: train,
            message: 'the training file is not there yet; write it with `tag-datasets lora prep`',
          },
        ],
  };
}

async function adapterData(
  { name, run }: { readonly name: string; readonly run: string },
  out: string,
): Promise<FoundData> {
  const manifest = await readManifest(run);
  const adapters = manifest.groups.filter(({ kind }) => kind === 'adapter');
  requireAdapter(
    name,
    adapters.map((each) => each.name),
    run,
  );
  const group = adapters.find((each) => each.name === name);
  const { config } = await readRunFile<{ config: Config }>(runPaths(run).runJson);
  return {
    data: {
      kind: 'dataset',
      folder: pathFrom(out, runPaths(run).dataset),
      name,
      format: manifest.output.format,
      hasValidation: (group?.validationRows ?? 0) > 0,
    },
    ...(group?.lora ? loraOf(group.lora) : {}),
    baseModel: config.model.base_model,
    findings: [],
  };
}

function loraOf({
  r,
  alpha,
  dropout,
  targetModules,
}: LoraSettings): Pick<FoundData, 'lora' | 'targetModules'> {
  return { lora: { r, alpha, dropout }, targetModules };
}

/** How a script in `folder` names a path. */
function pathFrom(folder: string, path: string): string {
  return slashPath(resolve(folder), resolve(path)) || '.';
}

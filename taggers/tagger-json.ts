import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../src/core/errors.ts';
import type { TaggerInfo } from '../src/core/tagger.ts';
import type { Taxonomy } from '../src/core/taxonomy.ts';
import { suggestName } from '../src/lib/nearest.ts';
import { featuriserVersion } from '../src/onnx/featurise.ts';

const shared = {
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*-v\d+$/, 'a versioned name such as persona-v1'),
  task: z.enum(['persona', 'traits']),
  version: z.int().positive(),
  /** Taxonomy ids in the order of the model's output columns. */
  labels: z.array(z.string()).min(1),
  model: z.string(),
  /** Every file that changes a result, with its sha256. */
  files: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, 'a sha256 in lower-case hexadecimal')),
  /** One for all labels, or one per label. */
  threshold: z.union([z.number().min(0).max(1), z.record(z.string(), z.number().min(0).max(1))]).default(0.5),
  licence: z.string(),
  data: z
    .array(z.strictObject({ name: z.string(), licence: z.string(), rows: z.int().optional() }))
    .default([]),
  metrics: z.record(z.string(), z.unknown()).default({}),
};

const calibration = z
  .strictObject({
    method: z.enum(['none', 'temperature']),
    temperature: z.number().positive().default(1),
    /** Already part of the model's weights. */
    folded: z.boolean().default(false),
  })
  .default({ method: 'none', temperature: 1, folded: false });

/** A bag's model gives probabilities: how they were calibrated is told, and part of the graph. */
const foldedCalibration = z
  .strictObject({
    method: z.enum(['none', 'temperature', 'ensemble-temperature']),
    temperature: z.number().positive().default(1),
    /** Share of the probability that is spread evenly over the labels (ensemble temperature scaling, Zhang et al. 2020). */
    doubt: z.number().min(0).lt(1).default(0),
    folded: z.literal(true),
  })
  .optional();

/** See `TokenRules`. */
const copyMark = z.string().optional();

const taggerSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('hashed-bag'),
    ...shared,
    task: z.literal('persona'),
    featuriser: z.string(),
    calibration: foldedCalibration,
  }),
  z.strictObject({
    kind: z.literal('traits'),
    ...shared,
    task: z.literal('traits'),
    featuriser: z.string(),
    /** Output columns of the model, in order; the measured traits need none. */
    heads: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('text-classifier'),
    ...shared,
    tokenizer: z.string().default('tokenizer.json'),
    output: z.string().default('logits'),
    activation: z.enum(['softmax', 'sigmoid']),
    maximumTokens: z.int().min(8).max(8192).default(256),
    copyMark,
    calibration,
  }),
  z.strictObject({
    kind: z.literal('sentence-encoder'),
    ...shared,
    task: z.literal('persona'),
    /** Columns of the trait output, in order. */
    traitHeads: z.array(z.string()),
    tokenizer: z.string().default('tokenizer.json'),
    /** Names of the model's outputs: logits of the labels and of the trait heads, and the sentence's numbers. */
    outputs: z.strictObject({ persona: z.string(), traits: z.string(), embedding: z.string() }),
    maximumTokens: z.int().min(8).max(8192).default(128),
    copyMark,
    /** A bag model of the same labels, multiplied in: what it says of a row to the power of `weight`. */
    bag: z.strictObject({ model: z.string(), weight: z.number().positive() }).optional(),
    featuriser: z.string(),
    calibration,
  }),
]);

export type TaggerJson = z.infer<typeof taggerSchema>;

export interface TaggerFolder {
  readonly folder: string;
  readonly json: TaggerJson;
  readonly info: TaggerInfo;
}

/**
 * Reads and checks `tagger.json` and the files that it names; opens no model. Throws ConfigError `tagger-missing`,
 * `tagger-json-invalid`, `tagger-unknown-label`, `tagger-duplicate-label`, `tagger-file-missing`, `tagger-file-changed` or
 * `tagger-other-featuriser`.
 */
export async function readTaggerFolder(folder: string, taxonomy: Taxonomy): Promise<TaggerFolder> {
  const path = join(folder, 'tagger.json');
  const text = await readText(path);
  const json = parseTagger(path, text);
  checkLabels(path, json, taxonomy);
  const fileHashes = await checkFiles(folder, path, json);
  if ('featuriser' in json && json.featuriser !== featuriserVersion) {
    throw new ConfigError(
      `${path}: made for the featuriser "${json.featuriser}"; this version computes "${featuriserVersion}"`,
      {
        code: 'tagger-other-featuriser',
        hint: 'train the tagger again, or use the version it was made with',
      },
    );
  }
  const sha256 = createHash('sha256')
    .update(text)
    .update(fileHashes.join('\n'))
    .update(featuriserVersion)
    .digest('hex');
  const thresholds = json.labels.map((label) => thresholdOf(json, label));
  const doubt =
    'calibration' in json && json.calibration && 'doubt' in json.calibration ? json.calibration.doubt : 0;
  return {
    folder,
    json,
    info: { id: json.id, task: json.task, labels: json.labels, sha256, thresholds, doubt },
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${path}: a tagger folder needs a tagger.json, and there is none to read`, {
      code: 'tagger-missing',
      hint: 'point at a folder that holds tagger.json, model.onnx and the files they name',
      cause,
    });
  }
}

function parseTagger(path: string, text: string): TaggerJson {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`${path}: not valid JSON`, { code: 'tagger-json-invalid', cause });
  }
  const parsed = taggerSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError(`${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'invalid'}`, {
    code: 'tagger-json-invalid',
    hint: 'kind is one of hashed-bag, traits, text-classifier, sentence-encoder; taggers/persona-v1/tagger.json is an example',
  });
}

function checkLabels(path: string, json: TaggerJson, taxonomy: Taxonomy): void {
  const known = (json.task === 'persona' ? taxonomy.personas : taxonomy.traits).map((entry) => entry.id);
  const seen = new Set<string>();
  for (const label of json.labels) {
    if (!known.includes(label)) {
      throw new ConfigError(
        `${path}: label "${label}" is no ${json.task === 'persona' ? 'persona' : 'trait'} of the taxonomy`,
        {
          code: 'tagger-unknown-label',
          hint: suggestName(label, known),
        },
      );
    }
    if (seen.has(label)) {
      throw new ConfigError(`${path}: label "${label}" stands twice`, { code: 'tagger-duplicate-label' });
    }
    seen.add(label);
  }
  const stray = Object.keys(typeof json.threshold === 'number' ? {} : json.threshold).find(
    (name) => !seen.has(name),
  );
  if (stray === undefined) return;
  throw new ConfigError(`${path}: threshold names "${stray}", which is none of its labels`, {
    code: 'tagger-unknown-label',
    hint: suggestName(stray, json.labels),
  });
}

async function checkFiles(folder: string, path: string, json: TaggerJson): Promise<string[]> {
  const needed = [json.model];
  if ('tokenizer' in json) needed.push(json.tokenizer);
  if ('bag' in json && json.bag) needed.push(json.bag.model);
  const unlisted = needed.find((name) => !(name in json.files));
  if (unlisted) {
    throw new ConfigError(`${path}: files has no sha256 for "${unlisted}"`, {
      code: 'tagger-json-invalid',
      hint: 'list every file that changes a result',
    });
  }
  const hashes: string[] = [];
  for (const [name, expected] of Object.entries(json.files).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const actual = createHash('sha256')
      .update(await readNamedFile(folder, path, name))
      .digest('hex');
    if (actual !== expected) {
      throw new ConfigError(
        `${join(folder, name)}: its sha256 is ${actual.slice(0, 12)}…, but tagger.json says ${expected.slice(0, 12)}…`,
        {
          code: 'tagger-file-changed',
          hint: 'fetch the folder again, or write the new sha256 and a new id when the change is meant',
        },
      );
    }
    hashes.push(`${name} ${actual}`);
  }
  return hashes;
}

async function readNamedFile(folder: string, path: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (cause) {
    throw new ConfigError(`${join(folder, name)}: no such file, though ${path} names it`, {
      code: 'tagger-file-missing',
      hint: 'fetch the tagger folder again; all its files belong together',
      cause,
    });
  }
}

function thresholdOf(json: TaggerJson, label: string): number {
  return typeof json.threshold === 'number' ? json.threshold : (json.threshold[label] ?? 0.5);
}

import { ConfigError } from '../../core/errors.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { type Split, splitRows } from '../../fit/split.ts';
import { goldLabels, type LabelledData } from '../evaluate/labelled-data.ts';
import { type Embeddings, uniteSameReadings } from './same-readings.ts';

/** Labelled rows put in the order in which they are fitted: training, held out, repeats of held-out rows. */
export interface TrainingRows {
  /** Taxonomy indices of the classes, in taxonomy order; `labels` are places in it. */
  readonly classes: readonly number[];
  /** In fitting order. */
  readonly labels: Uint8Array;
  /** Place in fitting order of every row of the files. */
  readonly placeOf: Uint32Array;
  readonly split: Split;
}

/** Fewer different texts say nothing about a class. */
const fewestTexts = 5;

/** A column of sources may hold one of its own for every row (a URL, an id); a name on fewer rows is no data set. */
const fewestOfOrigin = 5;

/**
 * @param embeddings rows of equal numbers are one text; without them, rows of equal contents are
 * @throws ConfigError `too-few-rows`, `too-few-classes`, `only-shared-texts`
 */
export function arrangeRows(data: LabelledData, taxonomy: Taxonomy, embeddings?: Embeddings): TrainingRows {
  const gold = goldLabels(data);
  const contentHash = new Uint32Array(data.rows * 4);
  const origins = new Uint32Array(data.rows);
  for (const { labels, firstRow } of data.units) {
    contentHash.set(labels.contentHash, firstRow * 4);
    origins.set(labels.origins, firstRow);
  }
  if (embeddings) uniteSameReadings(contentHash, embeddings);
  checkClasses(gold, contentHash, taxonomy);
  const classes = [...new Set(gold)].toSorted((a, b) => a - b);
  const labels = gold.map((persona) => classes.indexOf(persona));
  forgetSmallOrigins(origins);
  const split = splitRows({ labels, classes: classes.length, origins, contentHash });
  checkTaught(split, labels, (place) => taxonomy.personas[classes[place] ?? 0]?.id ?? '');
  const order = Uint32Array.from([...split.training, ...split.heldOut, ...split.repeated]);
  const placeOf = new Uint32Array(data.rows);
  order.forEach((row, place) => {
    placeOf[row] = place;
  });
  return {
    classes,
    labels: Uint8Array.from(order, (row) => labels[row] ?? 0),
    placeOf,
    split,
  };
}

function forgetSmallOrigins(origins: Uint32Array): void {
  const rows = new Map<number, number>();
  for (const origin of origins) rows.set(origin, (rows.get(origin) ?? 0) + 1);
  origins.forEach((origin, row) => {
    if ((rows.get(origin) ?? 0) < fewestOfOrigin) origins[row] = 0;
  });
}

function checkClasses(gold: Uint8Array, contentHash: Uint32Array, taxonomy: Taxonomy): void {
  const texts = new Map<number, Set<string>>();
  gold.forEach((persona, row) => {
    const seen = texts.get(persona) ?? new Set<string>();
    if (seen.size < fewestTexts) seen.add(contentHash.subarray(row * 4, row * 4 + 4).join());
    texts.set(persona, seen);
  });
  const nameOf = (persona: number): string => taxonomy.personas[persona]?.id ?? '';
  const short = [...texts].filter(([, seen]) => seen.size < fewestTexts).toSorted(([a], [b]) => a - b);
  if (short.length > 0) {
    const listed = short.map(([persona, seen]) => `${nameOf(persona)} (${seen.size})`).join(', ');
    throw new ConfigError(`fewer than ${fewestTexts} different rows for: ${listed}`, {
      code: 'too-few-rows',
      hint: 'add rows of these classes, or leave them out of the file; rows that the encoder reads alike (other system message, other end of a long text) count once',
    });
  }
  if (texts.size > 1) return;
  throw new ConfigError(
    `all rows are labelled ${[...texts.keys()].map(nameOf).join()}; two classes at least`,
    {
      code: 'too-few-classes',
      hint: 'a tagger tells classes apart: add rows of others',
    },
  );
}

function checkTaught({ training }: Split, labels: Uint8Array, nameOf: (place: number) => string): void {
  const taught = new Set(Array.from(training, (row) => labels[row]));
  const missing = [...new Set(labels)].toSorted((a, b) => a - b).filter((label) => !taught.has(label));
  if (missing.length === 0) return;
  throw new ConfigError(`nothing left to learn from for: ${missing.map(nameOf).join(', ')}`, {
    code: 'only-shared-texts',
    hint: 'their texts stand under other labels too and are held out with those: give each text one label',
  });
}

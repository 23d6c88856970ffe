import type { ManifestFile } from '../../shard/manifest.ts';
import type { Finding } from './verify.ts';
import type { PlanTargets } from '../plan/plan-targets.ts';
import type { ShardLabels } from './verify-shard.ts';

/**
 * Rows and contents seen so far in the whole dataset: nothing stands twice, on both sides of the split, in two phases that
 * share nothing, or more often than its persona may. About 200 bytes a distinct row and 40 a placement.
 */
export class SeenRows {
  readonly #targets: PlanTargets;
  readonly #groups: readonly string[];
  readonly #rows = new Map<string, number>();
  readonly #contents = new Map<string, number>();
  readonly #places = new Set<number>();
  /** Per content: 1 train, 2 validation, 3 both; and its phase + 1. */
  readonly #sides: number[] = [];
  readonly #phases: number[] = [];
  /** Per row, in the phases: highest copy number, and how many copies there are. */
  readonly #highest: number[] = [];
  readonly #corpus = new Set<number>();
  readonly #copies: number[] = [];
  readonly #keys: string[] = [];
  readonly #labels: string[] = [];

  constructor(groups: readonly string[], targets: PlanTargets) {
    this.#groups = groups;
    this.#targets = targets;
  }

  add(file: ManifestFile, labels: ShardLabels, isPhase: boolean, report: (finding: Finding) => void): void {
    const group = this.#groups.indexOf(file.group);
    labels.keys.forEach((key, i) => {
      const row = numberOf(this.#rows, key);
      const content = numberOf(this.#contents, labels.contents[i] ?? '');
      const copy = labels.copies[i] ?? 0;
      this.#keys[row] = key;
      const find = (code: string, message: string): void => report({ code, place: file.path, message });
      this.#checkPlace(
        { identity: this.#targets.deduplicated ? content : row, group, copy, key },
        file,
        find,
      );
      this.#checkSide(content, file, key, find);
      this.#checkLabels(row, [labels.personas[i] ?? '', ...(labels.traits[i] ?? [])].join(' '), find);
      if (!isPhase) return;
      if (this.#targets.mode === 'partition') this.#checkPhase(content, group, key, find);
      this.#count(row, copy, labels.personas[i] ?? '', find);
    });
  }

  /** After the last shard: copies without the ones before them. */
  finish(report: (finding: Finding) => void): void {
    this.#highest.forEach((highest, row) => {
      const found = this.#copies[row] ?? 0;
      if (highest + 1 === found) return;
      report({
        code: 'copies',
        place: 'dataset',
        message: `Row ${this.#keys[row]} has a copy ${highest} but only ${found} of the ${highest + 1} copies up to it.`,
      });
    });
  }

  #checkPlace(
    place: { identity: number; group: number; copy: number; key: string },
    file: ManifestFile,
    find: (code: string, message: string) => void,
  ): void {
    const { identity, group, copy, key } = place;
    const number = (identity * this.#groups.length + group) * 256 + copy;
    if (this.#places.has(number))
      find('duplicate', `Row ${key} copy ${copy}, or its text, stands twice in ${file.group}.`);
    this.#places.add(number);
  }

  #checkSide(
    content: number,
    file: ManifestFile,
    key: string,
    find: (code: string, message: string) => void,
  ): void {
    const before = this.#sides[content] ?? 0;
    const side = before | (file.split === 'train' ? 1 : 2);
    this.#sides[content] = side;
    if (side === 3 && before !== 3)
      find('split-overlap', `The text of row ${key} stands in train and in validation.`);
  }

  #checkLabels(row: number, labels: string, find: (code: string, message: string) => void): void {
    const before = this.#labels[row];
    this.#labels[row] = labels;
    if (before !== undefined && before !== labels)
      find('labels', `Row ${this.#keys[row]} is ${labels} here and ${before} in another place.`);
  }

  #checkPhase(
    content: number,
    group: number,
    key: string,
    find: (code: string, message: string) => void,
  ): void {
    const before = this.#phases[content];
    this.#phases[content] = group;
    if (before === undefined || before === group) return;
    const names = `${this.#groups[before]} and in ${this.#groups[group]}`;
    find('phase-overlap', `The text of row ${key} stands in ${names}, and every row belongs to one phase.`);
  }

  #count(row: number, copy: number, persona: string, find: (code: string, message: string) => void): void {
    const most = this.#targets.repeats[persona] ?? this.#targets.default_repeats;
    if (!Number.isInteger(copy) || copy < 0 || copy >= most)
      find(
        'max-repeats',
        `Row ${this.#keys[row]} has a copy ${copy}; a row of ${persona} may stand ${most} times.`,
      );
    const number = row * 256 + copy;
    if (this.#corpus.has(number)) return;
    this.#corpus.add(number);
    this.#copies[row] = (this.#copies[row] ?? 0) + 1;
    this.#highest[row] = Math.max(this.#highest[row] ?? 0, copy);
  }
}

function numberOf(numbers: Map<string, number>, name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { ConfigError } from '../../core/errors.ts';
import type { Finding as DataFinding } from '../../core/finding.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import type { Manifest, ManifestFile } from '../../shard/manifest.ts';
import { fileSha256 } from '../checkpoint.ts';
import { runPaths } from '../paths.ts';
import type { PlanTargets } from '../plan/plan-targets.ts';
import { CorpusCount } from './verify-margins.ts';
import { OrderCheck } from './verify-order.ts';
import { SeenRows } from './verify-rows.ts';
import { readShard, type ShardLabels } from './verify-shard.ts';
import { checkArtefacts } from './verify-artefacts.ts';
import { checkNearDuplicateSplit } from './verify-near-duplicates.ts';

/** What does not agree with the manifest or the plan: always an error. */
export type Finding = Omit<DataFinding, 'severity'>;

export interface Verification {
  readonly files: number;
  readonly rows: number;
  readonly findings: readonly Finding[];
}

/**
 * Recomputes from the shards alone what the manifest and the plan claim: checksums, sizes, row and label counts, the schema,
 * that nothing stands twice or more often than it may, that train and validation share no text, nor two phases that partition
 * the corpus, that every persona, category, trait and cap is as planned, and that every split is as evenly ordered as stated.
 * Then no near-duplicate across the split, where they were looked for, and the sidecars and everything else of the run folder
 * against the markers. Of findings of one kind the first twenty are told one by one. Memory: one row group, and about 400 bytes a row.
 * @throws ConfigError `manifest-not-found`, `targets-not-found`
 */
export async function verifyRun({
  run,
  taxonomy,
}: {
  readonly run: string;
  readonly taxonomy: Taxonomy;
}): Promise<Verification> {
  const paths = runPaths(run);
  const manifest = await readJson<Manifest>(paths.manifest, 'manifest-not-found');
  const targets = await readJson<PlanTargets>(join(paths.plan, 'targets.json'), 'targets-not-found');
  const findings = new Findings();
  const report = (finding: Finding): void => findings.add(finding);
  const phases = manifest.groups.filter((group) => group.kind === 'phase');
  const phaseNames = new Set(phases.map((group) => group.name));
  const seen = new SeenRows(
    manifest.groups.map((group) => group.name),
    targets,
  );
  const corpus = new CorpusCount(targets);
  const order = new OrderCheck(targets);
  const groupRows = new Map<string, number>();
  let [rows, unread] = [0, 0];
  for (const file of manifest.files) {
    const labels = await checkFile(paths.dataset, file, manifest.output.format, report);
    if (!labels) {
      unread++;
      continue;
    }
    rows += labels.keys.length;
    const place = `${file.group}/${file.split}`;
    groupRows.set(place, (groupRows.get(place) ?? 0) + labels.keys.length);
    const isPhase = phaseNames.has(file.group);
    seen.add(file, labels, isPhase, report);
    order.add(file, labels);
    if (isPhase) corpus.add(labels);
  }
  await checkStrays(paths.dataset, manifest, report);
  // With a shard unread its rows would be missed a second time, in every count.
  if (unread === 0) {
    checkGroups(manifest, groupRows, targets, report);
    seen.finish(report);
    order.check(report);
    if (phases.some((group) => group.personas === 'all')) corpus.check(report);
  }
  if (findings.list().length === 0)
    for (const finding of await checkNearDuplicateSplit({ run, dataset: paths.dataset, manifest, taxonomy }))
      report(finding);
  const artefacts: Finding[] = [];
  await checkArtefacts(run, artefacts);
  for (const finding of artefacts) report(finding);
  return { files: manifest.files.length, rows, findings: findings.list() };
}

/** Keeps the first of each kind and says how many more there are. */
class Findings {
  readonly #byCode = new Map<string, { first: Finding[]; more: number }>();

  add(finding: Finding): void {
    const entry = this.#byCode.get(finding.code) ?? { first: [], more: 0 };
    this.#byCode.set(finding.code, entry);
    if (entry.first.length < shownPerCode) entry.first.push(finding);
    else entry.more++;
  }

  list(): Finding[] {
    return [...this.#byCode].flatMap(([code, { first, more }]) =>
      more === 0
        ? first
        : [...first, { code, place: 'dataset', message: `There are ${more} more findings of this kind.` }],
    );
  }
}

const shownPerCode = 20;

async function readJson<T>(path: string, code: string): Promise<T> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T; // written by the run; its claims are what is checked
  } catch (cause) {
    throw new ConfigError(`${path}: not there, or not readable`, {
      code,
      hint: 'give the folder of a finished run with --run',
      cause,
    });
  }
}

/** The labels of a file that is as the manifest says; undefined where it cannot be read. */
async function checkFile(
  dataset: string,
  file: ManifestFile,
  format: Manifest['output']['format'],
  report: (finding: Finding) => void,
): Promise<ShardLabels | undefined> {
  const find = (code: string, message: string): void => report({ code, place: file.path, message });
  const path = join(dataset, file.path);
  if (!(await checkBytes(path, file, find))) return undefined;
  try {
    const { labels, schemaProblems } = await readShard(path, format);
    for (const problem of schemaProblems) find('schema', problem);
    if (schemaProblems.length > 0) return undefined;
    checkCounts(file, labels, find);
    return labels;
  } catch (error) {
    find(
      'unreadable',
      `It is no readable Parquet file: ${error instanceof Error ? error.message : String(error)}.`,
    );
    return undefined;
  }
}

type Find = (code: string, message: string) => void;

async function checkBytes(path: string, file: ManifestFile, find: Find): Promise<boolean> {
  const found = await fileSha256(path).catch(() => undefined);
  if (!found) find('file-missing', 'The manifest names it, and it is not there.');
  else if (found.bytes !== file.bytes)
    find('bytes', `It has ${found.bytes} bytes, the manifest says ${file.bytes}.`);
  else if (found.sha256 !== file.sha256) find('checksum', 'Its sha256 is not the one of the manifest.');
  else return true;
  return false;
}

function checkCounts(file: ManifestFile, labels: ShardLabels, find: Find): void {
  if (labels.keys.length !== file.rows)
    find('rows', `It holds ${labels.keys.length} rows, the manifest says ${file.rows}.`);
  const phases = labels.phases.filter((phase) => phase !== null);
  const axes = [
    ['persona', labels.personas, file.counts.persona],
    ['tagger', labels.taggers, file.counts.tagger],
    ['trait', labels.traits.flat(), file.counts.trait],
    ['source', labels.sources, file.counts.source],
    ['phase', phases, file.counts.phase],
  ] as const;
  for (const [axis, values, claimed] of axes) {
    const found = new Map<string, number>();
    for (const value of values) found.set(value, (found.get(value) ?? 0) + 1);
    for (const name of new Set([...found.keys(), ...Object.keys(claimed)])) {
      const [is, says] = [found.get(name) ?? 0, claimed[name] ?? 0];
      if (is !== says)
        find(`count-${axis}`, `It holds ${is} rows of ${axis} ${name}, the manifest says ${says}.`);
    }
  }
  const synthetic = labels.synthetic.filter(Boolean).length;
  if (synthetic !== file.counts.synthetic)
    find(
      'count-synthetic',
      `It holds ${synthetic} synthetic rows, the manifest says ${file.counts.synthetic}.`,
    );
  const copies = labels.copies.filter((copy) => copy > 0).length;
  if (copies !== file.counts.copies)
    find('count-copies', `It holds ${copies} copies, the manifest says ${file.counts.copies}.`);
}

/** Every phase and adapter has the rows it is said to have; one that takes all has the whole corpus. */
function checkGroups(
  manifest: Manifest,
  rows: ReadonlyMap<string, number>,
  targets: PlanTargets,
  report: (finding: Finding) => void,
): void {
  for (const { kind, name, personas, trainRows, validationRows } of manifest.groups) {
    const find = (message: string): void => report({ code: 'group-rows', place: name, message });
    const [train, validation] = [rows.get(`${name}/train`) ?? 0, rows.get(`${name}/validation`) ?? 0];
    if (train !== trainRows || validation !== validationRows)
      find(
        `The ${kind} ${name} holds ${train} rows to train on and ${validation} to validate; the manifest says ${trainRows} and ${validationRows}.`,
      );
    const isWhole = kind === 'phase' && personas === 'all' && targets.mode === 'view';
    if (isWhole && train + validation !== targets.total)
      find(
        `The phase ${name} takes all rows and holds ${train + validation}; the plan says ${targets.total}.`,
      );
  }
}

async function checkStrays(
  dataset: string,
  manifest: Manifest,
  report: (finding: Finding) => void,
): Promise<void> {
  const known = new Set(manifest.files.map((file) => file.path));
  for (const entry of await readdir(dataset, { recursive: true, withFileTypes: true })) {
    const path = relative(dataset, join(entry.parentPath, entry.name)).split(sep).join('/');
    if (entry.isFile() && path.endsWith('.parquet') && !known.has(path))
      report({ code: 'stray', place: path, message: 'The manifest does not name it.' });
  }
}

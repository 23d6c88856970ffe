import type { SuppliedGap } from '../../run/plan/gap-recipes.ts';
import type { DeclaredSource } from '../../run/scan/declared-sources.ts';
import type { ProjectedShare, Projection } from '../../run/plan/projection.ts';
import { formatBand, formatCount, formatPlural, formatShare } from '../../report/format.ts';
import { causeText } from '../../report/words.ts';
import { sanitize } from './terminal.ts';

/** Before, what comes, after, against the targets: one table for personas, one for categories. */
export function renderProjection(projection: Projection): string {
  const { personas, categories, sources, gaps } = projection;
  const after = `${formatCount(projection.rows_before)} rows now, ${formatCount(projection.rows_after)} after`;
  return [
    `Projection from counts (sources as ${projection.counts}): ${after}.`,
    ...projection.findings.map((finding) => `! ${finding}`),
    ...projection.sentences,
    '',
    ...tableOf('persona', personas),
    '',
    ...tableOf('category', categories),
    ...(sources.length > 0 ? ['', ...sourceLines(sources)] : []),
    ...(gaps.length > 0
      ? ['', `missing at ${formatCount(projection.goal_rows)} rows`, ...gapLines(gaps)]
      : []),
  ].join('\n');
}

/** What is missing, why, and the recipes made for it; the first ten. */
export function gapLines(gaps: readonly SuppliedGap[]): string[] {
  const shown = gaps.slice(0, 10).map((gap) => {
    const kind = gap.traits.length > 0 ? ` with ${gap.traits.join(' + ')}` : '';
    const whom = gap.persona ?? gap.category ?? 'any persona';
    return `  ${formatPlural(gap.rows, 'row')} of ${whom}${kind} (${causeText(gap.cause)})${recipeWords(gap)}`;
  });
  return gaps.length > shown.length
    ? [...shown, `  and ${gaps.length - shown.length} more in --json`]
    : shown;
}

function recipeWords({ recipes }: SuppliedGap): string {
  const usable = recipes.filter((recipe) => !recipe.benchmark);
  if (usable.length === 0) return '';
  const words = usable.slice(0, 3).map(({ recipe, rows }) => `${recipe} ${formatCount(rows)}`);
  return `; recipes: ${words.join(', ')}${usable.length > 3 ? ` and ${usable.length - 3} more` : ''}`;
}

function tableOf(title: string, lines: readonly ProjectedShare[]): string[] {
  const head = [
    title.padEnd(24),
    'before'.padStart(10),
    'share'.padStart(7),
    'added'.padStart(10),
    'after'.padStart(10),
    'share'.padStart(7),
    'target'.padStart(9),
    'missing'.padStart(10),
  ].join(' ');
  return [head, ...lines.map(tableLine)];
}

function tableLine(line: ProjectedShare): string {
  const { target } = line;
  const band = target && (target.min === target.max ? formatShare(target.min) : formatBand(target));
  const note = { under: '  under', over: '  over', within: '  ok', 'no target': '' }[line.status];
  return [
    line.name.padEnd(24),
    formatCount(line.before_rows).padStart(10),
    formatShare(line.before_share).padStart(7),
    formatCount(line.added_rows).padStart(10),
    formatCount(line.after_rows).padStart(10),
    formatShare(line.after_share).padStart(7),
    (band ?? '–').padStart(9),
    `${formatCount(line.missing_rows).padStart(10)}${note}`,
  ].join(' ');
}

function sourceLines(sources: readonly DeclaredSource[]): string[] {
  const count = (rows: number | null): string => (rows === null ? '?' : formatCount(rows)).padStart(10);
  const head = `${'source'.padEnd(24)} ${'declared'.padStart(10)} ${'published'.padStart(10)} ${'counted'.padStart(10)}  persona`;
  return [
    head,
    ...sources.map(({ name, declared, published, counted, persona, refused }) => {
      const why = refused === null ? '' : ` (refused: ${refused})`;
      return `${sanitize(name).padEnd(24)} ${count(declared)} ${count(published)} ${count(counted)}  ${persona ?? 'unknown'}${why}`;
    }),
  ];
}

import { countWords, listWords } from '../../balance/words.ts';
import type { Config } from '../../config/schema.ts';
import type { RunContext } from '../context.ts';
import type { Division } from './division.ts';
import type { PlannedCorpus } from './plan-corpus.ts';
import { countStates, filteredStates, type PlanTable } from './plan-table.ts';

/** What the plan decided on its own and a user should know. */
export function warnOfPlan(
  context: RunContext,
  { table, plan, division }: PlannedCorpus,
  config: Config,
): void {
  const { certificate, total } = plan.solution;
  // Of targets nothing can be said where no row is left to meet them.
  if (certificate && plan.problem.cells.length > 0) context.warn('infeasible', certificate.sentence);
  if (total === 0) context.warn('corpus-empty', describeEmpty(table));
  if (division.unplaced.length > 0) context.warn('rows-unplaced', describeUnplaced(division, total));
  const added = division.added.filter(({ persona }) => persona in config.dataset.persona_weights);
  if (added.length === 0) return;
  context.warn(
    'adapter-added',
    `no adapter names ${added.map(({ persona, adapter, reason }) => `${persona} (put into ${adapter}: ${reason})`).join(', ')}`,
  );
}

function describeEmpty(table: PlanTable): string {
  const counts = countStates(table);
  const parts = [
    ...filteredStates.map((state) => [counts[state], `filtered (${state})`] as const),
    [counts.duplicate + counts['near-duplicate'], 'duplicates'] as const,
    [counts.rejected, 'quarantined'] as const,
    [counts.eligible, 'not selected'] as const,
  ].filter(([rows]) => rows > 0);
  return `no row is left of the ${countWords(table.rows)} read: ${parts.map(([rows, why]) => `${countWords(rows)} ${why}`).join(', ')}`;
}

function describeUnplaced({ unplaced }: Division, total: number): string {
  const rows = unplaced.reduce((sum, entry) => sum + entry.rows, 0);
  const personas = unplaced.map((entry) => `${entry.persona} (${countWords(entry.rows)})`);
  return `${countWords(rows)} of ${countWords(total)} rows are in no phase or adapter and are not written: no persona_focus takes ${listWords(personas)}; name them in one, or add a phase with persona_focus: all`;
}

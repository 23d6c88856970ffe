import type { Config } from '../../config/schema.ts';
import type { RunContext } from '../context.ts';
import type { PlannedCorpus } from './plan-corpus.ts';

/** What the plan decided on its own and a user should know. */
export function warnOfPlan(context: RunContext, { plan, division }: PlannedCorpus, config: Config): void {
  if (plan.solution.certificate) context.warn('infeasible', plan.solution.certificate.sentence);
  const added = division.added.filter(({ persona }) => persona in config.dataset.persona_weights);
  if (added.length === 0) return;
  context.warn(
    'adapter-added',
    `no adapter names ${added.map(({ persona, adapter, reason }) => `${persona} (put into ${adapter}: ${reason})`).join(', ')}`,
  );
}

import type { CommandModule } from 'yargs';

import { loadTaxonomy } from '../../../taggers/index.ts';
import { planWhatIf } from '../../run/what-if.ts';
import { renderPlan } from '../render/plan.ts';

interface PlanArguments {
  run: string;
  set?: string[];
  json: boolean;
}

export const planCommand: CommandModule<object, PlanArguments> = {
  command: 'plan',
  describe: 'Show the plan of a run, or what other settings would change, without tagging or writing',
  builder: (yargs) =>
    yargs
      .option('run', { type: 'string', demandOption: true, describe: 'Run folder whose rows are tagged' })
      .option('set', { type: 'string', array: true, describe: 'Override a key and see what it changes' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 plan --run runs/my', 'predicted shares, what binds, what is missing')
      .example('$0 plan --run runs/my --set persona_weights.code_expert=0.2', 'beside it what would change'),
  async handler(args) {
    const result = await planWhatIf({ run: args.run, sets: args.set ?? [], taxonomy: await loadTaxonomy() });
    process.stdout.write(`${args.json ? JSON.stringify(result, null, 2) : renderPlan(result)}\n`);
  },
};

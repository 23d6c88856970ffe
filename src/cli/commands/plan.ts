import type { CommandModule } from 'yargs';

import { loadTaxonomy } from '../../../taggers/index.ts';
import { loadConfig } from '../../config/load.ts';
import { ConfigError } from '../../core/errors.ts';
import { type PlanAnswer, planConfig, planRunFolder } from '../../run/plan/plan-config.ts';
import { renderPlanAnswer } from '../render/plan.ts';
import { defaultOut, findConfig, recipesFolder } from '../tools.ts';

interface PlanArguments {
  run?: string;
  config?: string;
  out?: string;
  set?: string[];
  projection: boolean;
  json: boolean;
}

export const planCommand: CommandModule<object, PlanArguments> = {
  command: 'plan',
  describe: 'Show what would be written, before a run or with other settings, without tagging or writing',
  builder: (yargs) =>
    yargs
      .option('run', { type: 'string', describe: 'Run folder whose rows are tagged', conflicts: 'config' })
      .option('config', {
        type: 'string',
        describe: 'Configuration, run or not: uses the sidecars of its run folder, else declared counts',
      })
      .option('out', {
        type: 'string',
        describe: 'Run folder of --config; default runs/<name of the configuration>',
        conflicts: 'run',
      })
      .option('set', { type: 'string', array: true, describe: 'Override a key and see what it changes' })
      .option('projection', {
        type: 'boolean',
        default: false,
        describe: 'Before/after table from counts, also where every source is tagged',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON, with the whole table' })
      .example('$0 plan --run runs/my', 'predicted shares, what binds, what is missing')
      .example('$0 plan --run runs/my --set persona_weights.code_expert=0.2', 'beside it what would change')
      .example(
        '$0 plan --config configs/recipes/phase-2.yaml',
        'what a recipe would bring, before a download',
      ),
  async handler(args) {
    const answer = await answerPlan(args);
    const { plan, projection, missing } = answer;
    const json = { ...(plan ?? noPlan), projection, missing };
    process.stdout.write(`${args.json ? JSON.stringify(json, null, 2) : renderPlanAnswer(answer)}\n`);
  },
};

const noPlan = { now: null, revised: null, entering: null, leaving: null };

async function answerPlan(args: PlanArguments): Promise<PlanAnswer> {
  const taxonomy = await loadTaxonomy();
  const sets = args.set ?? [];
  const common = { projection: args.projection, taxonomy, recipesFolder };
  if (args.run !== undefined) return planRunFolder({ ...common, run: args.run, sets });
  const given = args.config;
  if (given === undefined) {
    throw new ConfigError('plan: neither a run nor a configuration is given', {
      code: 'plan-of-what',
      hint: 'give --run DIR or --config FILE',
    });
  }
  const path = findConfig(given);
  const { config } = await loadConfig({ path, sets: [], taxonomy });
  const revised = sets.length > 0 ? (await loadConfig({ path, sets, taxonomy })).config : null;
  return planConfig({ ...common, config, revised, out: args.out ?? defaultOut(given) });
}

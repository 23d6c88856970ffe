import { FatalError, ValidationError } from '../../../core/errors.ts';
import { createContext } from '../../../run/context.ts';
import { type MakeOutcome, runMaker } from '../../../run/make/make-job.ts';
import type { Maker } from '../../../run/make/maker.ts';
import { withProcess } from '../../process.ts';
import { makeSummary, renderMake } from '../../render/make.ts';
import { type MakeArguments, makeParams } from './llm-options.ts';

/** What every `make` subcommand does once it knows its maker: run it, print what came of it, leave with the right code. */
export async function runMakeCommand(args: MakeArguments, maker: Maker): Promise<void> {
  const params = await makeParams(args, maker.name);
  await withProcess({ json: args.json }, async (effects) => {
    const outcome = await runMaker(maker, params, effects, createContext(effects));
    effects.print(args.json ? JSON.stringify(makeSummary(outcome), null, 2) : renderMake(outcome));
    failIfIncomplete(outcome);
  });
}

function failIfIncomplete(outcome: MakeOutcome): void {
  if (outcome.kind !== 'made') return;
  const { tally, missing, out } = outcome;
  if (tally.unanswered > 0) {
    throw new FatalError(`${tally.unanswered} of ${tally.asked} asks got no answer from the endpoint`, {
      code: 'make-unanswered',
      hint: 'run the same command again: only they are asked',
    });
  }
  if (missing > 0) {
    throw new ValidationError(`${missing} of what was asked for could not be made`, {
      code: 'make-missing',
      hint: `${out}/findings.jsonl says why; more --attempts, more --rounds or another model may do`,
    });
  }
}

import type { CommandModule } from 'yargs';

import { annotateMaker, loadTranscripts } from '../../../run/make/annotate.ts';
import { readScenarioSet } from '../../../run/make/read-scenarios.ts';
import { findConfig } from '../../tools.ts';
import { type MakeArguments, withMakeOptions } from './llm-options.ts';
import { runMakeCommand } from './run-make.ts';

const levels = ['minimal', 'standard', 'full'] as const;

interface AnnotateArguments extends MakeArguments {
  transcripts: string[];
  scenarios: string;
  speaker?: string;
  level: (typeof levels)[number];
}

export const annotateCommand: CommandModule<object, AnnotateArguments> = {
  command: 'annotate <transcripts..>',
  describe: 'System prompts for conversations that exist: who speaks there, at three levels of detail',
  builder: (yargs) =>
    withMakeOptions(yargs)
      .positional('transcripts', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'JSON, JSONL, CSV (speaker, text) or plain text ("A: …"); files or folders',
      })
      .option('scenarios', {
        type: 'string',
        default: 'configs/scenarios/coffee-shop.yaml',
        describe: 'Domain, and the situations that are told apart',
      })
      .option('speaker', {
        type: 'string',
        describe: 'Whom the prompts describe; default: agent or customer, else who speaks first',
      })
      .option('level', {
        choices: levels,
        default: 'standard' as const,
        describe: 'Which of the three prompts stands as system_prompt',
      })
      .example(
        '$0 make annotate calls.txt --speaker B --profile openai --out annotated/',
        'lines such as "A: Hello."',
      )
      .example('$0 make annotate calls.csv --out annotated/', 'offline: only what can be counted is claimed'),
  async handler(args) {
    const set = await readScenarioSet(findConfig(args.scenarios));
    const { transcripts, findings } = await loadTranscripts(args.transcripts);
    const { speaker = null, level } = args;
    await runMakeCommand(args, annotateMaker({ transcripts, findings, set, speaker, level }));
  },
};

import { availableParallelism } from 'node:os';
import type { CommandModule } from 'yargs';

import { loadTaxonomy } from '../../../taggers/index.ts';
import { ConfigError } from '../../core/errors.ts';
import { createContext } from '../../run/context.ts';
import { type AmongClasses, evaluateTaggers, type EvaluationResult } from '../../run/evaluate/eval-pass.ts';
import { renderEvaluation } from '../render/evaluation.ts';
import { withProcess } from '../process.ts';
import { loadTools } from '../tools.ts';
import { runTierGate } from './eval/tiers.ts';
import { evaluatePersonasCommand, type PersonaArguments, withPersonaOptions } from './eval/persona.ts';
import { askingOptions, givenOption, withMakeOptions } from './make/llm-options.ts';

const allClasses: AmongClasses = 'all';
const amongChoices: readonly AmongClasses[] = [allClasses, 'labelled'];

const gateChoices: readonly 'tiers'[] = ['tiers'];

interface EvalArguments extends Omit<PersonaArguments, 'tagger'> {
  data?: string;
  tagger: string[];
  against?: string;
  among: AmongClasses;
  gate?: 'tiers';
  labels?: string;
  workers: number;
}

export const evalCommand: CommandModule<object, EvalArguments> = {
  command: 'eval',
  describe:
    'Score a persona tagger on labelled rows, or compare two; with --persona: judge answers of personas',
  builder: (yargs) =>
    withPersonaOptions(withMakeOptions(yargs))
      .option('data', {
        type: 'string',
        describe: 'Labelled file or folder: {instruction, input, output, persona} or {messages, persona}',
      })
      .option('tagger', {
        type: 'string',
        array: true,
        default: ['persona-v1'],
        describe: 'Name in taggers/, a folder, or hub:owner/name; given twice: compares the two',
      })
      .option('against', { type: 'string', describe: 'A second tagger to compare with' })
      .option('among', {
        choices: amongChoices,
        default: allClasses,
        describe: 'Classes to choose from: all of the tagger, or only those that occur as labels',
      })
      .option('gate', {
        choices: gateChoices,
        describe: 'tiers: --data is predictions for held-out meetings; prints which tiers are unlocked',
      })
      .option('labels', { type: 'string', describe: 'With --gate: held_out/labels.jsonl of make meetings' })
      .option('workers', { type: 'number', default: availableParallelism(), describe: 'Worker threads' })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'Print JSON, with the whole confusion matrix',
      })
      .example('$0 eval --data labelled.jsonl', 'accuracy, macro-F1, calibration, confusion')
      .example(
        '$0 eval --data labelled.jsonl --tagger persona-v1 --against taggers/mine',
        'which is better, with a bootstrap interval',
      )
      .example(
        '$0 eval --data labelled.jsonl --among labelled',
        'a tagger of 57 personas on a file with 18 of them',
      )
      .example('$0 eval --persona --answers answers.jsonl', 'are the personas of recorded answers told apart')
      .example(
        '$0 eval --persona --base-url http://127.0.0.1:8000/v1 --model mine --out runs/mine-eval',
        'ask an endpoint with <persona:…> control',
      )
      .example(
        '$0 eval --gate tiers --data predictions.jsonl --labels held_out/labels.jsonl',
        'which tiers of meeting users a model may serve',
      ),
  async handler(args) {
    const { data } = args;
    refuseStrangers(args);
    if (args.gate !== undefined) return runTierGate(args);
    const [name = '', against] = namedTaggers(args);
    const taxonomy = await loadTaxonomy();
    if (args.persona !== undefined) {
      if (against !== undefined)
        throw new ConfigError('--tagger: eval --persona judges by one', { code: 'usage' });
      return evaluatePersonasCommand({ ...args, tagger: name }, taxonomy);
    }
    if (data === undefined) {
      throw new ConfigError('eval: name labelled rows with --data, or ask for --persona', { code: 'usage' });
    }
    const toolsOf = (persona: string) => loadTools({ persona, traits: 'traits-v1' }, taxonomy);
    const tools = await toolsOf(name);
    const others = against === undefined ? undefined : await toolsOf(against);
    await withProcess({ json: args.json }, async (effects) => {
      const result = await evaluateTaggers(
        { data, tools, against: others, among: args.among, workers: args.workers },
        createContext(effects),
      );
      effects.print(args.json ? toJson(result) : renderEvaluation(result));
    });
  },
};

/** What an evaluation reads, of the options that not all of them read and that are not set by themselves. */
const readBy = {
  '--data': ['data', 'against'],
  '--persona': ['persona', 'answers', 'cards', 'control', 'out', 'now', ...askingOptions],
  '--gate': ['data', 'labels'],
} as const satisfies Record<string, readonly (keyof EvalArguments)[]>;

/** @throws ConfigError `usage` for an option that this evaluation would pass over */
function refuseStrangers(args: EvalArguments): void {
  const mode = args.gate !== undefined ? '--gate' : args.persona !== undefined ? '--persona' : '--data';
  const own: readonly string[] = readBy[mode];
  for (const [other, names] of Object.entries(readBy)) {
    const stranger = givenOption(
      args,
      names.filter((name) => !own.includes(name)),
    );
    if (stranger === undefined) continue;
    throw new ConfigError(`--${stranger} belongs to eval ${other}, not to eval ${mode}`, { code: 'usage' });
  }
}

function namedTaggers({ tagger, against }: EvalArguments): string[] {
  const names = against === undefined ? tagger : [...tagger, against];
  if (names.length <= 2) return names;
  throw new ConfigError(`${names.length} taggers to compare: ${names.join(', ')}; two at most`, {
    code: 'too-many-taggers',
    hint: 'eval --tagger A --against B',
  });
}

function toJson({ evaluation, against }: EvaluationResult): string {
  return JSON.stringify(
    against ? { ...evaluation, against: against.evaluation, comparison: against.comparison } : evaluation,
    null,
    2,
  );
}

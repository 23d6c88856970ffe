import { availableParallelism } from 'node:os';
import type { CommandModule } from 'yargs';

import { loadTaxonomy, openTagger } from '../../../taggers/index.ts';
import { ConfigError } from '../../core/errors.ts';
import { createContext } from '../../run/context.ts';
import { openModels, openWorkers } from '../../run/workers.ts';
import { type TagTreeResult, tagTree } from '../../run/tag/tag-tree.ts';
import type { RunTools } from '../../run/run.ts';
import type { TreeCascade } from '../../run/tag/survey.ts';
import { tagPipe } from '../../run/tag/tag-pipe.ts';
import type { TagOptions } from '../../run/tag/tag-records.ts';
import { explainedRows } from '../render/reasons.ts';
import { withProcess } from '../process.ts';
import { loadTools } from '../tools.ts';

interface TagArguments {
  in: string;
  out: string;
  tagger: string;
  traits: string;
  threshold?: number;
  explain: boolean;
  cascade?: number;
  correct: boolean;
  accurate: string;
  workers: number;
  json: boolean;
}

export const tagCommand: CommandModule<object, TagArguments> = {
  command: 'tag <in> <out>',
  describe: 'Tag a file or folder tree, mirrored as JSONL',
  builder: (yargs) =>
    yargs
      .positional('in', { type: 'string', demandOption: true, describe: 'File or folder' })
      .positional('out', {
        type: 'string',
        demandOption: true,
        describe: 'Folder for the tagged JSONL files',
      })
      .option('tagger', {
        type: 'string',
        default: 'persona-v1',
        describe: 'Persona tagger: a name in taggers/, a folder, or hub:owner/name',
      })
      .option('traits', { type: 'string', default: 'traits-v1', describe: 'Trait tagger' })
      .option('threshold', { type: 'number', describe: 'Below this probability a row is general_assistant' })
      .option('explain', {
        type: 'boolean',
        default: false,
        describe: 'Add the words and features that decided to every row (_why); slow, for fast taggers',
      })
      .option('cascade', {
        type: 'number',
        describe: 'Share of the rows, 0 to 1, that the accurate tier tags; reads the files up to three times',
      })
      .option('correct', {
        type: 'boolean',
        default: true,
        describe:
          'With --cascade: let these rows correct --tagger on all others, from 100 rows on; two thirds of them are then drawn, the others those of which --tagger is least sure',
      })
      .option('accurate', {
        type: 'string',
        default: 'minilm-v1',
        describe: 'The accurate tier of --cascade: a persona tagger',
      })
      .option('workers', {
        type: 'number',
        default: availableParallelism(),
        describe: 'Worker threads; a pipe is tagged on one thread',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print the summary as JSON' })
      .example('$0 tag data/ tagged/', 'data/a/b.csv.gz becomes tagged/a/b.jsonl')
      .example(
        '$0 tag data/ tagged/ --cascade 0.05',
        '5 % of the rows by the accurate tier, which corrects the fast one on the others',
      )
      .example('$0 tag data/ tagged/ --explain', 'why each row got its persona')
      .example('cat rows.jsonl | $0 tag - - > tagged.jsonl', 'as a pipe'),
  async handler(args) {
    checkEnds(args);
    checkThreshold(args);
    const share = cascadeShare(args);
    const tools = await loadTools(
      { persona: args.tagger, traits: args.traits, accurate: share === null ? null : args.accurate },
      await loadTaxonomy(),
    );
    const options = { threshold: args.threshold ?? null, explain: args.explain };
    if (isPipe(args.in)) return pipe(tools, options);
    await withProcess({ json: args.json }, async (effects) => {
      const started = performance.now();
      await using pool = openWorkers(tools, args.workers);
      await openModels(pool, 'taggers');
      const result = await tagTree(
        pool,
        {
          input: args.in,
          output: args.out,
          unitBytes: 4 * 2 ** 20,
          cascade: treeCascade(tools, share, args.correct),
          ...options,
        },
        createContext(effects),
      );
      const seconds = (performance.now() - started) / 1000;
      effects.print(args.json ? jsonSummary(result, seconds) : textSummary(result, seconds, args.out));
    });
  },
};

/** @throws ConfigError `pipe-half`, `pipe-json` */
function checkEnds({ in: input, out, json }: TagArguments): void {
  if (isPipe(input) !== isPipe(out)) {
    throw new ConfigError('tag: a pipe is one at both ends', {
      code: 'pipe-half',
      hint: 'tag - - < rows.jsonl > tagged.jsonl, or name a file or folder and an output folder',
    });
  }
  if (isPipe(input) && json) {
    throw new ConfigError('--json: the output of a pipe is its rows, so that a summary has no place there', {
      code: 'pipe-json',
      hint: 'the number of rows is told on stderr; tag a file or folder for a summary',
    });
  }
}

/** @throws ConfigError `threshold-range` */
function checkThreshold({ threshold }: TagArguments): void {
  if (threshold === undefined || (threshold >= 0 && threshold <= 1)) return;
  throw new ConfigError(`--threshold ${threshold}: not a probability`, {
    code: 'threshold-range',
    hint: 'give a number from 0 to 1, such as 0.5',
  });
}

/** null: no row goes to the accurate tier. @throws ConfigError `cascade-share`, `cascade-pipe`, `cascade-explain` */
function cascadeShare({ cascade, explain, in: input }: TagArguments): number | null {
  if (cascade === undefined) return null;
  if (!(cascade >= 0 && cascade <= 1)) {
    throw new ConfigError(`--cascade ${cascade}: not a share`, {
      code: 'cascade-share',
      hint: 'give a number from 0 to 1, such as 0.05',
    });
  }
  if (isPipe(input)) {
    throw new ConfigError('--cascade: the least sure rows of a pipe are known only at its end', {
      code: 'cascade-pipe',
      hint: 'tag a file or folder',
    });
  }
  if (explain) {
    throw new ConfigError('--cascade and --explain: the accurate tier does not look at words one by one', {
      code: 'cascade-explain',
      hint: 'ask for one of the two',
    });
  }
  return cascade === 0 ? null : cascade;
}

function treeCascade(tools: RunTools, share: number | null, correct: boolean): TreeCascade | null {
  const { accurateTagger: accurate, personaTagger: fast } = tools;
  return share === null || !accurate ? null : { share, correct, accurate, fast };
}

/** yargs hands a lone `-` over as an empty text. */
function isPipe(path: string): boolean {
  return path === '-' || path === '';
}

/** Rows in on stdin, tagged rows out on stdout, counts on stderr. */
async function pipe(tools: RunTools, options: TagOptions): Promise<void> {
  await using persona = await openTagger(tools.personaTagger.folder, tools.taxonomy);
  await using traits = await openTagger(tools.traitTagger.folder, tools.taxonomy);
  const kit = { persona, traits, taxonomy: tools.taxonomy };
  const { rows, quarantined } = await tagPipe(kit, {
    input: process.stdin,
    output: process.stdout,
    ...options,
  });
  process.stderr.write(`${rows} rows tagged, ${quarantined} unreadable\n`);
}

function jsonSummary(result: TagTreeResult, seconds: number): string {
  return JSON.stringify(
    {
      rows: result.rows,
      rows_per_second: Math.round(result.rows / seconds),
      seconds: Math.round(seconds * 100) / 100,
      peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
      personas: byName(result.personas),
      traits: byName(result.traits),
      taggers: byName(result.taggers),
      quarantined: result.quarantined,
      ...(result.examples.length > 0 ? { examples: result.examples } : {}),
    },
    null,
    2,
  );
}

/** Counts come in the order in which workers end; a summary must not. */
function byName(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function textSummary(result: TagTreeResult, seconds: number, out: string): string {
  return [
    `${result.rows} rows of ${result.files} files tagged in ${seconds.toFixed(1)} s (${Math.round(result.rows / seconds)} rows/s), ${result.quarantined} unreadable`,
    ...taggerLines(result),
    '',
    'personas',
    ...top(result.personas, 20, result.rows),
    '',
    'traits',
    ...top(result.traits, 10, result.rows),
    ...explainedRows(result.examples),
    '',
    `written to ${out}`,
  ].join('\n');
}

/** Only where two tiers were at work. */
function taggerLines({ taggers }: TagTreeResult): string[] {
  const names = Object.keys(taggers).toSorted();
  return names.length < 2 ? [] : [names.map((name) => `${taggers[name]} by ${name}`).join(', ')];
}

function top(counts: Readonly<Record<string, number>>, most: number, rows: number): string[] {
  return Object.entries(counts)
    .toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, most)
    .map(
      ([name, count]) =>
        `  ${name.padEnd(26)} ${String(count).padStart(9)} ${((count / Math.max(1, rows)) * 100).toFixed(1).padStart(6)} %`,
    );
}

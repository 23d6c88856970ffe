import { stringify } from 'yaml';

import type { DatasetGroup } from './dataset-group.ts';

export interface DatasetCardOptions {
  /** Shown as the card's heading. */
  readonly title: string;
  readonly toolVersion: string;
  readonly format: 'messages' | 'alpaca';
  readonly groups: readonly DatasetGroup[];
  readonly sources: readonly {
    readonly name: string;
    readonly licence: string | null;
    readonly rows: number;
  }[];
  /** Of the rows in the dataset; shares in [0, 1], `target` null where none was asked for. */
  readonly personas: readonly LabelShare[];
  readonly traits: readonly LabelShare[];
  readonly controlToken: 'prefix' | 'system' | 'none';
  readonly tokenFormat: string;
  readonly defaultPersona: string;
  /** Sampling temperature per persona. */
  readonly temperatures: Readonly<Record<string, number>>;
}

export interface LabelShare {
  readonly id: string;
  readonly rows: number;
  readonly share: number;
  readonly target: number | null;
}

/**
 * `dataset/README.md`: front matter with one configuration per phase and adapter, so that
 * `datasets.load_dataset(folder, "foundation")` finds its files, then tables for people. No dates, no machine names.
 */
export function renderDatasetCard(options: DatasetCardOptions): string {
  const groups = options.groups.filter((group) => group.trainRows + group.validationRows > 0);
  return [
    `---\n${stringify(frontMatter(options, groups), { lineWidth: 0 })}---\n`,
    `# ${options.title}\n`,
    `Made by tag-datasets ${options.toolVersion}. Checksums, counts and provenance: \`manifest.json\`.\n`,
    ...usage(options, groups),
    ...columns(options),
    ...labelTable('Personas', options.personas),
    ...labelTable('Traits', options.traits),
    ...controlTokenSection(options),
    ...licenceSection(options),
  ].join('\n');
}

function frontMatter(
  { sources }: DatasetCardOptions,
  groups: readonly DatasetGroup[],
): Record<string, unknown> {
  const main = mainGroup(groups);
  return {
    license: licenceIds(sources),
    task_categories: ['text-generation'],
    tags: ['persona', 'instruction-tuning', 'tag-datasets'],
    configs: groups.map((group) => ({
      config_name: group.name,
      ...(group === main ? { default: true } : {}),
      data_files: [
        ...(group.trainRows > 0 ? [{ split: 'train', path: `${group.folder}/train-*.parquet` }] : []),
        ...(group.validationRows > 0
          ? [{ split: 'validation', path: `${group.folder}/validation-*.parquet` }]
          : []),
      ],
    })),
  };
}

/** What `load_dataset` gives without a name: the phase that holds everything, else the first. */
function mainGroup(groups: readonly DatasetGroup[]): DatasetGroup | undefined {
  return groups.findLast((group) => group.kind === 'phase' && group.personas === 'all') ?? groups[0];
}

/** The Hub's own ids where every source has one; `unknown` where one has none. */
function licenceIds(sources: DatasetCardOptions['sources']): string[] {
  const ids = sources
    .filter((source) => source.rows > 0)
    .map((source) => source.licence?.toLowerCase() ?? 'unknown');
  const unique = [...new Set(ids)].toSorted();
  return unique.length === 0 ? ['unknown'] : unique;
}

function usage({ format }: DatasetCardOptions, groups: readonly DatasetGroup[]): string[] {
  const [first] = groups;
  return [
    '## Use\n',
    `\`\`\`python\nfrom datasets import load_dataset\n\nrows = load_dataset(".", "${first?.name ?? 'default'}")  # in this folder, or its name on the Hub\n\`\`\`\n`,
    '| configuration | kind | personas | train | validation | learning rate | warm-up | epochs |',
    '|---|---|---|---:|---:|---:|---:|---:|',
    ...groups.map(
      (group) =>
        `| \`${group.name}\` | ${group.kind} | ${group.personas === 'all' ? 'all' : group.personas.join(', ')} | ${group.trainRows} | ${group.validationRows} | ${group.learningRate ?? ''} | ${group.warmupRatio} | ${group.epochs} |`,
    ),
    '',
    `Train the phases in the order above, each from the result of the one before. The rows of a split are interleaved so that any prefix and any batch has nearly the mix of the whole: do not shuffle. Ready-made files: \`dataset_info.json\` (LLaMA-Factory), \`axolotl.yaml\`, \`trl.md\`${format === 'alpaca' ? '; all for the columns `instruction`, `input`, `output`' : ''}.\n`,
  ];
}

function columns({ format }: DatasetCardOptions): string[] {
  const text =
    format === 'messages'
      ? [
          '| `messages` | list of `{role, content, name, tool_calls}` |',
          '| `tools` | JSON text of the tool definitions, or null |',
        ]
      : [
          '| `instruction` | the last user message that has an answer |',
          '| `input` | everything before the answer but the instruction, as `User: …`, `Assistant: …` lines; empty for single turns |',
          '| `output` | the last assistant message |',
        ];
  return [
    '## Columns\n',
    '| column | holds |',
    '|---|---|',
    ...text,
    '| `_persona`, `_persona_score` | persona of the assistant, and how sure the tagger was |',
    '| `_tagged_by` | the persona tagger that judged the row: the fast tier, the accurate one, or `fast+accurate`, the fast one as the accurate one corrected it on this corpus |',
    '| `_traits`, `_trait_scores` | traits of the assistant, aligned |',
    '| `_source`, `_row_key` | where the row came from; 128-bit key of (source, revision, file, row) |',
    '| `_phase`, `_adapter` | where it stands |',
    '| `_copy` | 0, or the number of the repeat |',
    '| `_synthetic` | made, not read |',
    '| `extra` | JSON text of unused input columns, or null |',
    '',
  ];
}

function labelTable(title: string, labels: readonly LabelShare[]): string[] {
  const shown = labels.filter((label) => label.rows > 0 || label.target !== null);
  if (shown.length === 0) return [];
  return [
    `## ${title}\n`,
    '| name | rows | share | target |',
    '|---|---:|---:|---:|',
    ...shown.map(
      ({ id, rows, share, target }) =>
        `| ${id} | ${rows} | ${percent(share)} | ${target === null ? '' : percent(target)} |`,
    ),
    '',
    'Labels come from a classifier; the counts are estimates.\n',
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function controlTokenSection({
  controlToken,
  tokenFormat,
  defaultPersona,
  temperatures,
}: DatasetCardOptions): string[] {
  const token = tokenFormat.replaceAll('{persona_name}', defaultPersona);
  const place = {
    prefix: 'before the first user message, on a line of its own',
    system: 'in the system message',
    none: '',
  };
  const warm = Object.entries(temperatures).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    '## Persona at inference\n',
    controlToken === 'none'
      ? 'The rows carry no control token.\n'
      : `The control token stands ${place[controlToken]}: \`${token}\` is the default persona.\n`,
    ...(warm.length === 0
      ? []
      : [
          '| persona | sampling temperature |',
          '|---|---:|',
          ...warm.map(([id, value]) => `| ${id} | ${value} |`),
          '',
        ]),
  ];
}

function licenceSection({ sources }: DatasetCardOptions): string[] {
  return [
    '## Sources and licences\n',
    '| source | licence | rows |',
    '|---|---|---:|',
    ...sources.map(({ name, licence, rows }) => `| ${name} | ${licence ?? 'unknown'} | ${rows} |`),
    '',
    'Every row keeps the licence of its source (`_source`).\n',
  ];
}

import { textTable } from '../../report/text-table.ts';
import type { PersonaEvaluation, PersonaLine } from '../../run/evaluate/persona-pass.ts';
import { grouped, percent } from './figures.ts';
import { sanitize } from './terminal.ts';

/** The evaluation of personas for the terminal: what it comes to, then persona by persona. */
export function renderPersonaEvaluation(evaluation: PersonaEvaluation): string {
  const { separability: found } = evaluation;
  const values: [string, string][] = [
    [
      'separability',
      found.separability === null
        ? '–'
        : `${number(found.separability)} (0: as shuffled personas, 1: all told apart)`,
    ],
    [
      'nearest persona right',
      found.accuracy === null
        ? '–'
        : `${percent(found.accuracy)}, shuffled ${optional(found.chance)}, p ${number(found.p_value)}`,
    ],
    ['distance within / between', `${number(found.within)} / ${number(found.between)}`],
    [
      'tagger right',
      `${percent(evaluation.tagger_accuracy_among)} among these (guessing ${percent(evaluation.tagger_chance_among)}), ${percent(evaluation.tagger_accuracy)} among all classes`,
    ],
    ['wanted traits held', optional(evaluation.trait_agreement)],
    ['style consistency', optional(evaluation.style_consistency)],
  ];
  const unmatched = evaluation.personas.filter((line) => line.unmatched_style.length > 0);
  return [
    `${grouped(evaluation.answers)} answers of ${evaluation.personas.length} personas to ${grouped(evaluation.prompts)} prompts; ${evaluation.tagger}, embeddings of ${evaluation.encoder}`,
    basis(found),
    '',
    ...textTable(
      values.map(([name, value]) => [`  ${name}`, value]),
      ['left', 'left'],
    ),
    '',
    ...table(evaluation.personas),
    ...(unmatched.length > 0
      ? [
          '',
          ...unmatched.map((line) =>
            sanitize(`  ${line.id}: no trait stands for ${line.unmatched_style.join(', ')}`),
          ),
        ]
      : []),
  ].join('\n');
}

/** What the comparison of answers rests on. */
function basis({ separability, crossed }: PersonaEvaluation['separability']): string {
  if (separability === null) return 'no persona gave two answers to compare: ask several prompts';
  return crossed
    ? 'every prompt was answered by several personas: topics are taken out'
    : 'prompts differ between personas: topics count as manner';
}

function table(lines: readonly PersonaLine[]): string[] {
  const rows = lines.map((line) => [
    `  ${sanitize(line.id)}`,
    grouped(line.answers),
    percent(line.tagged_among),
    optional(line.accuracy),
    number(line.within),
    number(line.between),
    number(line.silhouette),
    line.agreement === null ? '–' : `${percent(line.agreement)} (${optional(line.others)})`,
    optional(line.consistency),
    line.taken_for === null ? '' : `${sanitize(line.taken_for.id)} ${percent(line.taken_for.share)}`,
  ]);
  return textTable(
    [
      [
        '  persona',
        'answers',
        'tagged',
        'nearest',
        'within',
        'between',
        'silhouette',
        'traits (others)',
        'consistent',
        'taken for',
      ],
      ...rows,
    ],
    ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
  );
}

function optional(share: number | null): string {
  return share === null ? '–' : percent(share);
}

function number(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

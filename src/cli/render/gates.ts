import { textTable } from '../../report/text-table.ts';
import type { GateResult, TierFigures } from '../../run/evaluate/gate-pass.ts';
import { percent } from './figures.ts';

/** Which tiers are unlocked, in the order of rollout, with what each rests on. */
export function renderGates({ gates, overall, strangers }: GateResult): string {
  const cells = (figures: TierFigures | null): string[] =>
    figures === null
      ? ['–', '–', '–', '–', '–']
      : [
          String(figures.meetings),
          percent(figures.accuracy),
          `${percent(figures.accuracyInterval[0])} to ${percent(figures.accuracyInterval[1])}`,
          figures.importanceF1.toFixed(3),
          percent(figures.prepWithinTen),
        ];
  const rows = gates.map(({ tier, isUnlocked, reason, figures }) => [
    `tier ${tier}`,
    isUnlocked ? 'unlocked' : 'locked',
    ...cells(figures),
    reason,
  ]);
  const open = gates.filter(({ isUnlocked }) => isUnlocked).map(({ tier }) => `tier ${tier}`);
  const notes = [
    `unlocked: ${open.length > 0 ? open.join(', ') : 'none'}`,
    `no prediction for ${overall.withoutPrediction} of ${overall.meetings} meetings, ${strangers} predictions for others`,
  ];
  return [
    ...textTable(
      [
        ['', 'state', 'meetings', 'accuracy', '95 %', 'importance F1', 'prep ±10 min', 'because'],
        ...rows,
        ['all', '', ...cells(overall), ''],
      ],
      ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'left'],
    ),
    '',
    ...notes,
  ].join('\n');
}

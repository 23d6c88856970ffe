import type { TaggerEvaluation } from '../../run/evaluate/eval-pass.ts';

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** 12,345 */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Which classes the tagger could choose from. */
export function viewName({ among }: Pick<TaggerEvaluation, 'among'>): string {
  return among === 'all'
    ? 'all personas of the tagger, abstention counted as general_assistant'
    : 'only the labelled classes to choose from, no abstention';
}

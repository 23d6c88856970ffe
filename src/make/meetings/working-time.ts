import type { Card } from '../../core/card.ts';
import type { WorkingTime } from './calendar.ts';

/** Where a card does not say: eight to seven, Monday to Friday, twenty hours of meetings a week. */
const usualHours: readonly [number, number] = [8, 19];
const usualDays = [0, 1, 2, 3, 4];
const usualWeeklyHours = 20;

/** Hours of meetings a week and when they may be, out of `context.weekly_hours`, `working_hours` and `working_days` (1: Monday). */
export function workingTimeOf(card: Card): WorkingTime {
  const [first, last] = rangeOf(card.context['working_hours']) ?? usualHours;
  const days = card.context['working_days'];
  const known = Array.isArray(days)
    ? days.filter((day) => typeof day === 'number' && day >= 1 && day <= 7)
    : [];
  return {
    weeklyMinutes: Math.round(weeklyHoursOf(card) * 60),
    dayMinutes: [first * 60, last * 60],
    days: known.length > 0 ? known.map((day: number) => day - 1) : usualDays,
  };
}

/** Middle of the card's weekly meeting hours. */
export function weeklyHoursOf(card: Card): number {
  const hours = card.context['weekly_hours'];
  if (typeof hours === 'number' && hours > 0) return hours;
  const range = rangeOf(hours);
  return range ? (range[0] + range[1]) / 2 : usualWeeklyHours;
}

function rangeOf(value: unknown): readonly [number, number] | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  const [low, high] = value as unknown[];
  return typeof low === 'number' && typeof high === 'number' && low >= 0 && high >= low && high > 0
    ? [low, high]
    : null;
}

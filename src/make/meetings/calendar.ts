import { largestRemainder } from '../../lib/largest-remainder.ts';
import { pick, shuffled, spread, tiltToMean } from './draw.ts';

/** When a row takes place. */
export interface Slot {
  /** 0: the first week. */
  readonly week: number;
  /** 0: Monday. */
  readonly day: number;
  /** Minutes after midnight. */
  readonly startMinute: number;
  /** Taken out of the rhythm of its series. */
  readonly isException: boolean;
}

export interface CalendarNeed {
  readonly occurrences: number;
  readonly exceptions: number;
  readonly isSeries: boolean;
}

export interface CalendarEntry {
  readonly durationMinutes: number;
  readonly slots: readonly Slot[];
  /** Weeks from one instance to the next; 0 where several fall into one week, or for a single meeting. */
  readonly intervalWeeks: number;
}

export interface WorkingTime {
  readonly weeklyMinutes: number;
  /** First and last minute of the day in which meetings are put. */
  readonly dayMinutes: readonly [number, number];
  /** 0: Monday. */
  readonly days: readonly number[];
}

const durations = [15, 30, 45, 60, 90, 120];
const durationWeights = [8, 38, 14, 30, 7, 3];
/** Mean length that real calendars show and that the number of weeks is chosen by. */
const usualMinutes = 42;
const gridMinutes = 15;

/** Lengths, weeks and slots such that every week carries the hours of the card, within a fifth. */
export function planCalendar(
  needs: readonly CalendarNeed[],
  time: WorkingTime,
  random: () => number,
): { readonly entries: CalendarEntry[]; readonly weeks: number } {
  const sizes = needs.map(rowsOf);
  const rows = sizes.reduce((left, right) => left + right, 0);
  const weeks = Math.max(1, Math.round((rows * usualMinutes) / time.weeklyMinutes));
  const lengths = planDurations(sizes, (time.weeklyMinutes * weeks) / Math.max(1, rows), random);
  const grid = new WeekGrid(weeks, time);
  const entries: (CalendarEntry | undefined)[] = needs.map(() => undefined);
  const byLength = (left: number, right: number): number =>
    (lengths[right] ?? 0) - (lengths[left] ?? 0) || left - right;
  const isSeries = (index: number): boolean => needs[index]?.isSeries ?? false;
  const order = [...needs.keys()];
  for (const index of order.filter(isSeries).sort(byLength)) {
    const need = needs[index];
    if (need) entries[index] = placeSeries(grid, need, lengths[index] ?? 30, random);
  }
  for (const index of order.filter((each) => !isSeries(each)).sort(byLength)) {
    const durationMinutes = lengths[index] ?? 30;
    const slot = grid.place(grid.lightestWeek(), durationMinutes, random);
    entries[index] = { durationMinutes, slots: [{ ...slot, isException: false }], intervalWeeks: 0 };
  }
  return { entries: entries.filter((entry) => entry !== undefined), weeks };
}

function rowsOf({ isSeries, occurrences, exceptions }: CalendarNeed): number {
  return isSeries ? occurrences + exceptions : 1;
}

/** A length per group so that the mean over rows comes to `mean`; groups of several rows are dealt first. */
function planDurations(sizes: readonly number[], mean: number, random: () => number): number[] {
  const shares = tiltToMean(durations, durationWeights, mean);
  const rows = sizes.reduce((left, right) => left + right, 0);
  const left = largestRemainder(shares, rows);
  const lengths = sizes.map(() => 30);
  const order = shuffled([...sizes.keys()], random);
  for (const index of order.filter((each) => (sizes[each] ?? 1) > 1)) {
    const size = sizes[index] ?? 1;
    const open = durations.flatMap((_, at) =>
      (left[at] ?? 0) >= size ? [at, at, at].slice(0, left[at]) : [],
    );
    const chosen = open.length > 0 ? weighted(open, left, random) : left.indexOf(Math.max(...left));
    lengths[index] = durations[chosen] ?? 30;
    left[chosen] = (left[chosen] ?? 0) - size;
  }
  const singles = order.filter((each) => (sizes[each] ?? 1) === 1);
  const rest = spread(
    durations,
    left.map((count) => Math.max(0, count)),
    random,
  );
  singles.forEach((index, at) => {
    lengths[index] = rest[at] ?? 30;
  });
  return lengths;
}

function weighted(open: readonly number[], left: readonly number[], random: () => number): number {
  const bag = [...new Set(open)].flatMap((at) => Array.from({ length: left[at] ?? 0 }, () => at));
  return pick(bag, random);
}

function placeSeries(
  grid: WeekGrid,
  need: CalendarNeed,
  durationMinutes: number,
  random: () => number,
): CalendarEntry {
  const size = rowsOf(need);
  const intervalWeeks = 2 * size - 1 <= grid.weeks && random() < 0.3 ? 2 : size <= grid.weeks ? 1 : 0;
  const perWeek = intervalWeeks === 0 ? Math.ceil(size / grid.weeks) : 1;
  const span = intervalWeeks === 0 ? grid.weeks : (size - 1) * intervalWeeks + 1;
  const firstWeek = Math.floor(random() * (grid.weeks - span + 1));
  const exceptions = new Set(
    shuffled([...Array(size).keys()].slice(size > 1 ? 1 : 0), random).slice(0, need.exceptions),
  );
  const weeks = Array.from({ length: size }, (_, index) =>
    intervalWeeks === 0 ? Math.floor(index / perWeek) : firstWeek + index * intervalWeeks,
  );
  const regular = weeks.filter((_, index) => !exceptions.has(index));
  const rhythm = grid.commonSlot(intervalWeeks === 0 ? [] : regular, durationMinutes, random);
  const slots = weeks.map((week, index): Slot => {
    const isException = exceptions.has(index);
    if (isException || intervalWeeks === 0) {
      const wish = intervalWeeks === 0 && !isException ? { at: rhythm } : { notAt: rhythm };
      return { ...grid.place(week, durationMinutes, random, wish), isException };
    }
    grid.take(week, rhythm.day, rhythm.startMinute, durationMinutes);
    return { week, ...rhythm, isException };
  });
  return { durationMinutes, slots, intervalWeeks };
}

/** A weekday (0: Monday) and minutes after midnight. */
type StartTime = Pick<Slot, 'day' | 'startMinute'>;

/** Which quarter hours are taken, and how full each week is. */
class WeekGrid {
  readonly weeks: number;
  readonly #time: WorkingTime;
  readonly #taken = new Set<string>();
  readonly #load: number[];

  constructor(weeks: number, time: WorkingTime) {
    this.weeks = weeks;
    this.#time = time;
    this.#load = Array.from({ length: weeks }, () => 0);
  }

  lightestWeek(): number {
    return this.#load.indexOf(Math.min(...this.#load));
  }

  take(week: number, day: number, startMinute: number, durationMinutes: number): void {
    for (const key of keysOf(week, day, startMinute, durationMinutes)) this.#taken.add(key);
    this.#load[week] = (this.#load[week] ?? 0) + durationMinutes;
  }

  /** A free slot in the week, at the hour wished for where possible; where nothing is free, a double booking. */
  place(
    week: number,
    durationMinutes: number,
    random: () => number,
    wish: { readonly at?: StartTime; readonly notAt?: StartTime } = {},
  ): StartTime & { readonly week: number } {
    const isWelcome = ({ day, startMinute }: StartTime): boolean =>
      day !== wish.notAt?.day || startMinute !== wish.notAt.startMinute;
    const open = this.#openIn([week], durationMinutes).filter(isWelcome);
    const same = open.filter(({ startMinute }) => startMinute === wish.at?.startMinute);
    const all = this.#all(durationMinutes);
    const choice = [same, open, all.filter(isWelcome), all].find((slots) => slots.length > 0) ?? all;
    const slot = pick(choice, random);
    this.take(week, slot.day, slot.startMinute, durationMinutes);
    return { week, ...slot };
  }

  /** A weekday and hour that is free in all these weeks, or any where there is none. */
  commonSlot(weeks: readonly number[], durationMinutes: number, random: () => number): StartTime {
    const open = this.#openIn(weeks, durationMinutes);
    return pick(open.length > 0 ? open : this.#all(durationMinutes), random);
  }

  #openIn(weeks: readonly number[], durationMinutes: number): StartTime[] {
    return this.#all(durationMinutes).filter(({ day, startMinute }) =>
      weeks.every((week) =>
        keysOf(week, day, startMinute, durationMinutes).every((key) => !this.#taken.has(key)),
      ),
    );
  }

  /** Starts on the half hour; short meetings on the quarter. */
  #all(durationMinutes: number): StartTime[] {
    const [first, last] = this.#time.dayMinutes;
    const step = durationMinutes < 30 ? gridMinutes : 30;
    const slots = this.#time.days.flatMap((day) => {
      const starts: StartTime[] = [];
      for (let startMinute = first; startMinute + durationMinutes <= last; startMinute += step) {
        starts.push({ day, startMinute });
      }
      return starts;
    });
    // Longer than the working day: it starts with the day.
    return slots.length > 0 ? slots : this.#time.days.map((day) => ({ day, startMinute: first }));
  }
}

function keysOf(week: number, day: number, startMinute: number, durationMinutes: number): string[] {
  const keys: string[] = [];
  for (let minute = startMinute; minute < startMinute + durationMinutes; minute += gridMinutes) {
    keys.push(`${week}/${day}/${minute}`);
  }
  return keys;
}

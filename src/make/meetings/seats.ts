import { largestRemainder } from '../../lib/largest-remainder.ts';
import { pick, shuffled, spread } from './draw.ts';

export type SeatKind = 'self' | 'colleague' | 'executive' | 'customer';

export interface Seat {
  readonly kind: SeatKind;
  readonly type: 'required' | 'optional';
}

/** Who is asked to a meeting, rooms apart. */
export interface Seating {
  /** Who invites: `self`, or somebody who is not among the seats. */
  readonly organizer: SeatKind;
  readonly seats: readonly Seat[];
  readonly rooms: number;
}

/** Attendee counts as they occur, 2 … 15 with a mean of about five; rooms count. */
const sizeWeights = [14, 14, 14, 13, 11, 8, 7, 5, 4, 3, 3, 2, 1, 1];
const smallestSize = 2;
const roomShare = 0.1;
const optionalShare = 0.2;
const organizerShare = 0.35;

/** `weight`: rows that repeat this seating. `weighty`: must, may or must not hold an executive or customer. */
export interface SeatingNeed {
  readonly weight: number;
  readonly weighty: 'must' | 'may' | 'never';
}

/** Seatings whose attendees over all rows are 70 % required, 20 % optional and 10 % resources. */
export function planSeatings(needs: readonly SeatingNeed[], random: () => number): Seating[] {
  const sizes = spread(
    sizeWeights.map((_, index) => index + smallestSize),
    largestRemainder(sizeWeights, needs.length),
    random,
  );
  const weights = needs.map(({ weight }) => weight);
  const total = weights.reduce((sum, weight, index) => sum + weight * (sizes[index] ?? 0), 0);
  const rooms = planRooms(sizes, weights, Math.round(total * roomShare), random);
  const humans = sizes.map((size, index) => size - (rooms[index] ?? 0));
  const optional = planOptional(humans, weights, Math.round(total * optionalShare), random);
  return needs.map((need, index) =>
    seatingOf(need, humans[index] ?? 2, optional[index] ?? 0, rooms[index] ?? 0, random),
  );
}

/** Rooms where at least two people meet; a second one where many do. */
function planRooms(
  sizes: readonly number[],
  weights: readonly number[],
  target: number,
  random: () => number,
): number[] {
  const rooms = sizes.map(() => 0);
  let sum = 0;
  for (const people of [3, 7]) {
    for (const index of shuffled([...sizes.keys()], random)) {
      const weight = weights[index] ?? 1;
      if ((sizes[index] ?? 0) < people || sum + weight > target) continue;
      rooms[index] = (rooms[index] ?? 0) + 1;
      sum += weight;
    }
  }
  return rooms;
}

/** Optional people: a fifth of each meeting rounded down, then one more here and there; one person at least is required. */
function planOptional(
  humans: readonly number[],
  weights: readonly number[],
  target: number,
  random: () => number,
): number[] {
  const optional = humans.map((people) => Math.floor(people * optionalShare));
  let sum = optional.reduce((left, count, index) => left + count * (weights[index] ?? 1), 0);
  for (let round = 0; round < 4 && sum < target; round++) {
    for (const index of shuffled([...humans.keys()], random)) {
      const weight = weights[index] ?? 1;
      const room = (humans[index] ?? 0) - 1 - (optional[index] ?? 0);
      if (room < 1 || sum + weight > target) continue;
      optional[index] = (optional[index] ?? 0) + 1;
      sum += weight;
    }
  }
  return optional;
}

function seatingOf(
  { weighty }: SeatingNeed,
  humans: number,
  optional: number,
  rooms: number,
  random: () => number,
): Seating {
  const isWeighty = weighty === 'must' || (weighty === 'may' && random() < 0.15);
  const weightyKind: SeatKind = pick(['executive', 'executive', 'customer'], random);
  const isOwn = random() < organizerShare;
  const isWeightyOrganizer = isWeighty && !isOwn && random() < 0.4;
  const kinds: SeatKind[] = isOwn ? [] : ['self'];
  if (isWeighty && !isWeightyOrganizer && kinds.length < humans) kinds.push(weightyKind);
  while (kinds.length < humans) kinds.push('colleague');
  const organizer: SeatKind = isOwn ? 'self' : isWeightyOrganizer ? weightyKind : 'colleague';
  return {
    organizer,
    rooms,
    seats: kinds.map((kind, index) => ({ kind, type: index < humans - optional ? 'required' : 'optional' })),
  };
}

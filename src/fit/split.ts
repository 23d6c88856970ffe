/** Labels and identities of rows; parallel arrays. */
export interface SplitInput {
  /** Class indices below `classes`. */
  readonly labels: Uint8Array;
  readonly classes: number;
  /** Hash of the data set that a row came from; 0: not known. */
  readonly origins: Uint32Array;
  /** Four a row. */
  readonly contentHash: Uint32Array;
}

export interface Split {
  /** Row indices in order of content hash: any prefix is a fair sample. */
  readonly training: Uint32Array;
  readonly heldOut: Uint32Array;
  /** Rows with the text of a held-out row: they would give the answer away and take part only in the final fit. */
  readonly repeated: Uint32Array;
  /** Classes whose held-out rows come from data sets that training did not see. */
  readonly unseenOriginClasses: number;
}

const heldOutShare = 0.2;
/** A class never loses more than this to data sets that are held out, rows elsewhere with the same texts included. */
const mostHeldOut = 0.5;

/**
 * Splits rows by whole data sets where a class has several, so that the figures say what to expect of new data; where it has one,
 * or rows name none, by content hash. The same rows give the same split in any order.
 */
export function splitRows(input: SplitInput): Split {
  const rows = input.labels.length;
  const heldByOrigin = holdOutOrigins(input);
  const isHeld = new Uint8Array(rows);
  const totals = new Float64Array(input.classes);
  const held = new Float64Array(input.classes);
  for (let row = 0; row < rows; row++) {
    const label = input.labels[row] ?? 0;
    totals[label] = (totals[label] ?? 0) + 1;
    if (!heldByOrigin.has(input.origins[row] ?? 0)) continue;
    isHeld[row] = 1;
    held[label] = (held[label] ?? 0) + 1;
  }
  const isByOrigin = held.map((count, label) => (count >= (totals[label] ?? 0) * (heldOutShare / 2) ? 1 : 0));
  holdOutByContent(input, isByOrigin, isHeld);
  return collect(input, isHeld, isByOrigin);
}

function collect(input: SplitInput, isHeld: Uint8Array, isByOrigin: Float64Array): Split {
  const order = Uint32Array.from(isHeld.keys()).sort((a, b) => compareContent(input.contentHash, a, b));
  const heldTexts = new Set<string>();
  for (const row of order) if (isHeld[row]) heldTexts.add(textKey(input.contentHash, row));
  const isRepeated = (row: number): boolean =>
    isHeld[row] === 0 && heldTexts.has(textKey(input.contentHash, row));
  return {
    heldOut: order.filter((row) => isHeld[row] === 1),
    repeated: order.filter(isRepeated),
    training: order.filter((row) => isHeld[row] === 0 && !isRepeated(row)),
    unseenOriginClasses: isByOrigin.reduce((sum, flag) => sum + flag, 0),
  };
}

/** Data sets in order of their hash, each taken when a class still needs held-out rows and none loses too many. */
function holdOutOrigins(input: SplitInput): ReadonlySet<number> {
  const { labels, classes, origins, contentHash } = input;
  const totals = new Float64Array(classes);
  const byOrigin = new Map<number, number[]>();
  const byText = new Map<string, number[]>();
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] ?? 0;
    totals[label] = (totals[label] ?? 0) + 1;
    const origin = origins[row] ?? 0;
    if (origin === 0) continue;
    append(byOrigin, origin, row);
  }
  if (byOrigin.size < 2) return new Set();
  for (let row = 0; row < labels.length; row++) append(byText, textKey(contentHash, row), row);
  const share = (counts: Float64Array, label: number): number => (counts[label] ?? 0) / (totals[label] ?? 1);
  const held = new Float64Array(classes);
  // Rows that training loses: the held-out ones, and those with their texts, whatever data set they are of.
  let lost = new Float64Array(classes);
  const lostTexts = new Set<string>();
  const chosen = new Set<number>();
  for (const [origin, rows] of [...byOrigin].toSorted(([a], [b]) => a - b)) {
    const counts = countLabels(rows, input);
    const has = Array.from(counts.keys()).filter((label) => (counts[label] ?? 0) > 0);
    if (!has.some((label) => share(held, label) < heldOutShare / 2)) continue;
    const texts = new Set(
      rows.map((row) => textKey(contentHash, row)).filter((text) => !lostTexts.has(text)),
    );
    const losses = countLabels(
      [...texts].flatMap((text) => byText.get(text) ?? []),
      input,
    );
    const after = lost.map((count, label) => count + (losses[label] ?? 0));
    if (after.some((_, label) => share(after, label) > mostHeldOut)) continue;
    chosen.add(origin);
    lost = after;
    for (const text of texts) lostTexts.add(text);
    for (const label of has) held[label] = (held[label] ?? 0) + (counts[label] ?? 0);
  }
  return chosen;
}

/** A fifth of the texts of every other class; at least one, never all. */
function holdOutByContent(input: SplitInput, isByOrigin: Float64Array, isHeld: Uint8Array): void {
  const texts = new Map<number, Map<string, number[]>>();
  input.labels.forEach((label, row) => {
    if (isByOrigin[label] === 1 || isHeld[row] === 1) return;
    const ofClass = texts.get(label) ?? new Map<string, number[]>();
    append(ofClass, textKey(input.contentHash, row), row);
    texts.set(label, ofClass);
  });
  for (const ofClass of texts.values()) {
    const keys = [...ofClass.keys()].toSorted();
    const taken = keys.length < 2 ? 0 : Math.max(1, Math.round(keys.length * heldOutShare));
    for (const key of keys.slice(0, taken)) for (const row of ofClass.get(key) ?? []) isHeld[row] = 1;
  }
}

function countLabels(rows: readonly number[], { labels, classes }: SplitInput): Float64Array {
  const counts = new Float64Array(classes);
  for (const row of rows) counts[labels[row] ?? 0] = (counts[labels[row] ?? 0] ?? 0) + 1;
  return counts;
}

function append<Key>(lists: Map<Key, number[]>, key: Key, row: number): void {
  const list = lists.get(key);
  if (list) list.push(row);
  else lists.set(key, [row]);
}

function textKey(contentHash: Uint32Array, row: number): string {
  return Array.from(contentHash.subarray(row * 4, row * 4 + 4), (word) =>
    word.toString(16).padStart(8, '0'),
  ).join('');
}

function compareContent(contentHash: Uint32Array, a: number, b: number): number {
  for (let word = 0; word < 4; word++) {
    const difference = (contentHash[a * 4 + word] ?? 0) - (contentHash[b * 4 + word] ?? 0);
    if (difference !== 0) return difference;
  }
  return a - b;
}

import { isDeepStrictEqual } from 'node:util';

export type JsonObject = Readonly<Record<string, unknown>>;

interface Replacement {
  /** JSON pointer into what is derived from the card; of an item of a list with its index. */
  readonly at: string;
  /** What the card gives there; when the card says something else by now, the card is right. */
  readonly was: unknown;
  /** Missing: the document has nothing there. */
  readonly value?: unknown;
}

/** What an imported document says and its card does not: with it the card gives back the document. */
export interface Remainder {
  /** Keys that the card has no place for, in the shape of the document. */
  readonly add?: JsonObject;
  /** Places where the card says it in other words. */
  readonly replace?: readonly Replacement[];
}

/** What has to be known besides `derived` to get `original` back. */
export function remainderOf(original: JsonObject, derived: JsonObject): Remainder {
  const replace: Replacement[] = [];
  const add = compare(original, derived, '', replace);
  return { ...(add ? { add } : {}), ...(replace.length > 0 ? { replace } : {}) };
}

/** `derived` made what it was derived for; where it was changed since, the change stays. */
export function withRemainder(derived: JsonObject, remainder: Remainder): Record<string, unknown> {
  const result = structuredClone(derived) as Record<string, unknown>; // a copy of ours
  const taken = new Set<string>();
  for (const { at, was, ...rest } of remainder.replace ?? []) {
    const keys = at.slice(1).split('/').map(unescape);
    const parent = keys.slice(0, -1).reduce<unknown>(child, result);
    const key = keys.at(-1) ?? '';
    if (Array.isArray(parent)) replaceItem(parent, Number(key), was, rest, taken, at);
    else if (isObject(parent) && Object.hasOwn(parent, key) && isDeepStrictEqual(parent[key], was)) {
      if ('value' in rest) setKey(parent, key, rest.value);
      else delete parent[key];
    }
  }
  return merge(result, remainder.add ?? {});
}

/** Returns the part of `original` that `derived` has no key for; undefined when there is none. */
function compare(
  original: JsonObject,
  derived: JsonObject,
  at: string,
  replace: Replacement[],
): JsonObject | undefined {
  const missing: [string, unknown][] = [];
  for (const [key, value] of Object.entries(original)) {
    if (!Object.hasOwn(derived, key)) {
      missing.push([key, value]);
      continue;
    }
    const mine = derived[key];
    const place = `${at}/${escape(key)}`;
    if (isDeepStrictEqual(value, mine)) continue;
    if (isObject(value) && isObject(mine)) {
      const inner = compare(value, mine, place, replace);
      if (inner) missing.push([key, inner]);
    } else if (Array.isArray(value) && Array.isArray(mine) && value.length === mine.length) {
      value.forEach((item: unknown, index) => {
        const was: unknown = mine[index];
        if (!isDeepStrictEqual(item, was)) replace.push({ at: `${place}/${index}`, was, value: item });
      });
    } else {
      replace.push({ at: place, was: mine, value });
    }
  }
  for (const key of Object.keys(derived)) {
    if (!Object.hasOwn(original, key)) replace.push({ at: `${at}/${escape(key)}`, was: derived[key] });
  }
  return missing.length > 0 ? Object.fromEntries(missing) : undefined;
}

/** The item at its old index, or wherever it has moved to since. */
function replaceItem(
  items: unknown[],
  index: number,
  was: unknown,
  rest: { readonly value?: unknown },
  taken: Set<string>,
  at: string,
): void {
  const list = at.slice(0, at.lastIndexOf('/'));
  const fits = (place: number): boolean =>
    !taken.has(`${list}/${place}`) && isDeepStrictEqual(items[place], was);
  const found = index < items.length && fits(index) ? index : items.findIndex((_item, place) => fits(place));
  if (found < 0) return;
  taken.add(`${list}/${found}`);
  items[found] = rest.value;
}

function merge(into: Record<string, unknown>, add: JsonObject): Record<string, unknown> {
  for (const [key, value] of Object.entries(add)) {
    if (!Object.hasOwn(into, key)) setKey(into, key, value);
    else {
      const mine = into[key];
      if (isObject(mine) && isObject(value)) merge(mine, value);
    }
  }
  return into;
}

/** Also of a key like `__proto__`, which an assignment would take for something else. */
function setKey(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function child(node: unknown, key: string): unknown {
  if (Array.isArray(node)) return node[Number(key)] as unknown;
  return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescape(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}

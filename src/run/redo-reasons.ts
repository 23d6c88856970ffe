import type { RunContext } from './context.ts';

/** Gathers why steps are done again, to say it once per cause and not once per step. */
export class RedoReasons {
  readonly #names = new Map<string, string[]>();

  /** `reason` is null where the step was never done before. */
  add(reason: string | null, name: string): void {
    if (reason === null) return;
    const names = this.#names.get(reason) ?? [];
    names.push(name);
    this.#names.set(reason, names);
  }

  /** One warning a cause: `2 of 16 units are tagged again: the input file changed (a/00000, a/00001)`. */
  warn(
    context: RunContext,
    words: {
      readonly code: string;
      readonly all: number;
      readonly noun: string;
      readonly again: string;
    },
  ): void {
    const { code, all, noun, again } = words;
    for (const [reason, names] of [...this.#names].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const more = names.length > shownNames ? `, and ${names.length - shownNames} more` : '';
      context.warn(
        code,
        `${names.length} of ${all} ${noun}${all === 1 ? '' : 's'} ${names.length === 1 ? 'is' : 'are'} ${again}: ${reason} (${names.slice(0, shownNames).join(', ')}${more})`,
      );
    }
  }
}

const shownNames = 3;

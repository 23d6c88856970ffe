import { z } from 'zod';

import { ConfigError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import type { Taxonomy } from '../../core/taxonomy.ts';
import { suggestName } from '../../lib/nearest.ts';

const gapSchema = z.looseObject({
  persona: z.string().nullable(),
  category: z.string().nullable().default(null),
  traits: z.array(z.string()).default([]),
  rows: z.number().int().nonnegative(),
  /** false: no new row helps, only other targets. */
  curable: z.boolean().default(true),
  /** false: the caps leave no room for made rows. */
  synthetic: z.boolean().default(true),
});

/** Rows to make for one persona with these traits. */
export interface ReplyCell {
  readonly persona: string;
  /** In the order of the taxonomy. */
  readonly traits: readonly string[];
  readonly rows: number;
}

/** Cells of plan/gaps.json, and what of it cannot be made. */
export interface GapCells {
  readonly cells: readonly ReplyCell[];
  readonly findings: readonly Finding[];
}

/**
 * Turns gaps into cells, one per persona and set of traits, in code-unit order. Gaps of a category or of traits alone are
 * shared out over their personas by the default shares. Gaps that no made row can fill are findings (`gap-not-curable`,
 * `gap-not-synthetic`, `gap-needs-turns`). @throws ConfigError `gaps-invalid`, and for names that the taxonomy has not
 */
export function gapCells(value: unknown, taxonomy: Taxonomy, path: string): GapCells {
  const parsed = z.array(gapSchema).safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(
      `${path}: ${(issue?.path ?? []).map(String).join('.')}: ${issue?.message ?? 'not valid'}`,
      {
        code: 'gaps-invalid',
        hint: 'give the plan/gaps.json of a run folder',
      },
    );
  }
  const findings: Finding[] = [];
  const rows = new Map<string, ReplyCell>();
  parsed.data.forEach((gap, index) => {
    const place = `${path} gap ${index}`;
    checkNames(gap, taxonomy, place);
    const why = hopelessness(gap);
    if (why) {
      findings.push({ ...why, severity: 'warning', place });
      return;
    }
    for (const part of shareOut(gap, taxonomy)) {
      if (part.rows === 0) continue;
      const key = `${part.persona} ${part.traits.join('+')}`;
      const sum = (rows.get(key)?.rows ?? 0) + part.rows;
      rows.set(key, { ...part, rows: sum });
    }
  });
  const cells = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
  return { cells, findings };
}

type Gap = z.infer<typeof gapSchema>;

function checkNames(gap: Gap, taxonomy: Taxonomy, place: string): void {
  const check = (kind: string, name: string, known: readonly string[]): void => {
    if (known.includes(name)) return;
    throw new ConfigError(`${place}: ${kind} "${name}" does not exist`, {
      code: 'gaps-invalid',
      hint: suggestName(name, known),
    });
  };
  const personas = taxonomy.personas.map(({ id }) => id);
  const traits = taxonomy.traits.map(({ id }) => id);
  if (gap.persona !== null) check('persona', gap.persona, personas);
  if (gap.category !== null)
    check(
      'category',
      gap.category,
      taxonomy.categories.map(({ id }) => id),
    );
  for (const trait of gap.traits) check('trait', trait, traits);
}

function hopelessness(gap: Gap): Pick<Finding, 'code' | 'message'> | undefined {
  if (!gap.curable) {
    return {
      code: 'gap-not-curable',
      message: `${gap.rows} rows would not help: the targets contradict each other`,
    };
  }
  if (!gap.synthetic) {
    return {
      code: 'gap-not-synthetic',
      message: `${gap.rows} rows must not be made: the caps on synthetic rows leave no room`,
    };
  }
  if (gap.persona === severalTurns) {
    return {
      code: 'gap-needs-turns',
      message: `${gap.rows} rows of ${severalTurns} are conversations of several turns, and this maker makes single exchanges`,
    };
  }
  return undefined;
}

/** The one persona that is told from the form of a row, not from what the assistant says. */
const severalTurns = 'multi_turn';

/** Largest remainder over the default shares; ties by the order of the taxonomy. */
function shareOut(gap: Gap, taxonomy: Taxonomy): ReplyCell[] {
  const traits = taxonomy.traits.map(({ id }) => id).filter((id) => gap.traits.includes(id));
  if (gap.persona !== null) return [{ persona: gap.persona, traits, rows: gap.rows }];
  const personas = taxonomy.personas.filter(
    ({ id, category }) => id !== severalTurns && (gap.category === null || category === gap.category),
  );
  const sum = personas.reduce((all, { share }) => all + share, 0);
  const exact = personas.map(({ share }) => (gap.rows * share) / sum);
  const parts = exact.map(Math.floor);
  const left = gap.rows - parts.reduce((all, part) => all + part, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
  return personas.map(({ id }, index) => ({ persona: id, traits, rows: parts[index] ?? 0 }));
}

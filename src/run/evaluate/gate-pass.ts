import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';

import { ConfigError, ValidationError } from '../../core/errors.ts';
import { importanceLabels } from '../../core/meeting.ts';
import {
  gateTiers,
  type MeetingPrediction,
  type OracleLabel,
  type TierGates,
} from '../../evaluate/tier-gates.ts';

export type { TierFigures, TierGates } from '../../evaluate/tier-gates.ts';

const labelShape = z.looseObject({
  id: z.string(),
  persona_id: z.string(),
  tier: z.union([z.literal(1), z.literal(2), z.literal(3)]).nullish(),
  importance_label: z.enum(importanceLabels),
  prep_needed: z.boolean(),
  prep_time_minutes: z.number(),
});
const predictionShape = z.looseObject({
  id: z.string(),
  importance_label: z.string().nullish(),
  prep_needed: z.boolean().nullish(),
  prep_time_minutes: z.number().nullish(),
});

export interface GateResult extends TierGates {
  /** Predictions for meetings that are not among the labels. */
  readonly strangers: number;
}

/**
 * Holds predictions against the labels of held-out personas, both JSON Lines by meeting id. Holds both files.
 * @throws ConfigError when a file is missing; ValidationError for a line that cannot be read, an id twice, or no id in common
 */
export async function gatePredictions(params: {
  readonly predictions: string;
  readonly labels: string;
}): Promise<GateResult> {
  const labels = (await readLines(params.labels, labelShape)).map(toLabel);
  const predictions = new Map<string, MeetingPrediction>();
  for (const line of await readLines(params.predictions, predictionShape)) {
    if (predictions.has(line.id)) {
      throw new ValidationError(`${params.predictions}: two predictions for ${line.id}`, {
        code: 'prediction-repeated',
      });
    }
    predictions.set(line.id, {
      importance: line.importance_label ?? null,
      prepMinutes: line.prep_time_minutes ?? (line.prep_needed === false ? 0 : null),
    });
  }
  const known = new Set<string>();
  for (const { id } of labels) {
    if (known.has(id)) {
      throw new ValidationError(`${params.labels}: two labels for ${id}`, { code: 'label-repeated' });
    }
    known.add(id);
  }
  const strangers = [...predictions.keys()].filter((id) => !known.has(id)).length;
  if (strangers === predictions.size) {
    throw new ValidationError(`${params.predictions}: none of its ids is in ${params.labels}`, {
      code: 'predictions-unrelated',
      hint: 'predict the meetings of held_out/importance_tasks.jsonl and keep their ids',
    });
  }
  return { ...gateTiers(labels, predictions), strangers };
}

function toLabel(line: z.output<typeof labelShape>): OracleLabel {
  const named = /^tier([123])_/.exec(line.persona_id)?.[1];
  const tier = line.tier ?? (named === undefined ? null : (Number(named) as 1 | 2 | 3)); // by the pattern
  return {
    id: line.id,
    persona: line.persona_id,
    tier,
    importance: line.importance_label,
    prepMinutes: line.prep_time_minutes,
  };
}

async function readLines<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.output<Shape>[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ConfigError(`${path}: cannot be read`, {
      code: 'gate-file-unreadable',
      hint: 'make meetings --held-out writes held_out/labels.jsonl',
      cause,
    });
  });
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const parsed = shape.safeParse(jsonOrNull(line));
    if (parsed.success) return [parsed.data];
    const { path: key = [], message = '' } = parsed.error.issues[0] ?? {};
    throw new ValidationError(
      `${basename(path)} line ${index + 1}: ${key.map(String).join('.') || 'the line'}: ${message.toLowerCase()}`,
      { code: 'gate-line-invalid', hint: '{"id": …, "importance_label": "high", "prep_time_minutes": 25}' },
    );
  });
}

function jsonOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

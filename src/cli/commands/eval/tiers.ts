import { ConfigError } from '../../../core/errors.ts';
import { gatePredictions } from '../../../run/evaluate/gate-pass.ts';
import { withProcess } from '../../process.ts';
import { renderGates } from '../../render/gates.ts';

/** `eval --gate tiers`: which tiers of users a model may serve, by its predictions for held-out personas. */
export async function runTierGate(args: {
  readonly data?: string;
  readonly labels?: string;
  readonly json: boolean;
}): Promise<void> {
  const { data, labels, json } = args;
  if (data === undefined || labels === undefined) {
    throw new ConfigError('--gate tiers needs --data with predictions and --labels', {
      code: 'usage',
      hint: 'make meetings --held-out writes held_out/labels.jsonl',
    });
  }
  await withProcess({ json }, async (effects) => {
    const result = await gatePredictions({ predictions: data, labels });
    effects.print(json ? JSON.stringify(result, null, 2) : renderGates(result));
  });
}

import { ConfigError } from '../../../core/errors.ts';

/** A word given as a number is NaN, and a NaN in a hash or a script goes unseen. @throws ConfigError `seed-invalid` */
export function checkSeed(seed: number): void {
  if (Number.isSafeInteger(seed) && seed >= 0) return;
  throw new ConfigError(`--seed ${seed}: not a whole number from 0`, { code: 'seed-invalid' });
}

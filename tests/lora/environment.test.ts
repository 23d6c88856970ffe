import { expect, test } from 'vitest';

import { environmentFindings, judgeEnvironment } from '../../src/lora/environment.ts';

const whole = {
  python: '3.11.2',
  packages: {
    torch: '2.8.0',
    transformers: '4.57.1',
    datasets: '4.0.0',
    peft: '0.17.0',
    trl: '0.24.0',
    accelerate: '1.10.0',
    bitsandbytes: '0.47.0',
    unsloth: null,
    axolotl: null,
  },
  cuda: '12.8',
  device: 'GPU',
  vram_bytes: 8 * 2 ** 30,
};

test('a whole environment has nothing to mend but what only other scripts need', () => {
  const findings = environmentFindings(judgeEnvironment(whole, '16GB'));
  expect(findings.map(({ severity, place }) => `${severity} ${place}`)).toEqual([
    'warning unsloth',
    'warning axolotl',
  ]);
});

test('what is missing or too old is an error where training needs it', () => {
  const packages = { ...whole.packages, torch: null, trl: '0.12.1' };
  const errors = environmentFindings(judgeEnvironment({ ...whole, packages }, '16GB')).filter(
    ({ severity }) => severity === 'error',
  );
  expect(errors.map(({ code, place }) => `${code} ${place}`)).toEqual([
    'dependency-missing torch',
    'dependency-unfit trl',
  ]);
});

test('a device whose memory is too small for the mode is told', () => {
  const small = judgeEnvironment(whole, '32GB').find(({ name }) => name === 'device memory');
  expect(small).toMatchObject({ found: '8.0 GiB', isFine: false });
});

test('without Python everything is missing', () => {
  expect(judgeEnvironment(null, '8GB').every(({ isFine }) => !isFine)).toBe(true);
});

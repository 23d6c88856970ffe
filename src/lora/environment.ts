import type { Finding } from '../core/finding.ts';
import type { LoraMode } from './lora-mode.ts';

/** What a Python installation says of itself; null: not installed. */
export interface PythonEnvironment {
  /** Of Python itself: `3.11.2`. */
  readonly python: string;
  readonly packages: Readonly<Record<string, string | null>>;
  /** Version of CUDA that torch was built for. */
  readonly cuda: string | null;
  readonly device: string | null;
  readonly vram_bytes: number | null;
}

export interface EnvironmentLine {
  readonly name: string;
  /** null: missing. */
  readonly found: string | null;
  readonly need: 'required' | 'optional';
  readonly isFine: boolean;
  readonly note: string;
}

/** Packages that the TRL script imports, and those without which it trains slower or not quantised. */
export const requiredPackages: readonly string[] = [
  'torch',
  'transformers',
  'datasets',
  'peft',
  'trl',
  'accelerate',
];
export const optionalPackages: readonly string[] = ['bitsandbytes', 'unsloth', 'axolotl'];

/** Oldest versions whose arguments the written scripts use: `dtype` of transformers, `max_length` and `completion_only_loss` of TRL. */
const oldest: Readonly<Record<string, string>> = { python: '3.10', transformers: '4.56', trl: '0.20' };

/** Device memory that a 3B model in 4 bits with the mode's batch and sequence takes at least, GiB. */
const leastVramGib: Readonly<Record<LoraMode, number>> = { '8GB': 6, '16GB': 6, '24GB': 10, '32GB': 12 };

/** What is there and what is missing to train in a mode; null: no Python was found. */
export function judgeEnvironment(found: PythonEnvironment | null, mode: LoraMode): EnvironmentLine[] {
  const packages = (names: readonly string[], need: EnvironmentLine['need']): EnvironmentLine[] =>
    names.map((name) => judgePackage(name, found?.packages[name] ?? null, need));
  const vram = found?.vram_bytes ?? null;
  const gib = vram === null ? null : vram / 2 ** 30;
  return [
    judgePackage('python', found?.python ?? null, 'required'),
    ...packages(requiredPackages, 'required'),
    ...packages(optionalPackages, 'optional'),
    {
      name: 'CUDA device',
      found: found?.device ?? null,
      need: 'optional',
      isFine: found?.device != null,
      note:
        found?.device == null
          ? 'without one training is not quantised and slow'
          : `CUDA ${found.cuda ?? 'of unknown version'}`,
    },
    {
      name: 'device memory',
      found: gib === null ? null : `${gib.toFixed(1)} GiB`,
      need: 'optional',
      isFine: gib !== null && gib >= leastVramGib[mode],
      note: `a 3B model in ${mode} mode takes ${leastVramGib[mode]} GiB or more`,
    },
  ];
}

function judgePackage(name: string, found: string | null, need: EnvironmentLine['need']): EnvironmentLine {
  const wanted = oldest[name];
  const isOld = found !== null && wanted !== undefined && isOlder(found, wanted);
  const note =
    found === null ? (purposes[name] ?? 'pip install it') : isOld ? `${wanted} or newer is needed` : '';
  return { name, found, need, isFine: found !== null && !isOld, note };
}

const purposes: Readonly<Record<string, string>> = {
  python: 'no Python found; name one with --python',
  bitsandbytes: 'needed for 4 bits',
  unsloth: 'needed by the unsloth script alone',
  axolotl: 'needed by the axolotl configuration alone',
};

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < 2; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Findings of the lines that are not fine: errors where training cannot start. */
export function environmentFindings(lines: readonly EnvironmentLine[]): Finding[] {
  return lines
    .filter(({ isFine }) => !isFine)
    .map(({ name, found, need, note }) => ({
      code: found === null ? 'dependency-missing' : 'dependency-unfit',
      severity: need === 'required' ? ('error' as const) : ('warning' as const),
      place: name,
      message:
        found === null ? `${name} is not there${note ? `: ${note}` : ''}` : `${name} ${found}: ${note}`,
    }));
}

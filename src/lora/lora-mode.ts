export const loraModes = ['8GB', '16GB', '24GB', '32GB'] as const;
export type LoraMode = (typeof loraModes)[number];

/** What a row may hold, and how the adapter is trained; one set per size of machine. */
export interface ModeSettings {
  /** Most rows of a persona, training and validation together. */
  readonly rows: number;
  /** Tokens of the user turn and of the reply. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Tokens of a whole row as it is trained; a row never exceeds it, so no reply is ever cut. */
  readonly sequenceTokens: number;
  readonly r: number;
  readonly alpha: number;
  readonly dropout: number;
  /** Per device. */
  readonly batchSize: number;
  readonly accumulation: number;
  readonly learningRate: number;
  readonly epochs: number;
}

const small: ModeSettings = {
  rows: 500,
  inputTokens: 512,
  outputTokens: 256,
  sequenceTokens: 512,
  r: 16,
  alpha: 32,
  dropout: 0.05,
  batchSize: 1,
  accumulation: 8,
  learningRate: 2e-4,
  epochs: 3,
};
const large: ModeSettings = {
  ...small,
  rows: 2000,
  inputTokens: 1024,
  outputTokens: 512,
  sequenceTokens: 1024,
  r: 32,
  alpha: 64,
  batchSize: 2,
  accumulation: 4,
};

/** 16GB and 32GB are the two modes of the original scripts; 8GB trains as 16GB does, 24GB as 32GB with one row at a time. */
export const modeSettings: Readonly<Record<LoraMode, ModeSettings>> = {
  '8GB': small,
  '16GB': small,
  '24GB': { ...large, batchSize: 1, accumulation: 8 },
  '32GB': large,
};

import type { LoraMode, ModeSettings } from '../lora-mode.ts';

/** Where a script finds its rows; paths are relative to the script's own folder, with forward slashes. */
export type ScriptData =
  | {
      readonly kind: 'files';
      readonly train: string;
      /** null: there is no validation file. */
      readonly validation: string | null;
    }
  | {
      /** A folder that `datasets` reads, with the configuration of a phase or an adapter. */
      readonly kind: 'dataset';
      readonly folder: string;
      readonly name: string;
      readonly format: 'messages' | 'alpaca';
      readonly hasValidation: boolean;
    };

export interface ScriptOptions {
  /** Persona or adapter. */
  readonly name: string;
  readonly mode: LoraMode;
  readonly settings: ModeSettings;
  readonly targetModules: readonly string[];
  readonly baseModel: string;
  readonly data: ScriptData;
  /** Folder of the trained adapter, relative to the script's own. */
  readonly output: string;
  readonly seed: number;
}

/** All linear layers of a block in Llama, Qwen, Mistral and Gemma. */
export const linearModules: readonly string[] = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
];

/** A value as Python writes it. */
export function python(value: string | number | boolean | null | readonly string[]): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

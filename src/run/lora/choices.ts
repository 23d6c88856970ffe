import { loraModes } from '../../lora/lora-mode.ts';
import { loraTargets } from '../../lora/lora-row.ts';
import { promptLevels } from '../../lora/system-prompt.ts';

export const modeChoices = loraModes;
export const targetChoices = loraTargets;
export const levelChoices = promptLevels;

export type ModeChoice = (typeof modeChoices)[number];
export type TargetChoice = (typeof targetChoices)[number];
export type LevelChoice = (typeof levelChoices)[number];

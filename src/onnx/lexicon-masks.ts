import { categoryBit, hashWord } from './lexicon.ts';

/** Category bits that the scanner treats in a way of their own. */
export const clauseOnly = categoryBit('orderFirst') | categoryBit('orderMiddle') | categoryBit('orderLast');
export const phraseEnd = categoryBit('phraseEnd');
export const counted = ~categoryBit('phraseInner');
export const roleLabel = categoryBit('roleLabel');
export const hedge = categoryBit('hedge');
export const deferral = categoryBit('deferral');
export const backReference = categoryBit('backReference');
export const mayHash = hashWord('may');

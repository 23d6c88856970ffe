/** Tokens of a text where no tokenizer is named: UTF-8 bytes / 4, rounded up. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text, 'utf8') / 4);
}

/** The estimate, in words for summaries. */
export const estimateName = 'estimate: UTF-8 bytes / 4';

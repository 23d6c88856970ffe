const word = /[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu;

/** Words of a text in lower case, apostrophes straight: `don't`. Letters and digits of any script. */
export function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(word) ?? []).map((found) => found.replace('’', "'"));
}

const notProse = /```[\s\S]*?(?:```|(?![\s\S]))|`[^`\n]+`|https?:\/\/\S+|^>.*$|^\s*at .+:\d+:\d+\)?$/gm;

/** The text without code, addresses of pages, quotations and stack traces: what the person put into words. */
export function proseOf(text: string): string {
  return text.replace(notProse, ' ');
}

/** Sentences and lines, trimmed, without empty ones. */
export function sentencesOf(prose: string): string[] {
  return prose
    .split(/(?<=[.!?…。！？])\s+|\n+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

/** Columns that a terminal gives to a text without control characters: East Asian wide and emoji 2, combining marks 0. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Pads with spaces or cuts with `…` to exactly `width` columns. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = cutText(text, width);
  const space = ' '.repeat(width - textWidth(cut));
  return align === 'left' ? cut + space : space + cut;
}

/** At most `width` columns; a longer text ends with `…`. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const character of text) {
    const next = used + characterWidth(character);
    if (next > width - 1) break;
    cut += character;
    used = next;
  }
  return width > 0 ? `${cut}\u2026` : '';
}

function characterWidth(character: string): number {
  if (zeroWidth.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

const zeroWidth = /^(?:\p{Mn}|\p{Me}|\u200C|\u200D)$/u;
// The wide and full-width blocks of UAX 11 that occur in practice, and emoji shown as pictures.
const wide =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]$/u;

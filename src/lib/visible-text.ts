/**
 * Text from data made safe to show on one line anywhere: C0 controls become their pictures (ESC `␛`, newline `␊`), other
 * characters that command a terminal, reorder or hide text (C1, bidi controls, zero-width, tags) become `⟨U+202E⟩`,
 * lone surrogates U+FFFD. Everything else stays as it is, right-to-left letters and emoji joiners included.
 */
export function visibleText(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    if (code === 0x7f) return '\u2421';
    if (code >= 0xd800 && code <= 0xdfff) return '\uFFFD';
    return `\u27E8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27E9`;
  });
}

// Category Cc, the bidi controls (UAX 9), line and paragraph separators, invisible formatting, tag characters and
// surrogates without a partner (with the u flag a paired one never matches \p{Cs}).
const unsafe =
  /[\p{Cc}\p{Cs}\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

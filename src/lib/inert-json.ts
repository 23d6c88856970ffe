/**
 * JSON text that a terminal can show: what JSON leaves as it is and a terminal obeys or hides (DEL, C1, bidi controls,
 * invisible formatting, tag characters) becomes `\uXXXX`, which parses to the same value.
 */
export function inertJson(json: string): string {
  return json.replace(unsafe, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

const unsafe =
  /[\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

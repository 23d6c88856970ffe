/** Traces of a model that did not do what it was asked: what it says instead of an answer, and what it left to be filled in. */

/** The first words of a refusal or of a model speaking of itself; undefined where there are none. */
export function findRefusal(text: string): string | undefined {
  return refusal.exec(text.replaceAll('\u2019', "'"))?.[0];
}

/** The first placeholder that was left in; undefined where there is none. */
export function findPlaceholder(text: string): string | undefined {
  const found = placeholder.exec(text)?.[0];
  return found === undefined || allowedBrackets.test(found) ? undefined : found;
}

const refusal =
  /\b(?:as an? (?:ai|artificial intelligence|language model|large language model)|i(?:'m| am) (?:just )?an? (?:ai|language model)\b|i(?:'m| am) (?:sorry,? but i )?(?:unable|not able) to (?:assist|help|comply|fulfil+|generate|create|provide)|i(?:'m sorry,? (?:but )?i| )?(?: ?can(?:'t|not)) (?:assist|help with|comply|fulfil+|generate|create) (?:that|this|your)|i must decline|against my (?:guidelines|programming))/iu;

/** `[NAME]`, `{drink}`, `{{x}}`, `<name>`, `TODO`, `...` alone, `lorem ipsum`, `…insert …here`. */
const placeholder =
  /\[[A-Z][A-Z _/-]{2,}\]|\{\{?[A-Za-z_][\w .]*\}?\}|<(?:name|drink|text|placeholder|insert[^>]*|your [^>]*)>|\[(?:insert|your|placeholder|name|response|output|answer|target|todo)\b[^\]]*\]|\b(?:TODO|FIXME|TBD)\b|\blorem ipsum\b|^\s*(?:\.{3}|…|n\/a|null|none|undefined|nan)\s*$/iu;

/** Control tokens of training data are no placeholders. */
const allowedBrackets = /^\[(?:INST|USER|SYSTEM|MASK|CLS|SEP|PAD)\]$/u;

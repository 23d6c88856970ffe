import type { ReplySignals } from './lora-row.ts';

/** Why an assistant's reply is no example to follow. */
export type ReplyFault =
  | 'rated-down'
  | 'disputed'
  | 'truncated'
  | 'interrupted'
  | 'refusal'
  | 'error-message'
  | 'short';

/** Fewer characters carry no manner of answering. */
const leastCharacters = 20;

const refusal =
  /^\W{0,4}(?:(?:i['’]m|i am)(?: really| very| so)? sorry,?(?: but)? i (?:can(?:['’]t|not)|am unable|['’]m unable|am not able)|(?:sorry|unfortunately|i apologi[sz]e)[,.]?(?: but)? i (?:can(?:['’]t|not)|am unable|['’]m unable|am not able)|i (?:can(?:['’]t|not)|won['’]t) (?:assist|help|comply|provide|fulfil|do that|create|discuss)|as an? (?:ai|artificial intelligence|large language)|i['’]?m just an? (?:ai|language)|es tut mir leid,? (?:aber )?ich kann|désolée?,? (?:mais )?je ne peux|lo siento,? (?:pero )?no puedo)/i;
const failure =
  /^\W{0,4}(?:something went wrong|network error|an error occurred|error in (?:message|body) stream|there was an error generating|request timed out|too many requests|unusual activity has been detected|the message you submitted was too long)/i;

/**
 * What speaks against training on an assistant's reply; null: nothing. Ratings and endings that the export states count first,
 * then the text: refusals, error messages, a text that stops in the middle.
 */
export function replyFault(text: string, signals: ReplySignals | undefined): ReplyFault | null {
  const trimmed = text.trim();
  if (signals?.rating === 'down') return 'rated-down';
  if (signals?.isDisputed) return 'disputed';
  if (signals?.finish === 'length') return 'truncated';
  if (signals?.finish === 'interrupted') return 'interrupted';
  if (trimmed.length < leastCharacters) return 'short';
  if (refusal.test(trimmed)) return 'refusal';
  if (failure.test(trimmed)) return 'error-message';
  return stopsInTheMiddle(trimmed) ? 'truncated' : null;
}

/** An open code block, or prose whose last line runs on: long and without a mark at its end. Lists, titles and code may end so. */
function stopsInTheMiddle(text: string): boolean {
  const fences = text.match(/^\s*```/gm)?.length ?? 0;
  if (fences % 2 === 1) return true;
  const last = text.slice(text.lastIndexOf('\n') + 1).trim();
  const isProse = last.length > 60 && /^\p{L}/u.test(last) && /\s/.test(last);
  return isProse && /(?:[\p{Ll},;–-]|\b(?:and|or|the|a|to|of|with|for|und|et|y))$/u.test(last);
}

const dispute =
  /^\W{0,4}(?:no[,.!]|nope\b|wrong\b|that(?:['’]?s| is) (?:not (?:right|correct|true|what i)|wrong|incorrect)|this is (?:not (?:right|correct|what i)|wrong|incorrect)|not what i (?:asked|meant|wanted)|you (?:didn['’]t|did not|misunderstood|are wrong|missed|ignored)|(?:still )?(?:doesn['’]?t|does not|didn['’]?t|not) work(?:ing)?\b|same error|incorrect\b|try again\b|falsch\b|das stimmt nicht|c['’]est faux|eso no es)/i;

/** Whether a person's turn says that the reply before it was wrong. */
export function disputesReply(text: string): boolean {
  return dispute.test(text.trim());
}

/** The whole text is a stand-in. */
const whole =
  /^[\s\W]*(?:todo|tbd|tba|fixme|n\/a|null|none|undefined|nan|placeholder|x{3,}|response|output|answer|completion)?[\s\W]*$/i;

/** Stand-ins inside a text; in square brackets no Markdown link and no index of code. */
const inside: readonly RegExp[] = [
  /\[\s*(?:placeholder|insert|fill(?:ed)? in|your (?:response|answer|reply|text|message|output)|to be (?:filled|generated|written|added|completed|determined)|generate (?:a )?(?:response|reply|answer)|(?:assistant|persona|model)(?:'s)? (?:response|reply|answer))\b[^\]\n]{0,200}\](?!\()/i,
  /\[(?:RESPONSE|OUTPUT|ANSWER|TODO|TBD|REPLY|COMPLETION)\b[^\]\n]{0,200}\](?!\()/,
  /<\s*(?:placeholder|insert|fill in|your (?:response|answer|reply|text|message|output)|to be (?:filled|generated|written|completed))\b[^>\n]{0,120}>/i,
  /\{\{?\s*(?:response|output|answer|placeholder|assistant_response|completion)\s*\}\}?/,
  /\b(?:response|output|answer|reply|text|content) (?:goes|to go|will go|comes|would go) here\b/i,
  /\bPLACEHOLDER\b/,
  /\blorem ipsum dolor\b/i,
];

/** Whether a text stands in for a reply that nobody wrote. Placeholders of the redaction (`[EMAIL_1]`) are none, unless nothing else is there. */
export function isPlaceholder(text: string): boolean {
  const written = text.replaceAll(redacted, ' ');
  return whole.test(written) || inside.some((pattern) => pattern.test(written));
}

const redacted = /\[(?:PRIVATE_KEY|CREDENTIALS|SECRET|EMAIL|IBAN|CARD|PHONE|IP|ADDRESS)_\d{1,6}\]/g;

/** Marks of the chat templates in use: inside a text they end a turn or begin one in another's name. */
const templateMark =
  /<\|(?:im_start|im_end|im_sep|endoftext|eot_id|eom_id|start_header_id|end_header_id|begin_of_text|end_of_text|system|user|assistant|end|start|message|channel|return|call)\|>|\[\/?INST\]|<<\/?SYS>>|<(?:start|end)_of_turn>|<\/s>|<s>(?=\s*(?:\[|<|$))|\[(?:AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|<｜[^｜\n]{1,40}｜>/;

/** The first mark of a chat template in a text; null without one. */
export function findTemplateMark(text: string): string | null {
  return templateMark.exec(text)?.[0] ?? null;
}

import type { Finding } from '../core/finding.ts';
import type { Preparation } from './prepare-rows.ts';

/** Fewer rows teach an adapter little beside the texts themselves. */
const fewRows = 50;

/** What became of the candidates, as findings with counts: no text, no place inside a conversation. */
export function preparationFindings(name: string, { train, validation, counts }: Preparation): Finding[] {
  const warning = (code: string, message: string): Finding => ({
    code,
    severity: 'warning',
    place: name,
    message,
  });
  const rows = train.length + validation.length;
  return [
    ...Object.entries(counts.left_out).map(([reason, count]) =>
      warning(reason, `${count} of ${counts.candidates} left out: ${reasonWords[reason] ?? reason}`),
    ),
    ...Object.entries(counts.redacted).map(([kind, count]) =>
      warning(`pii-${kind}`, `${count} ${count === 1 ? 'place' : 'places'} redacted in the rows: ${kind}`),
    ),
    ...(counts.inputs_cut > 0
      ? [warning('input-cut', `${counts.inputs_cut} rows keep the end of a long input alone`)]
      : []),
    ...(rows < fewRows
      ? [warning('few-rows', `${rows} rows; ${fewRows} or more teach a manner of speaking`)]
      : []),
    ...(validation.length === 0
      ? [warning('no-validation', 'no validation rows: all rows come from one conversation')]
      : []),
  ];
}

/** Reasons for people. */
export const reasonWords: Readonly<Record<string, string>> = {
  unreadable: 'broken lines, or records without messages',
  'no-context': 'nothing is known of what they answer',
  'no-reply': 'there is no reply',
  placeholder: 'the reply is a placeholder',
  'template-token': 'they hold marks of a chat template',
  short: 'the reply is too short',
  'nothing-but-redacted': 'nothing is left after redaction',
  'long-reply': 'the reply is longer than the mode allows',
  'no-room': 'system prompt and reply leave no room for the input',
  duplicate: 'the same exchange again',
  'above-cap': 'more than the mode takes',
  'also-in-training': 'validation rows whose text stands in training',
  'rated-down': 'rated down',
  disputed: 'the next message says it was wrong',
  truncated: 'the reply stops in the middle',
  interrupted: 'the reply was interrupted',
  refusal: 'a refusal',
  'error-message': 'an error message',
};

/** What can be found, in order of precedence: where two finds overlap, the text between their outer ends is one find of the first kind. */
export const piiKinds = [
  'private-key',
  'url-credentials',
  'secret',
  'email',
  'iban',
  'credit-card',
  'phone',
  'ip-address',
  'street-address',
] as const;

export type PiiKind = (typeof piiKinds)[number];

/** `[start, end)` of a text, in UTF-16 units. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

export interface PiiMatch extends TextSpan {
  readonly kind: PiiKind;
  /** Stable code for findings: `pii-email`. */
  readonly code: `pii-${PiiKind}`;
}

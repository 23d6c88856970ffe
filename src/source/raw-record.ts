import type { RowReject } from '../core/row.ts';

/** A record as it was read: its value, or why it has none. */
export type RawRecord = { readonly row: number } & (
  | { readonly value: unknown }
  | { readonly reject: RowReject }
);

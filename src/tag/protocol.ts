import type { ErrorShape } from '../core/errors.ts';

/** What crosses the thread border: plain data and typed arrays; text does not. Errors lose class and code there, so they travel as data. */
export type WorkerReply<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly error: ErrorShape };

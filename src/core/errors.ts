/** Where a failure leads. The class says the consequence, `code` says the cause; compare codes, never classes, across threads. */
export interface ErrorDetail {
  /** Stable, lower-case, hyphenated: `config-unknown-key`, `json-invalid`. */
  readonly code: string;
  /** What to do about it; printed on a line of its own. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class TagDatasetsError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(message: string, detail: ErrorDetail) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.name = new.target.name;
    this.code = detail.code;
    this.hint = detail.hint;
  }
}

/** Stop before any work; exit code 1. */
export class ConfigError extends TagDatasetsError {}

/** Retry with back-off, then fatal. `retryAfterMs` carries what the other side asked for. */
export class RetryableError extends TagDatasetsError {
  readonly retryAfterMs: number | undefined;

  constructor(message: string, detail: ErrorDetail & { readonly retryAfterMs?: number }) {
    super(message, detail);
    this.retryAfterMs = detail.retryAfterMs;
  }
}

/** This row goes to quarantine with `code` as its reason; the run goes on. */
export class RowError extends TagDatasetsError {}

/** Stop; what is finished stays on disk and the run can be resumed; exit code 3. */
export class FatalError extends TagDatasetsError {}

/** A check failed: too many bad rows, a damaged artefact; exit code 2. */
export class ValidationError extends TagDatasetsError {}

/** The money or tokens that may be spent are used up; what was made stays, and a larger budget goes on; exit code 4. */
export class BudgetError extends TagDatasetsError {}

/** The user stopped the run; exit code 130 after what is in flight was published. */
export class InterruptedError extends TagDatasetsError {}

/** @throws InterruptedError where the user asked to stop */
export function throwIfInterrupted(signal: AbortSignal | undefined, message = 'interrupted'): void {
  if (!signal?.aborted) return;
  throw new InterruptedError(message, {
    code: 'interrupted',
    hint: 'run the same command again: what keeps its stages (a run, an extract) goes on where it stopped',
  });
}

const classesByKind = {
  ConfigError,
  RetryableError,
  RowError,
  FatalError,
  ValidationError,
  BudgetError,
  InterruptedError,
} as const;
export type ErrorKind = keyof typeof classesByKind;

/** An error as data: classes and codes do not survive a thread border. */
export interface ErrorShape {
  readonly kind: ErrorKind | 'Unexpected';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly stack?: string;
}

export function errorToShape(error: unknown): ErrorShape {
  if (error instanceof TagDatasetsError) {
    const kind = error.name in classesByKind ? (error.name as ErrorKind) : 'FatalError';
    return { kind, code: error.code, message: error.message, hint: error.hint, stack: error.stack };
  }
  const system = describeSystemError(error);
  if (system) return { kind: 'FatalError', ...system };
  const unexpected = error instanceof Error ? error : new Error(String(error));
  return { kind: 'Unexpected', code: 'unexpected', message: unexpected.message, stack: unexpected.stack };
}

export function errorFromShape(shape: ErrorShape): Error {
  if (shape.kind === 'Unexpected') {
    const error = new Error(shape.message);
    error.stack = shape.stack;
    return error;
  }
  return new classesByKind[shape.kind](shape.message, shape);
}

/** Operating-system failures in words a user can act on; `undefined` for anything else. */
export function describeSystemError(
  error: unknown,
): { code: string; message: string; hint: string } | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const hint = systemHints[error.code];
  if (!hint) return undefined;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : '';
  const place = error.code === 'ERR_MODULE_NOT_FOUND' ? error.message : path;
  return {
    code: `os-${error.code.toLowerCase()}`,
    message: `${hint.what}${place ? `: ${place}` : ''}`,
    hint: hint.todo,
  };
}

/** What helps where the program cannot be loaded whole. */
export const loadHint = 'raise the limit of open files (ulimit -n); where that is no cause, install it again';

const systemHints: Record<string, { what: string; todo: string }> = {
  ENOSPC: {
    what: 'the disk is full',
    todo: 'free space or choose another --out, then run the same command again; it resumes',
  },
  EDQUOT: {
    what: 'the disk quota is used up',
    todo: 'free space or choose another --out, then run the same command again; it resumes',
  },
  EFBIG: {
    what: 'a file is larger than this process may write',
    todo: 'raise the limit (ulimit -f) or choose smaller output.shard_bytes, then run the same command again; it resumes',
  },
  EACCES: { what: 'no permission', todo: 'check the owner and mode of that path' },
  EPERM: { what: 'no permission', todo: 'check the owner and mode of that path' },
  EROFS: { what: 'the file system is read-only', todo: 'choose a writable --out' },
  EMFILE: { what: 'too many open files', todo: 'raise the limit (ulimit -n) or use fewer --workers' },
  ENFILE: { what: 'too many open files on this machine', todo: 'raise the limit or use fewer --workers' },
  // Where no file can be opened any more, Node takes the package that it looks for as missing.
  ERR_MODULE_NOT_FOUND: { what: 'a part of the program cannot be found', todo: loadHint },
  EEXIST: {
    what: 'something of that name is there already',
    todo: 'choose another --out, or move what is there',
  },
  ENOENT: { what: 'no such file or folder', todo: 'check the path' },
  EISDIR: { what: 'a folder where a file is needed', todo: 'check the path' },
  ENOTDIR: { what: 'a file where a folder is needed', todo: 'check the path' },
};

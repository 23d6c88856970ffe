import { z } from 'zod';

import { ConfigError } from '../../core/errors.ts';

const texts = z.array(z.string().min(1));
const librarySchema = z.strictObject({
  traits: z.record(z.string(), z.strictObject({ write: z.string().min(1), open: texts, close: texts })),
  topics: texts.min(1),
  voices: texts.min(1),
});

/** What rows are built from: configs/replies.yaml. */
export type ReplyLibrary = z.infer<typeof librarySchema>;

/** @throws ConfigError naming the key */
export function parseLibrary(value: unknown, path: string): ReplyLibrary {
  const parsed = librarySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ConfigError(
    `${path}: ${(issue?.path ?? []).map(String).join('.')}: ${issue?.message ?? 'not valid'}`,
    {
      code: 'replies-library-invalid',
    },
  );
}

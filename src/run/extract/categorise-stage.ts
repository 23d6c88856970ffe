import { join } from 'node:path';

import { throwIfInterrupted } from '../../core/errors.ts';
import { createCategoriser } from '../../extract/categorise.ts';
import { createLanguageGuesser } from '../../extract/language.ts';
import type { CategorisedMessage, ExtractedMessage } from '../../extract/records.ts';
import { categorisedFile, messagesFile } from './extract-paths.ts';
import type { ExtractRules } from './extract-rules.ts';
import { JsonlWriter, readJsonl } from './jsonl-file.ts';
import type { StageWork } from './stage.ts';

/** A run of messages that are encoded together; bytes of the categorised file. */
export interface MessageBlock {
  readonly start: number;
  readonly end: number;
  readonly rows: number;
}

export interface CategoriseCounts {
  readonly messages: number;
  readonly blocks: readonly MessageBlock[];
  /** Guessed by stop words; messages too short to tell are left out. */
  readonly languages: Readonly<Record<string, number>>;
}

const blockRows = 256;

/** Adds what each message is by the local rules. Holds one message. */
export async function categoriseMessages(params: {
  readonly out: string;
  readonly rules: ExtractRules;
  readonly signal: AbortSignal | undefined;
}): Promise<StageWork<CategoriseCounts>> {
  const categorise = createCategoriser(params.rules.categories);
  const languageOf = createLanguageGuesser(params.rules.stopWords);
  const languages: Record<string, number> = {};
  const blocks: MessageBlock[] = [];
  await using writer = await JsonlWriter.open(join(params.out, categorisedFile));
  let [start, rows] = [0, 0];
  const endBlock = (): void => {
    if (rows > 0) blocks.push({ start, end: writer.bytes, rows });
    [start, rows] = [writer.bytes, 0];
  };
  for await (const message of readJsonl<ExtractedMessage>(join(params.out, messagesFile))) {
    throwIfInterrupted(params.signal, 'interrupted while messages were categorised');
    const language = languageOf(message.text);
    if (language) languages[language] = (languages[language] ?? 0) + 1;
    await writer.write({ ...message, ...categorise(message) } satisfies CategorisedMessage);
    rows++;
    if (rows === blockRows) endBlock();
  }
  endBlock();
  await writer.publish();
  return { outputs: [categorisedFile], counts: { messages: writer.rows, blocks, languages } };
}

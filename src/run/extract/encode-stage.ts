import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { WorkerPool } from '../../tag/pool.ts';
import { fingerprint, stepKey, sweep } from '../checkpoint.ts';
import type { RunContext } from '../context.ts';
import { runSteps } from '../steps.ts';
import type { EncodeMessagesCounts, EncodeMessagesTask } from '../tasks.ts';
import type { MessageBlock } from './categorise-stage.ts';
import { categorisedFile, extractPaths } from './extract-paths.ts';

/** Embeddings on disk, block by block. */
export interface EncodedBlocks {
  readonly width: number;
  readonly blocks: readonly (MessageBlock & { readonly path: string })[];
}

/**
 * Encodes all messages in the workers, block by block, each with a marker of its own: what was encoded before a crash stays.
 * On disk 1.5 KiB a message.
 */
export async function encodeMessages(
  pool: WorkerPool,
  params: {
    readonly out: string;
    readonly blocks: readonly MessageBlock[];
    /** Fingerprint of the categorised messages. */
    readonly messages: string;
    readonly encoder: { readonly id: string; readonly sha256: string };
  },
  context: RunContext,
): Promise<EncodedBlocks> {
  const { out, blocks } = params;
  const paths = extractPaths(out);
  const tasks = blocks.map((block, index): EncodeMessagesTask => {
    const name = `embeddings/${String(index).padStart(5, '0')}`;
    return {
      kind: 'encode-messages',
      name,
      out,
      messages: join(out, categorisedFile),
      block,
      path: `state/${name}.f32`,
      done: paths.done(name),
      key: stepKey({ messages: params.messages, encoder: params.encoder, block: fingerprint(block) }),
    };
  });
  const steps = await runSteps<EncodeMessagesTask, EncodeMessagesCounts>(
    pool,
    tasks,
    {
      out,
      stage: 'encode',
      again: null,
      bytes: 0,
      measure: ({ rows }) => ({ rows, bytes: 0, rejected: 0 }),
    },
    context,
  );
  const keep = new Set(tasks.flatMap(({ name, path }) => [path, `state/${name}.done`]));
  await sweep(out, [join(paths.state, 'embeddings')], keep);
  return {
    width: [...steps.values()][0]?.counts.width ?? 0,
    blocks: tasks.map(({ block, path }) => ({ ...block, path: join(out, path) })),
  };
}

/** The numbers of one block, row-major. */
export async function readEmbeddings(path: string): Promise<Float32Array> {
  const bytes = await readFile(path);
  const numbers = new Float32Array(bytes.length / 4);
  Buffer.from(numbers.buffer).set(bytes);
  return numbers;
}

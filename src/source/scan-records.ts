import { RowError } from '../core/errors.ts';
import type { FormatPlan } from '../core/unit.ts';
import type { Problem } from './detect-format.ts';
import { defaultSampleRows, defaultUnitBytes } from './read-options.ts';
import { afterBracket, headerOnly, recordBlocks } from './record-blocks.ts';
import { finderFor, recordReader } from './record-reader.ts';
import { RecordSplitter } from './record-splitter.ts';
import { type Found, type ScanContext, shapeOf } from './scan-found.ts';
import { unitCutter } from './unit-cutter.ts';

/** First records of a stream, and why the first unreadable one could not be read. */
class SampleTaker {
  readonly records: unknown[] = [];
  firstReject: string | undefined;
  readonly #read: (splitter: RecordSplitter) => unknown;
  readonly #limit: number;
  #tried = 0;

  constructor(format: FormatPlan, limit: number) {
    this.#read = recordReader(format);
    this.#limit = limit;
  }

  take(splitter: RecordSplitter): void {
    if (this.#tried >= this.#limit) return;
    try {
      this.records.push(this.#read(splitter));
      this.#tried++;
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      this.firstReject ??= error.message;
    }
  }
}

/** One pass over the records of a text format: sample, count, cut. */
export async function scanRecords(params: {
  blocks: AsyncIterable<Buffer>;
  format: FormatPlan;
  context: ScanContext;
}): Promise<Found> {
  const { format, context } = params;
  const sample = new SampleTaker(format, context.options.sampleRows ?? defaultSampleRows);
  const cutter = unitCutter(context.options.unitBytes ?? defaultUnitBytes);
  let records = 0;
  const { blocks, offset } = await recordBlocks(params.blocks, format, await markOf(context));
  const splitter = new RecordSplitter(finderFor(format), offset);
  let skipHeader = headerOnly(format);
  const take = () => {
    while (splitter.next()) {
      if (skipHeader) {
        skipHeader = false;
        continue;
      }
      records++;
      cutter.add(splitter.offset, splitter.stop);
      sample.take(splitter);
    }
  };
  for await (const block of blocks) {
    context.signal?.throwIfAborted();
    splitter.feed(block);
    take();
  }
  splitter.finish();
  take();
  const problem = format.format === 'json' ? brokenArray(splitter, records) : undefined;
  if (problem) return { problem };
  const shape = shapeOf(sample.records, context.options, sample.firstReject);
  if ('problem' in shape) return shape;
  const whole = shape.grouped === true || format.compression !== 'none';
  const units = whole ? [{ range: { kind: 'whole' as const }, firstRow: 0, records }] : cutter.finish();
  return { format, shape, records, rowUnit: 'record', units };
}

/** Units of a file whose beginning only was read: JSON Lines by size, anything else as a whole. */
export async function planRemote(params: {
  head: Buffer;
  isWhole: boolean;
  format: FormatPlan;
  context: ScanContext;
}): Promise<Found> {
  const { head, format, context } = params;
  const sample = new SampleTaker(format, context.options.sampleRows ?? defaultSampleRows);
  const body = format.format === 'json' ? head.subarray(afterBracket(head)) : head;
  const splitter = new RecordSplitter(finderFor(format), 0);
  let skipHeader = headerOnly(format);
  const take = () => {
    while (splitter.next()) {
      if (!skipHeader) sample.take(splitter);
      skipHeader = false;
    }
  };
  splitter.feed(body);
  take();
  if (params.isWhole) {
    splitter.finish();
    take();
  }
  const shape = shapeOf(sample.records, context.options, sample.firstReject);
  if ('problem' in shape) return shape;
  const { bytes } = context.file;
  if (format.format !== 'jsonl' || format.compression !== 'none' || shape.grouped) {
    const unit = { range: { kind: 'whole' as const }, firstRow: 0, records: null };
    return { format, shape, records: null, rowUnit: 'record', units: [unit] };
  }
  const size = context.options.unitBytes ?? defaultUnitBytes;
  const units = Array.from({ length: Math.ceil(bytes / size) }, (_, index) => ({
    range: { kind: 'bytes' as const, start: index * size, end: Math.min(bytes, (index + 1) * size) },
    firstRow: index * size,
    records: null,
  }));
  return { format, shape, records: null, rowUnit: 'byte', units };
}

/** Offsets count the bytes of the file; an uncompressed file's byte-order mark is among them. */
async function markOf(context: ScanContext): Promise<number> {
  if (context.compression !== 'none' || context.source.bytes < 3) return 0;
  const [first, second, third] = await context.source.read(0, 3);
  return first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
}

function brokenArray(splitter: RecordSplitter, records: number): Problem | undefined {
  const hint = 'fetch or write the file again; nothing of it was used';
  if (!splitter.closed) {
    return {
      code: 'corrupt',
      message: `the JSON array is not closed: the file breaks off in or after record ${records}`,
      hint,
    };
  }
  return splitter.trailing
    ? {
        code: 'corrupt',
        message: `something follows the end of the JSON array at byte ${splitter.stop + 1}`,
        hint,
      }
    : undefined;
}

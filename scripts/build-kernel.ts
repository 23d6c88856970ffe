import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import asc from 'assemblyscript/asc';

import { byteClass, byteClassCount } from '../src/onnx/byte-classes.ts';
import { categoryCount } from '../src/onnx/lexicon-categories.ts';
import { categoryBit, lexiconMask } from '../src/onnx/lexicon.ts';
import * as mask from '../src/onnx/lexicon-masks.ts';
import { featureLimits, side, tally, tallyCount, wordBucketCount } from '../src/onnx/scan-layout.ts';
import { scanMemory } from '../src/onnx/scan-memory.ts';

/** Compiles the kernels in src/…/assembly to WebAssembly and writes them as TypeScript beside it; CI fails when that differs. */
const src = join(import.meta.dirname, '..', 'src');
const simd = ['--enable', 'simd'];
await build('onnx/assembly/text-scanner.ts', { file: 'onnx/scanner-wasm.ts', name: 'scannerWasm' }, []);
await build('onnx/assembly/bag-sums.ts', { file: 'onnx/bag-sums-wasm.ts', name: 'bagSumsWasm' }, simd);
await build(
  'fit/assembly/matrix-vector.ts',
  { file: 'fit/matrix-vector-wasm.ts', name: 'matrixVectorWasm' },
  simd,
);

async function build(
  source: string,
  to: { readonly file: string; readonly name: string },
  options: readonly string[],
): Promise<void> {
  const wasm = await compile(source, options);
  const lines = wasm.toString('base64').match(/.{1,120}/g) ?? [];
  writeFileSync(
    join(src, to.file),
    `/** Written by \`npm run kernel\` from assembly/${basename(source)}; base64 of a WebAssembly module. */
export const ${to.name} =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`,
  );
}

async function compile(source: string, options: readonly string[]): Promise<Buffer> {
  const sources: Record<string, string> = {
    [basename(source)]: readFileSync(join(src, source), 'utf8'),
    'constants.ts': constants(),
  };
  const outputs: Record<string, string | Uint8Array> = {};
  let messages = '';
  const { error } = await asc.main(
    [basename(source), '-O3', '--noAssert', '--runtime', 'stub', ...options, '--outFile', 'out.wasm'],
    {
      readFile: (name) => sources[name] ?? null,
      writeFile: (name, content) => {
        outputs[name] = content;
      },
      listFiles: () => [],
      stderr: {
        write: (text: string | Uint8Array) => {
          messages += String(text);
        },
      },
    },
  );
  const wasm = outputs['out.wasm'];
  if (error || !(wasm instanceof Uint8Array)) throw new Error(`asc: ${messages}`, { cause: error });
  return Buffer.from(wasm);
}

function constants(): string {
  const numbers: Record<string, number> = {
    CLASS_COUNT: byteClassCount,
    CATEGORY_COUNT: categoryCount,
    TALLY_COUNT: tallyCount,
    ASSISTANT_LIMIT: featureLimits[side.assistant],
    USER_LIMIT: featureLimits[side.user],
    WORD_MASK: wordBucketCount - 1,
    WORD_SALT: 0x3c6ef372,
    LEXICON_MASK: lexiconMask,
    BITS_CLAUSE_ONLY: mask.clauseOnly,
    BITS_COUNTED: mask.counted,
    BIT_PHRASE_END: mask.phraseEnd,
    BIT_PHRASE_INNER: categoryBit('phraseInner'),
    BIT_ROLE_LABEL: mask.roleLabel,
    BIT_HEDGE: mask.hedge,
    BIT_DEFERRAL: mask.deferral,
    BIT_BACK_REFERENCE: mask.backReference,
    MAY_HASH: mask.mayHash,
    ...prefixed('', scanMemory),
    ...prefixed('CLASS_', byteClass),
    ...prefixed('TALLY_', tally),
  };
  return Object.entries(numbers)
    .map(([name, value]) => `export const ${name}: i32 = ${value};`)
    .join('\n');
}

function prefixed(prefix: string, numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [
      prefix + name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase(),
      value,
    ]),
  );
}

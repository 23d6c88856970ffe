/** What the packed tarball holds, checked against what it must and may hold; then what `npm audit` says of the dependencies. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** Every file must fit one of these. */
const allowed = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/(src|taggers|bench)\/.+\.(js|d\.ts)$/,
  /^configs\/.+\.(yaml|json)$/,
  /^datasets\/(.+\.(yaml|md)|samples\/.+\.(jsonl|md|yaml))$/,
  /^taggers\/[\w-]+\.(yaml|md)$/,
  /^taggers\/[\w-]+\/[\w-]+\.(onnx|json|jsonl|yaml|md)$/,
];

/** Without these the command line, the worker threads or the quick start fail. */
const required = [
  'dist/src/cli/bin.js',
  'dist/src/run/worker.js',
  'dist/src/index.js',
  'dist/src/index.d.ts',
  'dist/src/onnx/scanner-wasm.js',
  'dist/src/onnx/bag-sums-wasm.js',
  'dist/src/fit/matrix-vector-wasm.js',
  'dist/taggers/index.js',
  'configs/quickstart.yaml',
  'configs/schema.json',
  'taggers/personas.yaml',
  'taggers/traits.yaml',
  'taggers/persona-v1/model.onnx',
  'taggers/traits-v1/model.onnx',
];

/** Models have sizes of their own; anything else above this was not meant. */
const largestBytes = 1 << 20;
const largestPackedBytes = 40 << 20;

const packed = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 << 20,
  }),
) as { size: number; unpackedSize: number; files: PackedFile[] }[]; // npm's own format
const [{ size, unpackedSize, files } = { size: 0, unpackedSize: 0, files: [] }] = packed;
const paths = new Set(files.map(({ path }) => path));
const findings = [
  ...required.filter((path) => !paths.has(path)).map((path) => `${path} is missing`),
  ...files
    .filter(({ path }) => !allowed.some((pattern) => pattern.test(path)))
    .map(({ path }) => `${path} does not belong into the package`),
  ...files.filter(isStale).map(({ path }) => `${path} was built from a file that is no more`),
  ...files
    .filter(({ path, size: bytes }) => bytes > largestBytes && !path.endsWith('.onnx'))
    .map(({ path, size: bytes }) => `${path} has ${bytes} bytes`),
  ...(size > largestPackedBytes ? [`the tarball has ${size} bytes, more than ${largestPackedBytes}`] : []),
];
process.stdout.write(
  `package: ${files.length} files, ${mebibytes(size)} packed, ${mebibytes(unpackedSize)} unpacked\n`,
);
for (const finding of findings) process.stdout.write(`  ${finding}\n`);
const isAuditClean = audit();
if (findings.length > 0 || !isAuditClean) process.exitCode = 1;

function isStale({ path }: PackedFile): boolean {
  if (!path.startsWith('dist/')) return false;
  return !existsSync(join(root, path.slice('dist/'.length).replace(/(\.d\.ts|\.js)$/, '.ts')));
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** False when the registry knows a vulnerability in what users install; a registry that cannot be asked is said, not failed. */
function audit(): boolean {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: root,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const total = vulnerabilities(stdout);
  if (total === undefined) {
    process.stdout.write('audit: the registry could not be asked\n');
    return true;
  }
  process.stdout.write(`audit: ${total} known vulnerabilities in what users install\n`);
  return total === 0;
}

function vulnerabilities(text: string): number | undefined {
  try {
    const report = JSON.parse(text) as { metadata?: { vulnerabilities?: { total?: number } } }; // npm's own format
    return report.metadata?.vulnerabilities?.total;
  } catch {
    return undefined;
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** Who may import whom; a stage never imports a stage. Keys and values are folders of src/, `taggers` is the roster. */
const allowed: Record<string, readonly string[]> = {
  core: [],
  lib: ['core'],
  config: [],
  hub: [],
  source: ['hub'],
  onnx: [],
  tag: [],
  balance: [],
  shard: [],
  report: [],
  evaluate: [],
  fit: [],
  llm: [],
  cards: [],
  make: ['llm'],
  extract: ['llm'],
  lora: [],
  check: [],
  run: [
    'config',
    'hub',
    'source',
    'onnx',
    'tag',
    'balance',
    'shard',
    'report',
    'evaluate',
    'fit',
    'llm',
    'cards',
    'make',
    'extract',
    'lora',
    'check',
  ],
  cli: ['run', 'config', 'report', 'evaluate', 'hub', 'taggers', 'bench'],
  taggers: ['onnx'],
};
const everyone = ['core', 'lib'];

/** Packages that only one folder may import. */
const owners: Record<string, string> = {
  'onnxruntime-node': 'onnx',
  piscina: 'tag',
  yargs: 'cli',
  echarts: 'report',
  highs: 'balance',
  '@huggingface/hub': 'hub',
  openai: 'llm',
  'node-llama-cpp': 'llm',
};

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function folderOf(path: string): string {
  const parts = relative(root, path).split('/');
  return parts[0] === 'src' ? (parts.length > 2 ? (parts[1] ?? '') : 'index') : (parts[0] ?? '');
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^(?:import|export)[^'"]*?from '([^']+)'|import\('([^']+)'\)/gm)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
}

const files = [...filesOf('src'), ...filesOf('taggers')];

test('every folder imports only the folders that the table allows', () => {
  const findings = files.flatMap((path) => {
    const from = folderOf(path);
    if (from === 'index') return [];
    const own = [from, ...everyone.filter(() => from !== 'core'), ...(allowed[from] ?? [])];
    return importsOf(path)
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => folderOf(normalize(join(dirname(path), specifier))))
      .filter((to) => !own.includes(to))
      .map((to) => `${relative(root, path)} imports ${to}`);
  });
  expect(findings).toEqual([]);
});

test('packages with a single owner are imported nowhere else', () => {
  const findings = files.flatMap((path) =>
    importsOf(path).flatMap((specifier) => {
      const owner = Object.entries(owners).find(
        ([name]) => specifier === name || specifier.startsWith(`${name}/`),
      )?.[1];
      const isWorkerData = specifier === 'piscina' && relative(root, path) === 'src/run/worker.ts';
      return owner && folderOf(path) !== owner && !isWorkerData
        ? [`${relative(root, path)} imports ${specifier}`]
        : [];
    }),
  );
  expect(findings).toEqual([]);
});

test('the folders of src are those of the table', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(folders.filter((folder) => !(folder in allowed))).toEqual([]);
});

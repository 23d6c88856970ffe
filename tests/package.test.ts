import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const versions = z.record(z.string(), z.string());
const packageJson = z
  .object({ dependencies: versions, devDependencies: versions, scripts: versions })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        resolved: z.string().optional(),
        integrity: z.string().optional(),
        hasInstallScript: z.boolean().optional(),
        dev: z.boolean().optional(),
        link: z.boolean().optional(),
        dependencies: versions.optional(),
        devDependencies: versions.optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));

test('every dependency is pinned to one version, and the lock file has that version', () => {
  const all = { ...packageJson.dependencies, ...packageJson.devDependencies };
  expect(Object.keys(all).length).toBeGreaterThan(20);
  expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/u.test(version))).toEqual(
    [],
  );
  const locked = Object.keys(all).map((name) => [name, lock.packages[`node_modules/${name}`]?.version]);
  expect(Object.fromEntries(locked)).toEqual(all);
  expect(lock.packages['']?.dependencies).toEqual(packageJson.dependencies);
  expect(lock.packages['']?.devDependencies).toEqual(packageJson.devDependencies);
});

test('every locked package that names an address names a secure one and has a checksum', () => {
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  const findings = packages.filter(
    ([, { resolved, integrity, link }]) =>
      link === true ||
      (resolved !== undefined && !resolved.startsWith('https://')) ||
      (resolved !== undefined && !integrity?.startsWith('sha512-')),
  );
  expect(findings).toEqual([]);
});

test('nothing that a user installs needs an install script on a CPU', () => {
  const scripted = Object.entries(lock.packages).filter(
    ([, { hasInstallScript, dev }]) => hasInstallScript === true && dev !== true,
  );
  // Its script only fetches GPU libraries; .npmrc skips it and the packed quick start installs with --ignore-scripts.
  expect(scripted.map(([path]) => path)).toEqual(['node_modules/onnxruntime-node']);
  expect(readFileSync(join(root, '.npmrc'), 'utf8')).toContain('onnxruntime-node-install=skip');
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
  expect(Object.keys(packageJson.scripts).filter((name) => hooks.includes(name))).toEqual([]);
});

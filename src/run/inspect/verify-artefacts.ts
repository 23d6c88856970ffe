import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

import { slashPath } from '../../lib/slash-path.ts';
import { checkOutput, readDone } from '../checkpoint.ts';
import { runPaths } from '../paths.ts';
import type { Finding } from './verify.ts';

/**
 * Checks what lies beside the shards against the markers: every sidecar and quarantine file, and through the marker of the
 * finished run the plan, the report, run.json and the files of the dataset that are no shards. Reads each file once.
 */
export async function checkArtefacts(run: string, findings: Finding[]): Promise<void> {
  const paths = runPaths(run);
  const markers = (await listTree(paths.state)).filter((path) => path.endsWith('.done'));
  const stages = new Set(['tag', 'refine', 'correct', 'screen']);
  const named = new Set<string>();
  for (const marker of markers.toSorted()) {
    const stage = relative(paths.state, marker).split(sep)[0] ?? '';
    if (!stages.has(stage) && marker !== paths.finished) continue;
    const done = await readDone<unknown>(marker);
    if (!done) {
      findings.push({ code: 'marker', place: placeOf(run, marker), message: 'The marker cannot be read.' });
      continue;
    }
    for (const output of done.outputs) {
      named.add(output.path);
      const wrong = await checkOutput(output, run);
      if (wrong)
        findings.push({
          code: wrong.code === 'missing' ? 'file-missing' : 'checksum',
          place: output.path,
          message:
            wrong.code === 'missing'
              ? 'Its marker names it, and it is not there.'
              : 'Its sha256 is not the one of its marker.',
        });
    }
  }
  // A dataset that was copied alone has no state to be checked.
  if (markers.length > 0 && !markers.includes(paths.finished))
    findings.push({
      code: 'unfinished',
      place: placeOf(run, paths.finished),
      message: 'The last run in this folder did not come to its end.',
    });
  for (const folder of [paths.tags, paths.refined, paths.corrected, paths.quarantine]) {
    for (const path of (await listTree(folder)).map((found) => placeOf(run, found)).toSorted()) {
      if (!named.has(path)) findings.push({ code: 'stray', place: path, message: 'No marker names it.' });
    }
  }
}

async function listTree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function placeOf(run: string, path: string): string {
  return slashPath(run, path);
}

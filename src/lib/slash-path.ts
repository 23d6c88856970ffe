import { relative, sep } from 'node:path';

/** `path` as seen from `root`, with `/` on every system: what artefacts name files by. */
export function slashPath(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

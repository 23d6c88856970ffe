import { join } from 'node:path';

import { overlayRefined } from '../../tag/overlay.ts';
import { readSidecar, type TagColumns } from '../../tag/sidecar.ts';

/** Tags of one unit: the fast tier's, and over them the accurate tier's where it was asked. @throws ValidationError `sidecar-damaged` */
export async function readTags(
  out: string,
  unit: { readonly sidecar: string; readonly refined?: string | null },
): Promise<TagColumns> {
  const columns = await readSidecar(join(out, unit.sidecar));
  if (!unit.refined) return columns;
  const path = join(out, unit.refined);
  overlayRefined(columns, await readSidecar(path), path);
  return columns;
}

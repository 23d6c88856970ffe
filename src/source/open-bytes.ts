import type { InputFile } from '../core/unit.ts';
import type { ByteSource } from '../core/byte-source.ts';
import { openFileBytes } from './byte-source.ts';

/** Opens a file by where it lies. The Hub client is loaded only when a Hub file is opened. */
export async function openBytes(file: InputFile): Promise<ByteSource> {
  const { location } = file;
  if (location.kind === 'file') return openFileBytes(location.path);
  const { openHubBytes } = await import('../hub/open-file.ts');
  return openHubBytes(location, file.bytes);
}

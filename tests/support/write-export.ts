import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { crc32, deflateRawSync } from 'node:zlib';

import { plantedConversations, type PlantedOptions } from './planted-export.ts';

/** Writes a planted export as one JSON array, or JSON Lines where the name ends in `.jsonl`; one conversation in memory. */
export async function writePlantedExport(path: string, options: PlantedOptions): Promise<void> {
  const isLines = path.endsWith('.jsonl');
  const stream = createWriteStream(path);
  let isFirst = true;
  if (!isLines) stream.write('[');
  for (const conversation of plantedConversations(options)) {
    const text = JSON.stringify(conversation);
    const piece = isLines ? `${text}\n` : `${isFirst ? '' : ','}\n${text}`;
    isFirst = false;
    if (!stream.write(piece)) await once(stream, 'drain');
  }
  stream.end(isLines ? '' : '\n]\n');
  await once(stream, 'close');
}

/** Writes a ZIP of the given texts; `encrypted` sets the mark of a password on every entry. */
export async function writeZip(
  path: string,
  entries: Readonly<Record<string, string>>,
  { encrypted = false }: { readonly encrypted?: boolean } = {},
): Promise<void> {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(entries)) {
    const content = Buffer.from(text);
    const packed = deflateRawSync(content);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(encrypted ? 1 : 0, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), fields, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), fields, tail, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  await writeFile(path, Buffer.concat([...parts, central, end]));
}

import { hash128, hashToHex } from '../../lib/hash.ts';

/** Numbers that the encoder gives; row-major [rows, width], in the order of the files. */
export interface Embeddings {
  readonly features: Float32Array;
  readonly width: number;
}

/**
 * Gives rows of equal numbers the least of their content hashes, in place. They may differ in a system message, in capitals or
 * behind the encoder's limit: to the head they are one row, and a held-out one would be known from training. The numbers are
 * only compared, since their last bits are the processor's; the hashes go on deciding who is held out. About 150 bytes a row.
 */
export function uniteSameReadings(contentHash: Uint32Array, embeddings: Embeddings): void {
  const readings = hashReadings(embeddings);
  const least = new Map<string, number>(); // rows
  readings.forEach((reading, row) => {
    const known = least.get(reading);
    if (known === undefined || hashToHex(contentHash, row * 4) < hashToHex(contentHash, known * 4))
      least.set(reading, row);
  });
  readings.forEach((reading, row) => {
    const from = (least.get(reading) ?? row) * 4;
    contentHash.copyWithin(row * 4, from, from + 4);
  });
}

function hashReadings({ features, width }: Embeddings): string[] {
  const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
  const rowBytes = width * features.BYTES_PER_ELEMENT;
  const words = new Uint32Array(4);
  return Array.from({ length: features.length / width }, (_, row) => {
    hash128(bytes, row * rowBytes, (row + 1) * rowBytes, words, 0);
    return hashToHex(words);
  });
}

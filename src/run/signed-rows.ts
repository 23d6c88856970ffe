import type { ScreenColumns } from '../tag/screen-unit.ts';

/**
 * Signed rows by the hashes of their bands: which of them is a near-duplicate of another row. About 1.5 KiB a row for 14 × 8.
 */
export class SignedRows {
  readonly #needed: number;
  readonly #rows: { readonly key: string; readonly signature: Uint8Array }[] = [];
  readonly #byBand: readonly Map<number, number[]>[];

  /** @param needed bytes of the signature that must agree, see `agreeingBytes` */
  constructor(bands: number, needed: number) {
    this.#needed = needed;
    this.#byBand = Array.from({ length: bands }, () => new Map<number, number[]>());
  }

  add(key: string, { bands, signatures }: ScreenColumns): void {
    const index = this.#rows.push({ key, signature: signatures }) - 1;
    this.#byBand.forEach((rows, band) => {
      const hash = bandHash(bands, band);
      if (hash === 0) return;
      const list = rows.get(hash);
      if (list) list.push(index);
      else rows.set(hash, [index]);
    });
  }

  /** Key of a row, other than `key` itself, that the signed one is a near-duplicate of. */
  find(key: string, { bands, signatures }: ScreenColumns): string | undefined {
    for (const [band, rows] of this.#byBand.entries()) {
      for (const index of rows.get(bandHash(bands, band)) ?? []) {
        const row = this.#rows[index];
        if (row && row.key !== key && countAgreeing(row.signature, signatures) >= this.#needed)
          return row.key;
      }
    }
    return undefined;
  }
}

function countAgreeing(a: Uint8Array, b: Uint8Array): number {
  let agreeing = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) agreeing++;
  return agreeing;
}

/** 52 of the 64 bits: exact as a number; 0: no words. */
function bandHash(bands: Uint32Array, band: number): number {
  return (bands[band * 2] ?? 0) * 2 ** 20 + ((bands[band * 2 + 1] ?? 0) & 0xfffff);
}

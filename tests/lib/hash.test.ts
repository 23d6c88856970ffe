import fc from 'fast-check';
import { expect, test } from 'vitest';

import { hash128, hashText, hashToHex } from '../../src/lib/hash.ts';

test('murmur3 x86 128 agrees with the published example', () => {
  expect(hashToHex(hashText("I will not buy this tobacconist's, it is scratched."))).toBe(
    '9b5b7ba2ef3f7866889adeaf00f3f98e',
  );
  expect(hashToHex(hashText(''))).toBe('0'.repeat(32));
});

test('the hash of a range does not depend on where the bytes lie', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(20), (bytes, offset) => {
      const shifted = new Uint8Array(offset + bytes.length + 5).fill(7);
      shifted.set(bytes, offset);
      const [plain, moved] = [new Uint32Array(4), new Uint32Array(6)];
      hash128(bytes, 0, bytes.length, plain, 0);
      hash128(shifted, offset, offset + bytes.length, moved, 2);
      expect([...moved.subarray(2)]).toEqual([...plain]);
    }),
  );
});

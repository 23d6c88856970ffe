/** A growing buffer. Doubles when full; `clear` keeps what it has. */
export class ByteWriter {
  bytes: Buffer;
  length = 0;
  private readonly float = new Float32Array(1);
  private readonly floatBits = new Uint32Array(this.float.buffer);

  constructor(capacity = 1 << 16) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `size` more bytes. */
  reserve(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + size));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.setUint32(this.length, value);
    this.length += 4;
  }

  /** Overwrites four bytes that were written before. */
  setUint32(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
  }

  /** 32-bit float: NaN and infinities survive, precision beyond 24 bits does not. */
  float32(value: number): void {
    this.float[0] = value;
    this.uint32(this.floatBits[0] ?? 0);
  }

  /** Length in bytes, then UTF-8; a lone surrogate becomes U+FFFD. */
  text(value: string): void {
    this.reserve(4 + value.length * 3);
    const at = this.length;
    const written = this.bytes.write(value, at + 4, 'utf8');
    this.setUint32(at, written);
    this.length = at + 4 + written;
  }

  /** A copy of bytes [start, end) of this same buffer. */
  repeat(start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.copyWithin(this.length, start, end);
    this.length += end - start;
  }
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)) >>>
    0
  );
}

const floatScratch = new Float32Array(1);
const floatScratchBits = new Uint32Array(floatScratch.buffer);

export function readFloat32(bytes: Uint8Array, at: number): number {
  floatScratchBits[0] = readUint32(bytes, at);
  return floatScratch[0] ?? 0;
}

/* eslint-disable no-bitwise -- Numbers of a few bits each, packed. */

/** The widest number that four bytes hold wherever it begins in the first of them. */
const widestBits = 25;

/**
 * Reads small numbers as Parquet writes them, in runs of one number and runs of packed ones, until `target` is full. A run that
 * says more than that costs no more. Returns where the runs that were read end. Throws an Error for bytes that end before.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/ (RLE)
 */
export function readRuns(
  bytes: Uint8Array,
  start: number,
  width: number,
  target: Uint8Array | Int32Array,
): number {
  if (width > widestBits)
    throw new Error('a page has numbers that are too wide');
  const mask = 2 ** width - 1;
  const valueBytes = Math.ceil(width / 8);
  let offset = start;
  const need = (count: number) => {
    if (!(offset + count <= bytes.length))
      throw new Error('a page ends too early');
  };
  for (let seen = 0; seen < target.length; ) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      need(1);
      const byte = bytes[offset];
      offset += 1;
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
      if (shift > 28) throw new Error('a page has a run without a length');
    }
    const said = Math.floor(header / 2);
    if (header % 2 === 0) {
      need(valueBytes);
      let value = 0;
      for (let i = 0; i < valueBytes; i += 1)
        value += bytes[offset + i] * 2 ** (8 * i);
      offset += valueBytes;
      const end = Math.min(target.length, seen + said);
      target.fill(value, seen, end);
      seen = end;
      continue;
    }
    const count = Math.min(said * 8, target.length - seen);
    need(Math.ceil((count * width) / 8));
    for (let i = 0; i < count; i += 1) {
      const bit = i * width;
      const at = offset + (bit >>> 3);
      // Past the end there are no bytes, nor bits of any number.
      const four =
        bytes[at] |
        (bytes[at + 1] << 8) |
        (bytes[at + 2] << 16) |
        (bytes[at + 3] << 24);
      target[seen + i] = (four >>> (bit & 7)) & mask;
    }
    seen += count;
    offset += said * width;
  }
  return offset;
}

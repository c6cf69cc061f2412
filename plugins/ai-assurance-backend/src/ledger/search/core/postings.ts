/**
 * Where a term occurs: offsets within a segment, rising, each below {@link MAX_SPAN}. Written in whichever of three ways is
 * shortest: distances between neighbours, runs of neighbours, or one bit for each offset.
 */
export type Offsets = Uint16Array;

/** Positions that one segment may span, so that an offset fits into 16 bits. */
export const MAX_SPAN = 65_536;

const DISTANCES = 0;
const RUNS = 1;
const BITS = 2;

function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  return value < 0x200000 ? 3 : 4;
}

/** Appends a number below 2^28, seven bits to a byte, lowest first. */
export function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

/** Reads bytes one number after the other. Throws a RangeError beyond the end: a damaged page must not look empty. */
export class ByteReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, from: number = 0, to: number = bytes.length) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.byte();
      value += (byte % 0x80) * factor;
      if (byte < 0x80) return value;
    }
  }

  byte(): number {
    if (this.at >= this.end)
      throw new RangeError('A page of the search index ends too early');
    const byte = this.bytes[this.at];
    this.at += 1;
    return byte;
  }
}

/** Bytes of a list of offsets: how it is written, how many there are, and they. `offsets` MUST rise and not be empty. */
export function encodePostings(offsets: Offsets): Uint8Array {
  const count = offsets.length;
  let distancesLength = 0;
  let runsLength = 0;
  let before = -1;
  let runStart = offsets[0];
  let runEnd = -1;
  for (const offset of offsets) {
    distancesLength += varintLength(offset - before - 1);
    if (offset !== before + 1 || before < 0) {
      if (before >= 0) runsLength += varintLength(before - runStart);
      runsLength += varintLength(offset - runEnd - 1);
      runStart = offset;
    }
    before = offset;
    runEnd = offset;
  }
  runsLength += varintLength(before - runStart);
  const first = offsets[0];
  const bitsLength = Math.floor((before - first) / 8) + 1 + 3;

  const bytes: number[] = [];
  const shortest = Math.min(distancesLength, runsLength, bitsLength);
  if (shortest === distancesLength) {
    pushVarint(bytes, count * 4 + DISTANCES);
    let last = -1;
    for (const offset of offsets) {
      pushVarint(bytes, offset - last - 1);
      last = offset;
    }
  } else if (shortest === runsLength) {
    pushVarint(bytes, count * 4 + RUNS);
    let start = offsets[0];
    let last = start;
    let end = -1;
    const pushRun = () => {
      pushVarint(bytes, start - end - 1);
      pushVarint(bytes, last - start);
      end = last;
    };
    for (let i = 1; i < count; i += 1) {
      if (offsets[i] !== last + 1) {
        pushRun();
        start = offsets[i];
      }
      last = offsets[i];
    }
    pushRun();
  } else {
    pushVarint(bytes, count * 4 + BITS);
    pushVarint(bytes, first);
    const bits = new Uint8Array(Math.floor((before - first) / 8) + 1);
    // eslint-disable-next-line no-bitwise
    for (const o of offsets) bits[(o - first) >> 3] |= 1 << ((o - first) & 7);
    for (const byte of bits) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** Reads what {@link encodePostings} wrote, from where the reader stands. */
export function decodePostings(reader: ByteReader): Offsets {
  const head = reader.varint();
  const way = head % 4;
  const count = Math.floor(head / 4);
  if (count > MAX_SPAN)
    throw new RangeError('A page of the search index counts too much');
  const offsets = new Uint16Array(count);
  if (way === DISTANCES) {
    let last = -1;
    for (let i = 0; i < count; i += 1) {
      last += reader.varint() + 1;
      offsets[i] = last;
    }
  } else if (way === RUNS) {
    let end = -1;
    for (let i = 0; i < count; ) {
      const start = end + reader.varint() + 1;
      end = start + reader.varint();
      for (let offset = start; offset <= end && i < count; offset += 1) {
        offsets[i] = offset;
        i += 1;
      }
    }
  } else {
    const first = reader.varint();
    for (let i = 0, base = first; i < count; base += 8) {
      let byte = reader.byte();
      for (let offset = base; byte !== 0; offset += 1) {
        // eslint-disable-next-line no-bitwise
        if (byte & 1 && i < count) {
          offsets[i] = offset;
          i += 1;
        }
        // eslint-disable-next-line no-bitwise
        byte >>= 1;
      }
    }
  }
  return offsets;
}

/**
 * Those of `wanted` that are written where the reader stands. A hot term is not unpacked for it: bits are tested, runs and
 * distances are passed over once.
 */
export function retainWritten(wanted: Offsets, reader: ByteReader): Offsets {
  const head = reader.varint();
  const way = head % 4;
  const count = Math.floor(head / 4);
  const kept = new Uint16Array(wanted.length);
  let size = 0;
  if (way === BITS) {
    const first = reader.varint();
    const { bytes, at } = reader;
    for (let i = 0; i < wanted.length; i += 1) {
      const bit = wanted[i] - first;
      if (bit < 0) continue;
      const place = at + Math.floor(bit / 8);
      if (place >= reader.end) break;
      // eslint-disable-next-line no-bitwise
      if ((bytes[place] >> bit % 8) & 1) {
        kept[size] = wanted[i];
        size += 1;
      }
    }
    return kept.subarray(0, size);
  }
  let end = -1;
  for (let i = 0, seen = 0; i < wanted.length && seen < count; ) {
    const start = end + reader.varint() + 1;
    end = way === RUNS ? start + reader.varint() : start;
    seen += end - start + 1;
    while (i < wanted.length && wanted[i] < start) i += 1;
    while (i < wanted.length && wanted[i] <= end) {
      kept[size] = wanted[i];
      size += 1;
      i += 1;
    }
  }
  return kept.subarray(0, size);
}

/** How many offsets are written where the reader stands. */
export function countWritten(reader: ByteReader): number {
  return Math.floor(reader.varint() / 4);
}

/** Whether what is written where the reader stands takes, unpacked, about twice the room at most. */
export function isUnpackedSmall(reader: ByteReader): boolean {
  return reader.varint() % 4 === DISTANCES;
}

/** A set of offsets of a segment, one bit for each: small however many they are, and quick to ask. */
export type Marks = Uint8Array;

export function marksOf(offsets: Offsets): Marks {
  const marks = new Uint8Array(MAX_SPAN / 8);
  // eslint-disable-next-line no-bitwise
  for (const offset of offsets) marks[offset >> 3] |= 1 << (offset & 7);
  return marks;
}

/** Those of `wanted` that are marked. */
export function retainMarked(wanted: Offsets, marks: Marks): Offsets {
  // eslint-disable-next-line no-bitwise
  return wanted.filter(offset => marks[offset >> 3] & (1 << (offset & 7)));
}

/** All that is marked, rising. */
export function markedIn(marks: Marks): Offsets {
  const offsets: number[] = [];
  for (let place = 0; place < marks.length; place += 1) {
    let byte = marks[place];
    for (let offset = place * 8; byte !== 0; offset += 1) {
      // eslint-disable-next-line no-bitwise
      if (byte & 1) offsets.push(offset);
      // eslint-disable-next-line no-bitwise
      byte >>= 1;
    }
  }
  return Uint16Array.from(offsets);
}

/** Offsets that occur in all lists. */
export function intersect(lists: Offsets[]): Offsets {
  const [shortest, ...others] = [...lists].sort((a, b) => a.length - b.length);
  let kept = shortest;
  for (const other of others) {
    if (kept.length === 0) return kept;
    const next = new Uint16Array(kept.length);
    let size = 0;
    let at = 0;
    for (const offset of kept) {
      at = firstAtLeast(other, offset, at);
      if (at === other.length) break;
      if (other[at] === offset) {
        next[size] = offset;
        size += 1;
      }
    }
    kept = next.subarray(0, size);
  }
  return kept;
}

/** Below this, sorting costs less than going through all offsets that there could be. */
const fewOffsets = 4_096;

/** Offsets that occur in any of the lists. */
export function unite(lists: Offsets[]): Offsets {
  if (lists.length === 1) return lists[0];
  let total = 0;
  for (const list of lists) total += list.length;
  return total < fewOffsets ? sorted(lists, total) : marked(lists);
}

function sorted(lists: Offsets[], total: number): Offsets {
  const all = new Uint16Array(total);
  let size = 0;
  for (const list of lists) {
    all.set(list, size);
    size += list.length;
  }
  all.sort();
  let kept = 0;
  for (let i = 0; i < all.length; i += 1) {
    if (i > 0 && all[i] === all[i - 1]) continue;
    all[kept] = all[i];
    kept += 1;
  }
  return all.subarray(0, kept);
}

function marked(lists: Offsets[]): Offsets {
  const seen = new Uint8Array(MAX_SPAN);
  let count = 0;
  for (const list of lists) {
    for (let i = 0; i < list.length; i += 1) {
      count += 1 - seen[list[i]];
      seen[list[i]] = 1;
    }
  }
  const united = new Uint16Array(count);
  let size = 0;
  for (let offset = 0; size < count; offset += 1) {
    if (seen[offset] === 1) {
      united[size] = offset;
      size += 1;
    }
  }
  return united;
}

/** Index of the first offset that is not below `wanted`, looked for in growing steps from `from`. */
function firstAtLeast(list: Offsets, wanted: number, from: number): number {
  let step = 1;
  let low = from;
  let high = from;
  while (high < list.length && list[high] < wanted) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = Math.min(high, list.length);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (list[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

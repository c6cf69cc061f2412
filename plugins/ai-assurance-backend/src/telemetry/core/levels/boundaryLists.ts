import { ByteReader } from './bytes';

const mostKept = 1_000;
const bytesOfBoundary = 8;

/**
 * Reads the lists of boundaries that rows of segments begin with. Many rows have them alike: equal bytes give the same lists,
 * so that what is worked out of one is worked out for all. They MUST NOT be changed.
 */
export class BoundaryLists {
  readonly #kept = new Map<string, readonly number[][]>();

  /** Leaves the reader behind them. */
  read(from: ByteReader): readonly number[][] {
    const start = from.at;
    for (let left = from.varint(); left > 0; left -= 1)
      from.bytes(bytesOfBoundary * from.varint());
    const end = from.at;
    from.at = start;
    const bytes = from.bytes(end - start);
    const text = Buffer.from(
      bytes.buffer,
      bytes.byteOffset,
      bytes.length,
    ).toString('latin1');
    const known = this.#kept.get(text);
    if (known) return known;
    from.at = start;
    const lists = readLists(from);
    if (this.#kept.size >= mostKept) this.#kept.clear();
    this.#kept.set(text, lists);
    return lists;
  }
}

function readLists(from: ByteReader): number[][] {
  const lists: number[][] = [];
  for (let left = from.varint(); left > 0; left -= 1) {
    const list: number[] = [];
    for (let rest = from.varint(); rest > 0; rest -= 1) list.push(from.float());
    lists.push(list);
  }
  return lists;
}

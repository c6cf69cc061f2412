import { mergeValues, WindowValue } from '../windowValue';
import { BoundaryLists } from './boundaryLists';
import { ByteReader, ByteWriter } from './bytes';
import { HistogramReader, readValue, Shapes, writeValue } from './valueBytes';

/** The two columns that hold the segments of a row. */
export interface SegmentBytes {
  members: Uint8Array;
  segments: Uint8Array;
}

/** Ids ascending, each as its distance from the one before. */
export function readMembers(members: Uint8Array): number[] {
  const from = new ByteReader(members);
  const ids: number[] = [];
  let id = 0;
  while (!from.isAtEnd) {
    id += from.varint();
    ids.push(id);
  }
  return ids;
}

/** Hands on the values of a row; `wants` leaves out segments, which are then skipped and not read. */
export function eachSegment(
  { members, segments }: SegmentBytes,
  wants: (seriesId: number) => boolean,
  use: (seriesId: number, value: WindowValue) => void,
): void {
  const from = new ByteReader(segments);
  const shapes = Shapes.read(from);
  for (const id of readMembers(members)) {
    const part = from.varint();
    const next = from.at + part;
    if (wants(id)) use(id, readValue(from, shapes));
    from.at = next;
  }
}

const noShapes = new Shapes();

/** {@link eachSegment} for readers of very many rows, most of whose segments are explicit histograms. */
export class SegmentReader {
  readonly #boundaries = new BoundaryLists();
  readonly #histogram = new HistogramReader();

  /** `ids` are those of the members. A histogram is handed on as it lies there: nothing of it is valid once `histogram` returns. */
  each(
    segments: Uint8Array,
    ids: readonly number[],
    use: {
      histogram(seriesId: number, histogram: HistogramReader): void;
      other(seriesId: number, value: WindowValue): void;
    },
  ): void {
    const from = new ByteReader(segments);
    const lists = this.#boundaries.read(from);
    for (const id of ids) {
      const part = from.varint();
      const next = from.at + part;
      if (this.#histogram.read(from, lists)) use.histogram(id, this.#histogram);
      // Values of other kinds have no boundaries.
      else use.other(id, readValue(from, noShapes));
      from.at = next;
    }
  }
}

/**
 * The segments of one minute, hour or day of a stream. Values are merged one by one, and what is not touched is copied as it
 * stands, so that a row of many segments costs little to add to.
 */
export class Segments {
  readonly #shapes: Shapes;
  /** Bytes as they were, or a value that changed. */
  readonly #parts = new Map<number, Uint8Array | WindowValue>();

  constructor(stored?: SegmentBytes) {
    if (!stored) {
      this.#shapes = new Shapes();
      return;
    }
    const from = new ByteReader(stored.segments);
    this.#shapes = Shapes.read(from);
    for (const id of readMembers(stored.members))
      this.#parts.set(id, from.bytes(from.varint()));
  }

  get size(): number {
    return this.#parts.size;
  }

  has(seriesId: number): boolean {
    return this.#parts.has(seriesId);
  }

  /** Merges a value into a segment. The order of merges does not matter. */
  add(seriesId: number, value: WindowValue): void {
    const known = this.#parts.get(seriesId);
    if (!known) {
      this.#parts.set(seriesId, value);
      return;
    }
    const before =
      known instanceof Uint8Array
        ? readValue(new ByteReader(known), this.#shapes)
        : known;
    this.#parts.set(seriesId, mergeValues(before, value));
  }

  /** Equal content gives equal bytes, but for the order in which boundaries were first met. */
  toBytes(): SegmentBytes {
    const members = new ByteWriter();
    const values = new ByteWriter();
    let last = 0;
    for (const id of [...this.#parts.keys()].sort((a, b) => a - b)) {
      members.varint(id - last);
      last = id;
      const part = this.#parts.get(id)!;
      let bytes: Uint8Array;
      if (part instanceof Uint8Array) bytes = part;
      else {
        const own = new ByteWriter();
        writeValue(own, this.#shapes, part);
        bytes = own.take();
      }
      values.varint(bytes.length);
      values.bytes(bytes);
    }
    const whole = new ByteWriter();
    this.#shapes.write(whole);
    whole.bytes(values.take());
    return { members: members.take(), segments: whole.take() };
  }
}

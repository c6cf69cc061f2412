import { labelsOf, POINT_ATTRIBUTES, PointLabels } from './point';
import {
  emptyAttributes,
  MAX_ATTRIBUTE_LENGTH,
  MAX_ATTRIBUTES,
} from './request';
import { WireReader } from './wire';

// common/v1/common.proto of opentelemetry-proto 1.x, by tag: field number * 8 + wire type.
const KEY = 10;
const VALUE = 18;
const STRING = 10;
const BOOL = 16;
const INT = 24;
const DOUBLE = 33;

/** The scalar in an `AnyValue`, as text; `undefined` for lists, maps and bytes. */
export function scalarText(
  reader: WireReader,
  end: number,
): string | undefined {
  let text: string | undefined;
  while (reader.pos < end) {
    const tag = reader.varint();
    if (tag === STRING) text = reader.text();
    else if (tag === BOOL) text = String(reader.varint() !== 0);
    else if (tag === INT) text = String(reader.signedVarint());
    else if (tag === DOUBLE) text = String(reader.double());
    else reader.skip(tag);
  }
  reader.requireEnd(end);
  return text;
}

/** Reads a `KeyValue` up to `end`; `wanted` decides by the key whether the value is read. */
export function readKeyValue(
  reader: WireReader,
  end: number,
  into: Record<string, string>,
  wanted?: ReadonlySet<string>,
): void {
  let key = '';
  let text: string | undefined;
  while (reader.pos < end) {
    const tag = reader.varint();
    if (tag === KEY) key = reader.text();
    else if (tag === VALUE) text = scalarText(reader, reader.lengthEnd());
    else reader.skip(tag);
  }
  reader.requireEnd(end);
  if (text === undefined || text.length > MAX_ATTRIBUTE_LENGTH) return;
  if (!wanted || wanted.has(key)) into[key] = text;
}

/** Attributes in a message where they are the field of `tag`, up to `end`; other fields are left to `other`. */
export function readAttributes(
  reader: WireReader,
  end: number,
  tag: number,
  other?: (tag: number) => void,
): Record<string, string> {
  const attributes = emptyAttributes();
  let count = 0;
  while (reader.pos < end) {
    const next = reader.varint();
    if (next === tag && count < MAX_ATTRIBUTES) {
      count += 1;
      readKeyValue(reader, reader.lengthEnd(), attributes);
    } else if (other && next !== tag) {
      other(next);
    } else {
      reader.skip(next);
    }
  }
  reader.requireEnd(end);
  return attributes;
}

/** The fields of a message as they stand, each as text of its bytes, in a fixed order. */
export function sortedFields(reader: WireReader, end: number): string {
  const fields: string[] = [];
  while (reader.pos < end) {
    const from = reader.pos;
    reader.skip(reader.varint());
    fields.push(reader.raw(from, reader.pos));
  }
  return fields.sort().join('');
}

/** Where attributes stood that were read lately. */
interface Recent {
  from: number;
  end: number;
  labels: PointLabels;
}

const RECENT = 4;

/** Attributes of points, read once for all points that carry the same bytes. */
export class LabelCache {
  readonly #known = new Map<string, PointLabels>();
  readonly #recent: Recent[] = [];
  #oldest = 0;

  /**
   * The labels in these bytes of the body. The metrics of one device mostly carry the same few attributes in turn, so the
   * bytes are compared with those read last before a key is made of them.
   */
  at(reader: WireReader, from: number, end: number): PointLabels {
    for (const recent of this.#recent) {
      if (
        recent.end - recent.from === end - from &&
        reader.bytes.compare(
          reader.bytes,
          recent.from,
          recent.end,
          from,
          end,
        ) === 0
      )
        return recent.labels;
    }
    const labels = this.of(reader.raw(from, end));
    this.#recent[this.#oldest] = { from, end, labels };
    this.#oldest = (this.#oldest + 1) % RECENT;
    return labels;
  }

  /** `raw` is the points' attribute fields, tags and all, one byte for each character. */
  of(raw: string): PointLabels {
    const known = this.#known.get(raw);
    if (known) return known;
    const reader = new WireReader(Buffer.from(raw, 'latin1'));
    const attributes = emptyAttributes();
    while (reader.pos < raw.length) {
      reader.varint();
      readKeyValue(reader, reader.lengthEnd(), attributes, POINT_ATTRIBUTES);
    }
    const labels = labelsOf(attributes, () => {
      reader.pos = 0;
      return sortedFields(reader, raw.length);
    });
    this.#known.set(raw, labels);
    return labels;
  }
}

import { areSameBytes, ByBytes, viewOf } from './byBytes';
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
    else if (tag === INT) text = reader.signedText();
    else if (tag === DOUBLE) text = String(reader.double());
    else reader.skip(tag);
  }
  reader.requireEnd(end);
  return text;
}

/** Reads a `KeyValue` up to `end`. */
function readKeyValue(
  reader: WireReader,
  end: number,
  into: Record<string, string>,
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
  if (text !== undefined && text.length <= MAX_ATTRIBUTE_LENGTH)
    into[key] = text;
}

/** Names of the attributes that are read of points, by their bytes: of the others not even the name is made a text. */
const namesRead = [...POINT_ATTRIBUTES].map(name => ({
  name,
  view: viewOf(Buffer.from(name)),
}));

function nameRead(view: DataView, from: number, end: number) {
  const size = end - from;
  return namesRead.find(
    known =>
      known.view.byteLength === size &&
      areSameBytes(known.view, 0, view, from, size),
  )?.name;
}

/** Reads a `KeyValue` of a point up to `end`, if it is one that is read; else it is only checked. */
function readPointAttribute(
  reader: WireReader,
  end: number,
  into: Record<string, string>,
): void {
  let name: string | undefined;
  let valueAt = -1;
  while (reader.pos < end) {
    const tag = reader.varint();
    if (tag === KEY) {
      const keyEnd = reader.lengthEnd();
      name = nameRead(reader.view, reader.pos, keyEnd);
      reader.pos = keyEnd;
    } else if (tag === VALUE) {
      valueAt = reader.pos;
      reader.pos = reader.lengthEnd();
    } else reader.skip(tag);
  }
  reader.requireEnd(end);
  if (name === undefined || valueAt < 0) return;
  reader.pos = valueAt;
  const text = scalarText(reader, reader.lengthEnd());
  reader.pos = end;
  if (text !== undefined && text.length <= MAX_ATTRIBUTE_LENGTH)
    into[name] = text;
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

/** Sets of attributes known at once; of more, each is read again where it comes. */
const LABELS_KEPT = 1024;

/** Attributes of the points of one request, read once for all points that carry the same bytes. */
export class LabelCache {
  readonly #known = new ByBytes<PointLabels>(LABELS_KEPT);

  /** The labels in these bytes: the points' attribute fields, tags and all. */
  at(reader: WireReader, from: number, end: number): PointLabels {
    const known = this.#known.find(reader.view, from, end);
    if (known) return known;
    const labels = this.of(reader.bytes.subarray(from, end));
    this.#known.keep(reader.view, from, end, labels);
    return labels;
  }

  /** The same for bytes that do not stand together in the body. */
  of(fields: Buffer): PointLabels {
    const reader = new WireReader(fields);
    const attributes = emptyAttributes();
    for (let i = 0; i < MAX_ATTRIBUTES && reader.pos < fields.length; i += 1) {
      reader.varint();
      readPointAttribute(reader, reader.lengthEnd(), attributes);
    }
    return labelsOf(attributes, () => {
      reader.pos = 0;
      return sortedFields(reader, fields.length);
    });
  }
}

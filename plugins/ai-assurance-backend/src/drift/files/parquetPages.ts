import { ColumnMetaData, DecodedArray, parquetSchema } from 'hyparquet';
import { compressors as librarys } from 'hyparquet-compressors';
// A column is read page by page, and a page value by value, so that memory does not grow with the group of rows that its writer
// liked. The package hands out what decodes parts of a page under these names; its version is pinned for that.
import { parquetHeader, readPage } from 'hyparquet/src/column.js';
import { convert, DEFAULT_PARSERS } from 'hyparquet/src/convert.js';
import { decompressPage } from 'hyparquet/src/datapage.js';
import {
  deltaBinaryUnpack,
  deltaByteArray,
  deltaLengthByteArray,
} from 'hyparquet/src/delta.js';
import { byteStreamSplit } from 'hyparquet/src/encoding.js';
import { readPlain } from 'hyparquet/src/plain.js';
import { getTreePath } from 'hyparquet/src/schema.js';
import { brotliDecompressSync, unzipSync, zstdDecompressSync } from 'node:zlib';
import { readRuns } from './parquetRuns';

export type SchemaTree = ReturnType<typeof parquetSchema>;
export type PageHeader = ReturnType<typeof parquetHeader>;

export const viewOf = (bytes: Uint8Array) =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A page never unpacks to more than it says: what it says was looked at before. */
const bounded =
  (
    unpack: (
      bytes: Uint8Array,
      options: { maxOutputLength: number; chunkSize: number },
    ) => Uint8Array,
  ) =>
  (bytes: Uint8Array, length: number) =>
    unpack(bytes, {
      maxOutputLength: Math.max(1, length),
      chunkSize: Math.max(1024, length),
    });

const compressors = {
  ...librarys,
  GZIP: bounded(unzipSync),
  BROTLI: bounded(brotliDecompressSync),
  ZSTD: bounded(zstdDecompressSync),
};

/** How the values of a column with one value a row are written. */
export function decoderOf(meta: ColumnMetaData, schema: SchemaTree) {
  const { path_in_schema: pathInSchema, type, codec } = meta;
  const schemaPath = getTreePath(schema, pathInSchema);
  return {
    pathInSchema,
    type,
    codec,
    schemaPath,
    element: schemaPath[schemaPath.length - 1].element,
    parsers: DEFAULT_PARSERS,
    compressors,
    utf8: true,
  };
}
export type Decoder = ReturnType<typeof decoderOf>;

/** Numbers of one page, in memory that is used again for the next: a page may hold a million of them. */
export class PageNumbers {
  #levels = new Uint8Array(0);
  #entries = new Int32Array(0);

  /** Which values are there; holds what it held before. */
  levels(count: number): Uint8Array {
    if (this.#levels.length < count) this.#levels = new Uint8Array(count);
    return this.#levels.subarray(0, count);
  }

  /** Which entries of a dictionary the values are; holds what it held before. */
  entries(count: number): Int32Array {
    if (this.#entries.length < count) this.#entries = new Int32Array(count);
    return this.#entries.subarray(0, count);
  }
}

/** The entries of a dictionary page. Its bytes MUST stay as they are while the dictionary is used. */
export function dictionaryOf(
  body: Uint8Array,
  header: PageHeader,
  decoder: Decoder,
): DecodedArray {
  const { data } = readPage(
    { view: viewOf(body), offset: 0 },
    header,
    decoder,
    undefined,
    undefined,
    0,
  );
  return convert(data ?? [], decoder);
}

/** Calls back for every value of a data page, in order; `null` for one that is not there. Throws an Error for a broken page. */
export function eachOfPage(
  body: Uint8Array,
  header: PageHeader,
  decoder: Decoder,
  dictionary: DecodedArray | undefined,
  numbers: PageNumbers,
  found: (value: unknown) => void,
): void {
  const { encoding } =
    header.data_page_header ?? header.data_page_header_v2 ?? {};
  if (encoding === undefined) throw new Error('a page is of no known kind');
  const page = openPage(body, header, decoder, numbers);
  switch (encoding) {
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      if (!dictionary) throw new Error('a page has no dictionary');
      inOrder(page, entriesOf(page, dictionary, numbers), found);
      break;
    case 'PLAIN':
      inOrder(page, plainOf(page, decoder), found);
      break;
    default: {
      const values = convert(writtenOf(page, encoding, decoder), decoder);
      inOrder(page, at => values[at], found);
    }
  }
}

/** A page that is unpacked, up to where its values begin. */
interface OpenPage {
  /** 1 for each value that is there, 0 for one that is not; `undefined`: all are. */
  levels: Uint8Array | undefined;
  /** How many values are there. */
  count: number;
  bytes: Uint8Array;
  start: number;
}

function openPage(
  body: Uint8Array,
  header: PageHeader,
  { element, codec, compressors: unpack }: Decoder,
  numbers: PageNumbers,
): OpenPage {
  const { data_page_header: first, data_page_header_v2: second } = header;
  const whole = header.uncompressed_page_size;
  const valueCount = (first ?? second)!.num_values;
  const levels =
    element.repetition_type === 'OPTIONAL'
      ? numbers.levels(valueCount)
      : undefined;
  let bytes: Uint8Array;
  let start = 0;
  if (first) {
    bytes = decompressPage(body, whole, codec, unpack);
    if (levels) {
      const length = viewOf(bytes).getUint32(0, true);
      start = 4 + length;
      readRuns(bytes.subarray(0, start), 4, 1, levels);
    }
  } else {
    const {
      repetition_levels_byte_length: before,
      definition_levels_byte_length: length,
      is_compressed: isPacked,
    } = second!;
    if (!(before >= 0 && length >= 0 && before + length <= body.length))
      throw new Error('a page ends too early');
    if (levels) readRuns(body.subarray(0, before + length), before, 1, levels);
    const rest = body.subarray(before + length);
    bytes =
      isPacked === false
        ? rest
        : decompressPage(rest, whole - before - length, codec, unpack);
  }
  let count = valueCount;
  if (levels) {
    count = 0;
    for (let i = 0; i < levels.length; i += 1) count += levels[i];
  }
  return { levels, count, bytes, start };
}

/** Every value of a page; `valueAt` is asked for those that are there, one after the other. */
function inOrder(
  { levels, count }: OpenPage,
  valueAt: (at: number) => unknown,
  found: (value: unknown) => void,
): void {
  if (!levels) {
    for (let i = 0; i < count; i += 1) found(valueAt(i));
    return;
  }
  let next = 0;
  for (let i = 0; i < levels.length; i += 1)
    if (levels[i] === 1) {
      found(valueAt(next));
      next += 1;
    } else found(null);
}

/** Values that are entries of the dictionary of the column. */
function entriesOf(
  { bytes, start, count }: OpenPage,
  dictionary: DecodedArray,
  numbers: PageNumbers,
): (at: number) => unknown {
  const entries = numbers.entries(count);
  if (!(start < bytes.length)) throw new Error('a page ends too early');
  const width = bytes[start];
  if (width === 0) entries.fill(0);
  else readRuns(bytes, start + 1, width, entries);
  return at => {
    const entry = entries[at];
    if (!(entry >= 0 && entry < dictionary.length))
      throw new Error('a page names what its dictionary does not hold');
    return dictionary[entry];
  };
}

/** Values that are written out. Texts are made one by one: all of a page together would be many times its size. */
function plainOf(
  { bytes, start, count }: OpenPage,
  decoder: Decoder,
): (at: number) => unknown {
  const { type, element } = decoder;
  if (start > bytes.length) throw new Error('a page ends too early');
  const reader = { view: viewOf(bytes), offset: start };
  if (!isText(decoder)) {
    const values = convert(
      readPlain(reader, type, count, element.type_length),
      decoder,
    );
    return at => values[at];
  }
  const { buffer, byteOffset, byteLength } = bytes;
  const text = Buffer.from(buffer, byteOffset, byteLength);
  let offset = start;
  return () => {
    const from = offset + 4;
    const length = from <= byteLength ? text.readUInt32LE(offset) : Infinity;
    if (length > byteLength - from)
      throw new Error('a text does not lie within its page');
    offset = from + length;
    return text.toString('utf8', from, offset);
  };
}

function isText({ type, element }: Decoder): boolean {
  if (type !== 'BYTE_ARRAY') return false;
  const { converted_type: converted, logical_type: logical } = element;
  return converted === undefined && logical === undefined
    ? true
    : converted === 'UTF8' || logical?.type === 'STRING';
}

/** Values in one of the rarer encodings. */
function writtenOf(
  { bytes, start, count }: OpenPage,
  encoding: string,
  { type, element }: Decoder,
): DecodedArray {
  if (start > bytes.length) throw new Error('a page ends too early');
  const reader = { view: viewOf(bytes), offset: start };
  switch (encoding) {
    case 'RLE': {
      if (type !== 'BOOLEAN')
        throw new Error(`runs hold BOOLEAN values, not ${type}`);
      const values = new Uint8Array(count);
      readRuns(bytes, start + 4, 1, values);
      return Array.from(values, value => value === 1);
    }
    case 'BYTE_STREAM_SPLIT':
      return byteStreamSplit(reader, count, type, element.type_length);
    case 'DELTA_BINARY_PACKED': {
      const values =
        type === 'INT32' ? new Int32Array(count) : new BigInt64Array(count);
      deltaBinaryUnpack(reader, count, values);
      return values;
    }
    case 'DELTA_LENGTH_BYTE_ARRAY': {
      const values: Uint8Array[] = new Array(count);
      deltaLengthByteArray(reader, count, values);
      return values;
    }
    case 'DELTA_BYTE_ARRAY': {
      const values: Uint8Array[] = new Array(count);
      deltaByteArray(reader, count, values);
      return values;
    }
    default:
      throw new Error(`a page is written as ${encoding}, which is not read`);
  }
}

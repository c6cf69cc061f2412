import {
  AsyncBuffer,
  ColumnMetaData,
  DecodedArray,
  FileMetaData,
  parquetMetadataAsync,
  parquetSchema,
} from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { byCohorts, ColumnFold, failMissing } from '../core/samples';
import { FileLimits } from './limits';
import {
  Decoder,
  decoderOf,
  dictionaryOf,
  eachOfPage,
  PageHeader,
  PageNumbers,
  SchemaTree,
  viewOf,
} from './parquetPages';

/** The magic word twice, and the length of what lies between. */
const leastBytes = 12;
/** Read to find the header of a page; one with long statistics takes a second look. */
const headerBytes = 64 * 1024;
const longestHeaderBytes = 4 * 1024 * 1024;

async function footerOf(file: AsyncBuffer): Promise<FileMetaData> {
  if (file.byteLength < leastBytes)
    throw new Error('is no Parquet file: it is too short');
  try {
    return await parquetMetadataAsync(file);
  } catch (error) {
    // What the reader trips over in a broken footer says nothing to whoever wrote the file.
    const isTold = !(error instanceof TypeError || error instanceof RangeError);
    throw new Error(
      `is no Parquet file: ${
        isTold ? (error as Error).message : 'its footer is broken'
      }`,
    );
  }
}

function schemaOf(metadata: FileMetaData): SchemaTree {
  try {
    return parquetSchema(metadata);
  } catch {
    throw new Error('is no Parquet file: its columns are not told');
  }
}

/** Names of the columns, and of those that do not hold one value a row. */
function columnsOf({ children }: SchemaTree): {
  names: string[];
  nested: Set<string>;
} {
  const nested = new Set<string>();
  for (const { element, children: inner } of children)
    if (inner.length > 0 || element.repetition_type === 'REPEATED')
      nested.add(element.name);
  return { names: children.map(({ element }) => element.name), nested };
}

/** A file that is read into memory that is used again: what was read for one page is not garbage of the next. */
export interface PagedFile extends AsyncBuffer {
  /** Fills the whole target from a place on. Throws an Error where the file ends before. */
  readInto(target: Uint8Array, start: number): Promise<void>;
}

class PageMemory {
  readonly numbers = new PageNumbers();
  readonly #file: PagedFile;
  #bytes = new Uint8Array(headerBytes);

  constructor(file: PagedFile) {
    this.#file = file;
  }

  /** Holds until the next call. */
  async read(start: number, end: number): Promise<Uint8Array> {
    const length = Math.max(0, end - start);
    if (this.#bytes.length < length)
      this.#bytes = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    const target = this.#bytes.subarray(0, length);
    await this.#file.readInto(target, start);
    return target;
  }
}

/** The header at a place, where its page begins, and what was read with it. */
async function headerAt(
  memory: PageMemory,
  offset: number,
  end: number,
): Promise<{ header: PageHeader; bodyStart: number; read: Uint8Array }> {
  for (let length = headerBytes; ; length *= 8) {
    const read = await memory.read(offset, Math.min(end, offset + length));
    const reader = { view: viewOf(read), offset: 0 };
    try {
      const header = parquetHeader(reader);
      return { header, bodyStart: offset + reader.offset, read };
    } catch (error) {
      if (offset + length >= end || length >= longestHeaderBytes) throw error;
    }
  }
}

/** Sizes are what the file says of itself: looked at before anything of that size is made. */
function checkPage(
  header: PageHeader,
  bodyStart: number,
  end: number,
  rowsLeft: number,
  limits: FileLimits,
): void {
  const { compressed_page_size: size, uncompressed_page_size: whole } = header;
  if (!(size >= 0 && bodyStart + size <= end))
    throw new Error('a page does not lie within its column');
  if (!(whole >= 0 && Math.max(size, whole) <= limits.pageBytes))
    throw new Error(`a page is larger than ${limits.pageBytes} bytes`);
  const { dictionary_page_header: dictionary } = header;
  if (dictionary && !(dictionary.num_values <= limits.pageBytes))
    throw new Error('a dictionary has more values than its page has bytes');
  const count =
    header.data_page_header?.num_values ??
    header.data_page_header_v2?.num_values ??
    0;
  if (!(count >= 0 && count <= rowsLeft))
    throw new Error('a page has more rows than its group');
}

/** Calls back for every value of a column of a group of rows, in order; a page is forgotten before the next is read. */
async function eachValue(
  file: PagedFile,
  memory: PageMemory,
  meta: ColumnMetaData,
  decoder: Decoder,
  rows: number,
  limits: FileLimits,
  found: (value: unknown, at: number) => void,
): Promise<void> {
  let offset = Number(meta.dictionary_page_offset || meta.data_page_offset);
  const end = Math.min(
    file.byteLength,
    offset + Number(meta.total_compressed_size),
  );
  let dictionary: DecodedArray | undefined;
  let at = 0;
  const take = (value: unknown) => {
    found(value, at);
    at += 1;
  };
  while (at < rows && offset < end) {
    const { header, bodyStart, read } = await headerAt(memory, offset, end);
    checkPage(header, bodyStart, end, rows - at, limits);
    const bodyEnd = bodyStart + header.compressed_page_size;
    const isDictionary = header.type === 'DICTIONARY_PAGE';
    let body =
      bodyEnd - offset <= read.byteLength
        ? read.subarray(bodyStart - offset, bodyEnd - offset)
        : await memory.read(bodyStart, bodyEnd);
    // A dictionary outlives its page, and may point into it.
    if (isDictionary) body = body.slice();
    offset = bodyEnd;
    if (header.type === 'INDEX_PAGE') continue;
    if (isDictionary) dictionary = dictionaryOf(body, header, decoder);
    else eachOfPage(body, header, decoder, dictionary, memory.numbers, take);
  }
  if (at !== rows) throw new Error(`has ${at} values for ${rows} rows`);
}

type EachOfColumn = (
  column: string,
  found: (value: unknown, at: number) => void,
) => Promise<void>;

/** Reads columns of one group of rows; what is wrong is told with rows and column. */
function groupReader(
  file: PagedFile,
  memory: PageMemory,
  group: FileMetaData['row_groups'][number],
  { first, rows }: { first: number; rows: number },
  schema: SchemaTree,
  limits: FileLimits,
): EachOfColumn {
  return async (column, found) => {
    const where = `rows ${first} to ${first + rows - 1}, column ${column}`;
    const chunk = group.columns.find(
      ({ meta_data: meta }) => meta?.path_in_schema[0] === column,
    );
    if (!chunk?.meta_data || chunk.file_path)
      throw new Error(`${where}: is not in this file, or encrypted`);
    try {
      const decoder = decoderOf(chunk.meta_data, schema);
      await eachValue(
        file,
        memory,
        chunk.meta_data,
        decoder,
        rows,
        limits,
        found,
      );
    } catch (error) {
      throw new Error(
        `${where}: cannot be decoded: ${(error as Error).message}`,
      );
    }
  };
}

/**
 * Folds the columns of a Parquet file, one page of one column at a time. Returns how many rows there were. Throws an Error
 * for what is no Parquet, or is more than the limits allow.
 */
export async function readParquet(
  file: PagedFile,
  folds: readonly ColumnFold[],
  limits: FileLimits,
): Promise<number> {
  const metadata = await footerOf(file);
  const rowCount = Number(metadata.num_rows);
  if (rowCount > limits.rows)
    throw new Error(`has more than ${limits.rows} rows`);
  const schema = schemaOf(metadata);
  const { names, nested } = columnsOf(schema);
  if (names.length > limits.columns)
    throw new Error(`has more than ${limits.columns} columns`);
  failMissing(folds, names, true);
  for (const fold of folds) {
    const { column, cohortColumn, deviceColumn } = fold.wish;
    for (const name of [column, cohortColumn, deviceColumn])
      if (name !== undefined && nested.has(name))
        fold.fail(`column ${name} holds lists or groups, not one value a row`);
  }

  const memory = new PageMemory(file);
  /** Where the cohort of each row of a group is counted: written anew for each group, in the same room. */
  const room = { places: new Int16Array(0) };
  let start = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    if (!(rows >= 0 && start + rows <= rowCount))
      throw new Error('its groups hold more rows than the file');
    const first = start + 1;
    const each = groupReader(
      file,
      memory,
      group,
      { first, rows },
      schema,
      limits,
    );
    for (const part of byCohorts(folds.filter(fold => !fold.isOver))) {
      const { cohorts, cohortColumn, deviceColumn } = part;
      if (cohorts && room.places.length < rows)
        room.places = new Int16Array(rows);
      const { places } = room;
      if (cohorts && cohortColumn !== undefined) {
        await each(cohortColumn, (name, at) => {
          places[at] = cohorts.place(name, first + at);
        });
        if (deviceColumn !== undefined)
          await each(deviceColumn, (device, at) =>
            cohorts.see(places[at], device),
          );
      }
      for (const fold of part.folds)
        await each(fold.wish.column, (value, at) =>
          fold.add(value, cohorts ? places[at] : -1, first + at),
        );
    }
    start += rows;
  }
  if (start !== rowCount)
    throw new Error(`its groups hold ${start} of ${rowCount} rows`);
  return rowCount;
}

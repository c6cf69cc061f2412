import {
  AsyncBuffer,
  DecodedArray,
  FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { byCohorts, ColumnFold, failMissing } from '../core/samples';
import { FileLimits } from './limits';

/** A page says itself how large it becomes; a file that lies must not take the memory. */
function boundedCompressors(limits: FileLimits): typeof compressors {
  return Object.fromEntries(
    Object.entries(compressors).map(([codec, decompress]) => [
      codec,
      (input: Uint8Array, outputLength: number) => {
        if (outputLength > limits.columnBytesAtOnce)
          throw new Error(
            `a page becomes larger than ${limits.columnBytesAtOnce} bytes`,
          );
        return decompress!(input, outputLength);
      },
    ]),
  );
}

/** Names of the columns that hold one value a row, and of those that do not. */
function columnsOf(metadata: FileMetaData): {
  flat: string[];
  nested: Set<string>;
} {
  const { children } = parquetSchema(metadata);
  const nested = new Set<string>();
  for (const { element, children: inner } of children)
    if (inner.length > 0 || element.repetition_type === 'REPEATED')
      nested.add(element.name);
  return { flat: children.map(({ element }) => element.name), nested };
}

/** The magic word twice, and the length of what lies between. */
const leastBytes = 12;

async function footerOf(file: AsyncBuffer): Promise<FileMetaData> {
  if (file.byteLength < leastBytes)
    throw new Error('is no Parquet file: it is too short');
  try {
    return await parquetMetadataAsync(file);
  } catch (error) {
    throw new Error(`is no Parquet file: ${(error as Error).message}`);
  }
}

/** A stretch of rows that is decoded at once. */
interface Slice {
  start: number;
  end: number;
}

/**
 * Row groups, in smaller pieces where the file has an index of its pages. Throws for one that is too large to be decoded at
 * once.
 */
function slicesOf(
  metadata: FileMetaData,
  columns: ReadonlySet<string>,
  limits: FileLimits,
): Slice[] {
  const slices: Slice[] = [];
  let start = 0;
  metadata.row_groups.forEach((group, at) => {
    const rows = Number(group.num_rows);
    const chunks = group.columns.filter(chunk =>
      columns.has(chunk.meta_data?.path_in_schema[0] ?? ''),
    );
    const largest = chunks.reduce(
      (most, { meta_data }) =>
        Math.max(most, Number(meta_data?.total_uncompressed_size ?? 0)),
      0,
    );
    const hasIndex = chunks.every(chunk => chunk.offset_index_length);
    const isTooMuch =
      rows > limits.rowsOfGroup || largest > limits.columnBytesAtOnce;
    if (isTooMuch && !hasIndex)
      throw new Error(
        `row group ${
          at + 1
        } holds ${rows} rows in one piece: write it in groups of at most ${
          limits.rowsOfGroup
        } rows and ${
          limits.columnBytesAtOnce
        } bytes a column, or with an index of its pages`,
      );
    const pieces = hasIndex
      ? Math.max(
          1,
          Math.ceil(rows / limits.rowsAtOnce),
          Math.ceil(largest / limits.columnBytesAtOnce),
        )
      : 1;
    const step = Math.ceil(rows / pieces);
    for (let from = 0; from < rows; from += step)
      slices.push({
        start: start + from,
        end: start + Math.min(rows, from + step),
      });
    start += rows;
  });
  return slices;
}

/**
 * Folds the columns of a Parquet file, one column of one stretch of rows at a time. Returns how many rows there were. Throws
 * an Error for what is no Parquet, or is more than the limits allow.
 */
export async function readParquet(
  file: AsyncBuffer,
  folds: readonly ColumnFold[],
  limits: FileLimits,
): Promise<number> {
  const metadata = await footerOf(file);
  const rowCount = Number(metadata.num_rows);
  if (rowCount > limits.rows)
    throw new Error(`has more than ${limits.rows} rows`);
  const { flat, nested } = columnsOf(metadata);
  if (flat.length > limits.columns)
    throw new Error(`has more than ${limits.columns} columns`);
  failMissing(folds, flat);
  for (const fold of folds) {
    const { column, cohortColumn, deviceColumn } = fold.wish;
    for (const name of [column, cohortColumn, deviceColumn])
      if (name !== undefined && nested.has(name))
        fold.fail(`column ${name} holds lists or groups, not one value a row`);
  }
  const live = folds.filter(fold => !fold.isOver);
  const wanted = new Set(
    live.flatMap(({ wish }) =>
      [wish.column, wish.cohortColumn, wish.deviceColumn].filter(
        name => name !== undefined,
      ),
    ),
  );
  const bounded = boundedCompressors(limits);

  /** Calls back for every row of the slice, in order. */
  const each = async (
    column: string,
    { start, end }: Slice,
    found: (value: unknown, at: number) => void,
  ) => {
    const chunks: { rowStart: number; data: DecodedArray }[] = [];
    try {
      await parquetRead({
        file,
        metadata,
        columns: [column],
        rowStart: start,
        rowEnd: end,
        compressors: bounded,
        useOffsetIndex: true,
        // What is thrown in here would be lost: chunks are only kept.
        onChunk: ({ columnData, rowStart }) =>
          chunks.push({ rowStart, data: columnData }),
      });
    } catch (error) {
      throw new Error(
        `rows ${start + 1} to ${end}, column ${column}: cannot be decoded: ${
          (error as Error).message
        }`,
      );
    }
    let next = start;
    for (const { rowStart, data } of chunks.sort(
      (a, b) => a.rowStart - b.rowStart,
    ))
      for (let i = Math.max(0, next - rowStart); i < data.length; i += 1) {
        if (next >= end) break;
        found(data[i], next - start);
        next += 1;
      }
    if (next < end)
      throw new Error(
        `column ${column} ends after ${next} of ${rowCount} rows`,
      );
  };

  for (const slice of slicesOf(metadata, wanted, limits)) {
    for (const group of byCohorts(live.filter(fold => !fold.isOver))) {
      const places = new Int16Array(slice.end - slice.start).fill(-1);
      const { cohorts, cohortColumn, deviceColumn } = group;
      if (cohorts && cohortColumn !== undefined) {
        await each(cohortColumn, slice, (name, at) => {
          places[at] = cohorts.place(name, slice.start + at + 1);
        });
        if (deviceColumn !== undefined)
          await each(deviceColumn, slice, (device, at) =>
            cohorts.see(places[at], device),
          );
      }
      for (const fold of group.folds) {
        const first = slice.start + 1;
        await each(fold.wish.column, slice, (value, at) =>
          fold.add(value, places[at], first + at),
        );
      }
    }
  }
  return rowCount;
}

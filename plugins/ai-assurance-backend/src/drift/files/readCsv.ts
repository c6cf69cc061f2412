import { CsvError, parse } from 'csv-parse';
import { Duplex, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { byCohorts, ColumnFold, failMissing } from '../core/samples';
import { FileLimits } from './limits';

/** What is wrong, without the text that is wrong: it may be somebody's data. */
function faultOf(error: CsvError, limits: FileLimits): string {
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
    case 'CSV_RECORD_INCONSISTENT_COLUMNS':
      return 'has another number of fields than the names in line 1';
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is never closed';
    case 'CSV_MAX_RECORD_SIZE':
      return `a record is longer than ${limits.recordCharacters} characters`;
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'a quote stands where none may be';
    default:
      return `is no CSV (${error.code})`;
  }
}

function headerOf(record: string[], limits: FileLimits): string[] {
  if (record.length > limits.columns)
    throw new Error(`has more than ${limits.columns} columns`);
  const twice = record.findIndex((name, at) => record.indexOf(name) !== at);
  if (twice >= 0)
    throw new Error(
      `line 1: columns ${record.indexOf(record[twice]) + 1} and ${
        twice + 1
      } have the same name`,
    );
  return record;
}

/**
 * Folds the rows of comma-separated values, the names first, record by record, as they come out of the last of `steps`. Returns how many rows there were.
 * Throws an Error with the line for what is no CSV, or is more than the limits allow.
 */
export async function readCsv(
  steps: readonly Readable[],
  folds: readonly ColumnFold[],
  delimiter: string,
  limits: FileLimits,
): Promise<number> {
  let row = -1;
  let take: (record: string[]) => void = () => undefined;
  const open = (record: string[]) => {
    const columns = headerOf(record, limits);
    failMissing(folds, columns, false);
    const at = (name: string | undefined) =>
      name === undefined ? -1 : columns.indexOf(name);
    const groups = byCohorts(folds.filter(fold => !fold.isOver)).map(group => ({
      ...group,
      cohortAt: at(group.cohortColumn),
      deviceAt: at(group.deviceColumn),
      columns: group.folds.map(fold => ({ fold, at: at(fold.wish.column) })),
    }));
    take = values => {
      for (const group of groups) {
        const { cohorts } = group;
        const place = cohorts?.place(values[group.cohortAt], row) ?? -1;
        if (group.deviceAt >= 0) cohorts?.see(place, values[group.deviceAt]);
        for (const column of group.columns)
          column.fold.add(values[column.at], place, row);
      }
    };
  };
  const parser = parse({
    bom: true,
    delimiter,
    skip_empty_lines: true,
    max_record_size: limits.recordCharacters,
    on_record: (record: string[]) => {
      row += 1;
      if (row > limits.rows)
        throw new Error(`has more than ${limits.rows} rows`);
      if (row === 0) open(record);
      else take(record);
      // Nothing is passed on: a record is folded where it is parsed.
      return null;
    },
  });
  const nothing = new Writable({
    objectMode: true,
    write: (_, __, done) => done(),
  });
  try {
    await pipeline([...steps, parser, nothing] as Duplex[]);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new Error(`line ${Number(error.lines)}: ${faultOf(error, limits)}`);
  }
  if (row < 0) throw new Error('is empty: there is no line of names');
  return row;
}

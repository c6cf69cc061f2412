import { FsckReport, FsckTable } from '../types';

/** The first row that does not fit. */
export class Finding extends Error {
  readonly report: FsckReport;

  constructor(table: FsckTable, row: string | number, problem: string) {
    super(problem);
    this.report = { ok: false, table, row: String(row), problem };
  }
}

/**
 * A whole number as the database keeps it: PostgreSQL hands text, SQLite whatever somebody wrote there. Anything else is a
 * finding about the row.
 */
export function wholeNumber(
  value: unknown,
  at: { table: FsckTable; row: string | number; column: string },
): number {
  const number = typeof value === 'string' ? Number(value) : value;
  if (Number.isSafeInteger(number)) return number as number;
  throw new Finding(at.table, at.row, wrongValue(at.column, value));
}

/** Says what a column holds that the ledger does not write. Bytes are not shown: they may be a payload. */
export function wrongValue(column: string, value: unknown): string {
  const shown =
    value instanceof Uint8Array ? 'bytes' : String(value).slice(0, 100);
  return `Column ${column} holds what the ledger does not write: ${shown}`;
}

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
  throw new Finding(
    at.table,
    at.row,
    `Column ${at.column} holds what the ledger does not write: ${String(
      value,
    ).slice(0, 100)}`,
  );
}

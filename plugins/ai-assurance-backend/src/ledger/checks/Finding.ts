import { FsckReport, FsckTable } from '../types';

/** The first row that does not fit. */
export class Finding extends Error {
  readonly report: FsckReport;

  constructor(table: FsckTable, row: string | number, problem: string) {
    super(problem);
    this.report = { ok: false, table, row: String(row), problem };
  }
}

// Writes the generated rows: as CSV to its output, or as a Parquet file in row groups as PyArrow makes them (2^20 rows), with
// or without an index of its pages.
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { appendFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { profileRows } from './profileRows';

const rowsPerGroup = 2 ** 20;

async function writeCsv(rowCount: number): Promise<void> {
  const { stdout } = process;
  stdout.write('amount,country,cohort,device\n');
  for (const part of profileRows(rowCount, 2_000)) {
    const lines = part.amount.map(
      (amount, i) =>
        `${amount},${part.country[i]},${part.cohort[i]},${part.device[i]}\n`,
    );
    if (!stdout.write(lines.join(''))) await once(stdout, 'drain');
  }
}

function writeParquet(path: string, rowCount: number, hasIndex: boolean): void {
  const text = (name: string) => ({
    name,
    type: 'BYTE_ARRAY' as const,
    converted_type: 'UTF8' as const,
    repetition_type: 'OPTIONAL' as const,
  });
  writeFileSync(path, '');
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer,
    schema: [
      { name: 'root', num_children: 4 },
      { name: 'amount', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
      text('country'),
      text('cohort'),
      text('device'),
    ],
  });
  /** What is written is on its way to the disk: the buffer begins anew, its count goes on. */
  const flush = () => {
    appendFileSync(path, writer.getBytes());
    writer.index = 0;
  };
  for (const part of profileRows(rowCount, rowsPerGroup)) {
    const columns = {
      amount: part.amount.map(amount => (amount === '' ? null : amount)),
      country: part.country,
      cohort: part.cohort,
      device: part.device,
    };
    parquet.write({
      columnData: Object.entries(columns).map(([name, data]) => ({
        name,
        data,
        offsetIndex: hasIndex,
      })),
      rowGroupSize: rowsPerGroup,
    });
    flush();
  }
  parquet.finish();
  flush();
}

const [format, rows, path] = process.argv.slice(2);
if (format === 'csv')
  writeCsv(Number(rows)).catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
else writeParquet(path, Number(rows), format === 'indexed');

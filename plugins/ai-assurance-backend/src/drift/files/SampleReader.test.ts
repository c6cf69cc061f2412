import { mockServices } from '@backstage/backend-test-utils';
import { ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { SampleWish } from '../core/samples';
import { defaultLimits, FileLimits } from './limits';
import { SampleReader, SampleReaderDeps } from './SampleReader';

// A thread loads its code from sources, on cores that much else runs on.
jest.setTimeout(120_000);

const lowEnd = 'resource:default/low-end-phones';
const amount: SampleWish = {
  feature: 'input.amount',
  column: 'amount',
  type: 'numeric',
  boundaries: [0, 10, 20],
  minimum: 0,
  maximum: 20,
  cohortColumn: 'cohort',
  deviceColumn: 'device',
};

const rows = Array.from({ length: 10_000 }, (_, i) => ({
  amount: i % 50 === 0 ? '' : String((i % 40) - 5),
  cohort: i % 2 === 0 ? lowEnd : '',
  device: `device-${i % 100}`,
}));
const csv = (all = rows) =>
  `amount,cohort,device\n${all
    .map(row => Object.values(row).join(','))
    .join('\n')}\n`;
const parquet = (columnData: ColumnSource[], more: object = {}) =>
  new Uint8Array(parquetWriteBuffer({ columnData, ...more } as never));
const asParquet = parquet([
  {
    name: 'amount',
    data: rows.map(row => (row.amount === '' ? null : Number(row.amount))),
    type: 'DOUBLE',
  },
  { name: 'cohort', data: rows.map(row => row.cohort || null) },
  { name: 'device', data: rows.map(row => row.device) },
]);

describe('reading samples in a thread', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'samples-'));
  });
  afterEach(() => {
    const left = readdirSync(directory);
    rmSync(directory, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
  });

  const open = (
    limits: Partial<FileLimits> = {},
    change: Partial<SampleReaderDeps> = {},
  ) => {
    const logger = mockServices.logger.mock();
    const reader = new SampleReader({
      limits: { ...defaultLimits, directory, ...limits },
      logger,
      ...change,
    });
    const read = async (
      content: Uint8Array | string | Readable,
      options: {
        format?: 'csv' | 'parquet';
        isPacked?: boolean;
        wish?: SampleWish;
        signal?: AbortSignal;
      } = {},
    ) => {
      const { format = 'csv', isPacked = false, wish = amount } = options;
      const stream =
        content instanceof Readable
          ? content
          : Readable.from(parts(Buffer.from(content)));
      return reader.read(
        stream,
        {
          format,
          isPacked,
          delimiter: ',',
          wishes: [wish],
          groupSizes: new Map([[lowEnd, 5]]),
        },
        options.signal ?? new AbortController().signal,
      );
    };
    return { read, logger };
  };
  /** In parts, as they come over a network. */
  function* parts(bytes: Buffer) {
    for (let at = 0; at < bytes.length; at += 10_000)
      yield bytes.subarray(at, at + 10_000);
  }

  it('gives the very histograms that are given beside everything else', async () => {
    const inThread = open();
    const here = open({}, { file: __filename });
    const files = [
      [csv(), { format: 'csv' }],
      [gzipSync(csv()), { format: 'csv', isPacked: true }],
      [asParquet, { format: 'parquet' }],
    ] as const;
    for (const [content, options] of files) {
      const told = await here.read(content, options);
      expect(told.rowCount).toBe(10_000);
      expect(told.profiles[0].nullCount).toBe(200);
      expect(told.profiles[0].cohorts[0].isSmall).toBe(false);
      expect(await inThread.read(content, options)).toEqual(told);
    }
    expect(inThread.logger.warn.mock.calls).toEqual([]);
  });

  it('says what is wrong with a broken file, as it is said beside everything else', async () => {
    const { read } = open();
    const cut = asParquet.slice(0, 1000);
    await expect(read(cut, { format: 'parquet' })).rejects.toThrow(
      'is no Parquet file: parquet file invalid (footer != PAR1)',
    );
    const broken = rows.slice();
    broken[9000] = { ...broken[9000], device: 'a,b' };
    await expect(read(csv(broken))).rejects.toThrow(
      'line 9002: has another number of fields than the names in line 1',
    );
    await expect(
      read(
        Readable.from(
          (function* breaks() {
            yield Buffer.from(csv());
            throw new Error('connection reset');
          })(),
        ),
      ),
    ).rejects.toThrow('connection reset');
  });

  it('gives up a file without an end at its limit, and one that never goes on at its time', async () => {
    const endless = new Readable({
      read() {
        this.push(Buffer.from('1,,device\n'.repeat(1000)));
      },
    });
    endless.push('amount,cohort,device\n');
    await expect(open({ bytes: 5_000_000 }).read(endless)).rejects.toThrow(
      'is larger than 5000000 bytes',
    );
    const silent = new Readable({ read: () => undefined });
    silent.push(csv());
    const limit = new AbortController();
    const reading = open().read(silent, { signal: limit.signal });
    setTimeout(() => limit.abort(new Error('too late')), 500);
    await expect(reading).rejects.toThrow('too late');
    endless.destroy();
    silent.destroy();
  });

  it('gives up a file that keeps its core busy, while the process stays free', async () => {
    const { read } = open();
    const limit = new AbortController();
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 20);
    const busy = new Readable({
      read() {
        this.push(Buffer.from('1,,device\n'.repeat(100_000)));
      },
    });
    busy.push('amount,cohort,device\n');
    const reading = read(busy, { signal: limit.signal });
    setTimeout(() => limit.abort(new Error('too late')), 6_000);
    await expect(reading).rejects.toThrow('too late');
    clearInterval(ticking);
    busy.destroy();
    expect(ticks).toBeGreaterThan(50);
  });

  it('gives up a file that takes too much memory, and reads the next', async () => {
    const { read } = open(
      { memoryMebibytes: 64 },
      { file: join(__dirname, '__testUtils__', 'samplesThread.greedy.ts') },
    );
    const greedy = read(asParquet, {
      format: 'parquet',
      wish: { ...amount, column: 'greedy' },
    });
    await expect(greedy).rejects.toThrow(
      'takes more than 64 MiB of memory to read (aiAssurance.drift.files.maxMemoryMebibytes)',
    );
    expect((await read(asParquet, { format: 'parquet' })).rowCount).toBe(
      10_000,
    );
  });

  it.each([
    ['a thread cannot be started', join(__dirname, 'no', 'samplesThread.js')],
    ['one file holds the whole server', __filename],
  ])('reads files itself where %s', async (_why, file) => {
    const { read, logger } = open({}, { file });
    expect((await read(asParquet, { format: 'parquet' })).rowCount).toBe(
      10_000,
    );
    expect((await read(csv())).rowCount).toBe(10_000);
    expect(logger.warn.mock.calls.map(([message]) => message)).toEqual(
      file === __filename
        ? []
        : [
            'A thread that reads sample files could not be started; until one can, they are read beside everything else, which holds it up',
          ],
    );
  });
});

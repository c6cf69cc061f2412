import { mockServices } from '@backstage/backend-test-utils';
import { ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { serveFiles } from '../__testUtils__/serveFiles';
import { SampleWish } from '../core/samples';
import { defaultLimits, FileLimits } from './limits';
import { readSampleFile } from './readSampleFile';
import { SampleReader } from './SampleReader';

jest.setTimeout(60_000);

const lowEnd = 'resource:default/low-end-phones';
const flagship = 'resource:default/flagship-phones';
const groupSizes = new Map([
  [lowEnd, 5],
  [flagship, 5],
]);

const amount: SampleWish = {
  feature: 'input.amount',
  column: 'amount',
  type: 'numeric',
  boundaries: [0, 10, 20],
  minimum: 0,
  maximum: 20,
  cohortColumn: undefined,
  deviceColumn: undefined,
};
const country: SampleWish = {
  ...amount,
  feature: 'input.country',
  column: 'country',
  type: 'categorical',
  boundaries: [],
  minimum: undefined,
  maximum: undefined,
};

describe('a file of samples', () => {
  const served = serveFiles();
  const { files, asked } = served;

  /** Without a thread, which takes seconds to start from sources; SampleReader.test.ts tries the same in one. */
  const readerHere = (limits: Partial<FileLimits> = {}) =>
    new SampleReader({
      limits: { ...defaultLimits, directory: served.directory(), ...limits },
      logger: mockServices.logger.mock(),
      file: __filename,
    });
  const read = (
    path: string,
    options: {
      wishes?: SampleWish[];
      limits?: Partial<FileLimits>;
      etag?: string;
      format?: 'csv' | 'parquet';
      delimiter?: string;
    } = {},
  ) =>
    readSampleFile({
      urlReader: served.reader(),
      source: {
        url: path.startsWith('http') ? path : `${served.base()}${path}`,
        format:
          options.format ?? (path.includes('parquet') ? 'parquet' : 'csv'),
        delimiter: options.delimiter ?? ',',
      },
      wishes: options.wishes ?? [amount, country],
      groupSizes,
      reader: readerHere(options.limits),
      etag: options.etag,
    });
  const parquet = (columnData: ColumnSource[], more: object = {}): Uint8Array =>
    new Uint8Array(parquetWriteBuffer({ columnData, ...more } as never));
  const why = async (reading: Promise<unknown>) => {
    try {
      await reading;
    } catch (error) {
      return (error as Error).message.replaceAll(served.base(), 'https://host');
    }
    return 'was read';
  };

  const csv =
    'amount,country,comment\n-1,AT,"a, b"\n0,AT,\n10,"DE","two\nlines"\n10.5,,\n,New York,\n20,NaN,\n1e9,AT,\n';

  it('of comma-separated values becomes histograms, with nulls and what lies outside counted', async () => {
    files.set('/profile.csv', `\uFEFF${csv}`);
    const result = await read('/profile.csv');
    expect(result).toEqual({
      etag: `"${createHash('sha256').update(`\uFEFF${csv}`).digest('hex')}"`,
      digest: `sha256:${createHash('sha256')
        .update(`\uFEFF${csv}`)
        .digest('hex')}`,
      modifiedAtMs: Date.parse('2026-11-22T10:00:00.000Z'),
      rowCount: 7,
      profiles: [
        {
          feature: 'input.amount',
          problem: undefined,
          // A value on an edge belongs to the bin below it.
          whole: { boundaries: [0, 10, 20], bins: [2, 1, 2, 1] },
          cohorts: [],
          nullCount: 1,
          outsideCount: 2,
        },
        {
          feature: 'input.country',
          problem: undefined,
          whole: {
            boundaries: [],
            categories: ['AT', 'DE', 'NaN', 'New-York-8e1faddf90cfdced'],
            bins: [3, 1, 1, 1],
          },
          cohorts: [],
          nullCount: 1,
          outsideCount: undefined,
        },
      ],
    });
  });

  it('is not read again while its host says that it is the same', async () => {
    files.set('/profile.csv', csv);
    const first = await read('/profile.csv');
    expect(await read('/profile.csv', { etag: first!.etag })).toBe(undefined);
    expect(asked).toEqual(['/profile.csv', `/profile.csv ${first!.etag}`]);
  });

  it('may be packed with gzip, and separated by semicolons', async () => {
    files.set('/profile.csv.gz', gzipSync('amount;country\r\n5;AT\r\n'));
    const result = await read('/profile.csv.gz', { delimiter: ';' });
    expect(result!.profiles.map(({ whole }) => whole.bins)).toEqual([
      [0, 1, 0, 0],
      [1],
    ]);
  });

  it.each([
    ['UNCOMPRESSED', (bytes: Uint8Array) => bytes],
    ['SNAPPY', undefined],
    ['GZIP', gzipSync],
    ['ZSTD', zstdCompressSync],
    ['BROTLI', brotliCompressSync],
  ])('of Parquet, %s, says the same', async (codec, compress) => {
    files.set(
      '/profile.parquet',
      parquet(
        [
          {
            name: 'amount',
            data: [-1, 0, 10, 10.5, null, 20, 1e9],
            type: 'DOUBLE',
          },
          { name: 'country', data: ['AT', 'AT', 'DE', null, 'AT', 'AT', 'DE'] },
          { name: 'unread', data: [1, 2, 3, 4, 5, 6, 7] },
        ],
        { codec, ...(compress && { compressors: { [codec]: compress } }) },
      ),
    );
    const result = await read('/profile.parquet');
    expect([
      result!.rowCount,
      ...result!.profiles.map(({ whole, nullCount, outsideCount }) => ({
        bins: whole.bins,
        nullCount,
        outsideCount,
      })),
    ]).toEqual([
      7,
      { bins: [2, 1, 2, 1], nullCount: 1, outsideCount: 2 },
      { bins: [4, 2], nullCount: 1, outsideCount: undefined },
    ]);
  });

  it.each(['INT32', 'INT64', 'FLOAT', 'BOOLEAN'] as const)(
    'of Parquet may hold numbers as %s',
    async type => {
      const data = {
        INT32: [5, 15, 15],
        INT64: [5n, 15n, 15n],
        FLOAT: [5, 15, 15],
        BOOLEAN: [true, true, true],
      }[type];
      files.set(
        '/n.parquet',
        parquet([{ name: 'amount', data, type } as never]),
      );
      const result = await read('/n.parquet', { wishes: [amount] });
      expect(result!.profiles[0].whole.bins).toEqual(
        type === 'BOOLEAN' ? [0, 3, 0, 0] : [0, 1, 2, 0],
      );
    },
  );

  it('of several row groups and pages is read page by page, with an index of them or without', async () => {
    const data = Array.from({ length: 10_000 }, (_, i) => (i % 25) - 0.5);
    const one = { name: 'amount', data, type: 'DOUBLE' as const };
    const inPages = { rowGroupSize: 10_000, pageSize: 4096 };
    files.set('/groups.parquet', parquet([one], { rowGroupSize: 999 }));
    files.set('/pages.parquet', parquet([one], inPages));
    files.set(
      '/piece.parquet',
      parquet([{ ...one, offsetIndex: false }], inPages),
    );
    for (const name of ['groups', 'pages', 'piece'])
      expect(
        (await read(`/${name}.parquet`, { wishes: [amount] }))!.profiles[0]
          .whole.bins,
      ).toEqual([400, 4000, 4000, 1600]);
  });

  describe('with cohorts', () => {
    const wish = {
      ...amount,
      cohortColumn: 'cohort',
      deviceColumn: 'device',
    };
    const rows = [
      ...Array.from({ length: 6 }, (_, i) => [5, lowEnd, `d${i}`] as const),
      ...Array.from(
        { length: 9 },
        (_, i) => [15, flagship, `f${i % 4}`] as const,
      ),
      [25, '', 'x'] as const,
    ];
    const asCsv = `amount,cohort,device\n${rows
      .map(row => row.join(','))
      .join('\n')}\n`;
    const asParquet = () =>
      parquet([
        { name: 'device', data: rows.map(row => row[2]) },
        { name: 'amount', data: rows.map(row => row[0]) },
        { name: 'cohort', data: rows.map(row => row[1] || null) },
      ]);

    it.each(['csv', 'parquet'])(
      'as %s counts devices, keeps none, and shows no cohort of too few',
      async format => {
        files.set('/c.csv', asCsv);
        files.set('/c.parquet', asParquet());
        const result = await read(`/c.${format}`, { wishes: [wish] });
        expect(result!.profiles[0].whole.bins).toEqual([0, 6, 9, 1]);
        expect(result!.profiles[0].cohorts).toEqual([
          {
            cohort: lowEnd,
            isSmall: false,
            count: 6,
            histogram: { boundaries: [0, 10, 20], bins: [0, 6, 0, 0] },
          },
          { cohort: flagship, isSmall: true, count: 9, histogram: undefined },
        ]);
        expect(JSON.stringify(result)).not.toContain('"d1"');
      },
    );

    it('shows none where nothing tells devices apart', async () => {
      files.set('/c.csv', asCsv);
      const result = await read('/c.csv', {
        wishes: [{ ...wish, deviceColumn: undefined }],
      });
      expect(result!.profiles[0].cohorts.map(({ isSmall }) => isSmall)).toEqual(
        [true, true],
      );
    });

    it.each([
      [
        'resource:default/nobody',
        'row 2, column cohort: names no cohort of the catalog',
      ],
      [
        'low end',
        'row 2, column cohort: is no entity reference, such as resource:default/low-end-phones',
      ],
    ])('that are %s say in which row', async (name, problem) => {
      files.set('/c.csv', `amount,cohort,device\n1,${lowEnd},a\n1,${name},b\n`);
      const result = await read('/c.csv', { wishes: [wish] });
      expect(result!.profiles[0].problem).toBe(problem);
    });
  });

  it.each([
    ['amount,country\n1,AT\nmany,AT\n', 'row 2, column amount: is no number'],
    ['size,country\n1,AT\n', 'has no column amount among its 2 columns'],
  ])('fails one column and not the others: %j', async (text, problem) => {
    files.set('/profile.csv', text);
    const [one, other] = (await read('/profile.csv'))!.profiles;
    expect(one.problem).toBe(problem);
    expect([other.problem, other.whole.categories]).toEqual([
      undefined,
      ['AT'],
    ]);
  });

  it('of Parquet says which columns it has', async () => {
    files.set('/a.parquet', parquet([{ name: 'size', data: [1] }]));
    const result = await read('/a.parquet', { wishes: [amount] });
    expect(result!.profiles[0].problem).toBe(
      'has no column amount; it has size',
    );
  });

  it('fails a column of too many categories, of long texts, of lists and of instants, by name', async () => {
    files.set(
      '/wide.csv',
      `country\n${Array.from({ length: 201 }, (_, i) => `c${i}`).join('\n')}\n`,
    );
    files.set('/long.csv', `country\n${'x'.repeat(201)}\n`);
    files.set(
      '/time.parquet',
      parquet([
        { name: 'amount', data: [new Date(0)], type: 'TIMESTAMP' },
        { name: 'country', data: [new Date(0)], type: 'TIMESTAMP' },
      ]),
    );
    const problems = async (path: string, wishes = [country]) =>
      (await read(path, { wishes }))!.profiles.map(({ problem }) => problem);
    expect(await problems('/wide.csv')).toEqual([
      'row 201, column country: more than 200 categories',
    ]);
    expect(await problems('/long.csv')).toEqual([
      'row 1, column country: is longer than 200 characters, hence no category',
    ]);
    expect(await problems('/time.parquet', [amount, country])).toEqual([
      'row 1, column amount: is no number',
      'row 1, column country: is neither text nor a number',
    ]);
  });

  it.each([
    ['/a.csv', '', {}, 'is empty: there is no line of names'],
    [
      '/a.csv',
      'amount,country\n1,AT,more\n',
      {},
      'line 2: has another number of fields than the names in line 1',
    ],
    [
      '/a.csv',
      'amount,country\n1,"AT\n2,DE\n',
      {},
      'line 3: a quote is never closed',
    ],
    [
      '/a.csv',
      'amount,country\n1,"secret"x\n',
      {},
      'line 2: a quote stands where none may be',
    ],
    [
      '/a.csv',
      'amount,amount\n',
      {},
      'line 1: columns 1 and 2 have the same name',
    ],
    ['/a.csv', csv, { bytes: 20 }, 'is larger than 20 bytes'],
    ['/a.csv', csv, { rows: 3 }, 'has more than 3 rows'],
    ['/a.csv', csv, { columns: 2 }, 'has more than 2 columns'],
    [
      '/a.csv',
      `amount,country\n1,${'x'.repeat(500)}\n`,
      { recordCharacters: 100 },
      'line 2: a record is longer than 100 characters',
    ],
    ['/a.csv.gz', 'no gzip at all', {}, 'incorrect header check'],
    [
      '/a.csv.gz',
      gzipSync(`amount\n${'1\n'.repeat(100_000)}`),
      { bytes: 10_000 },
      'becomes larger than 10000 bytes',
    ],
    ['/a.parquet', 'PAR1', {}, 'is no Parquet file: it is too short'],
    [
      '/a.parquet',
      csv,
      {},
      'is no Parquet file: parquet file invalid (footer != PAR1)',
    ],
    ['/a.parquet', csv, { bytes: 20 }, 'is larger than 20 bytes'],
    ['/slow.csv', csv, { timeoutMs: 300 }, 'took longer than 0.3 s to read'],
    [
      '/slow.parquet',
      csv,
      { timeoutMs: 300 },
      'took longer than 0.3 s to read',
    ],
  ])(
    '%s that is no good is refused with its name and why, %#',
    async (path, text, limits, reason) => {
      files.set(path, text);
      expect(await why(read(path, { limits }))).toBe(
        `https://host${path}: ${reason}`,
      );
    },
  );

  it('of Parquet with more at once than may be, or with broken pages, is refused', async () => {
    const bytes = parquet([
      { name: 'amount', data: Array.from({ length: 3000 }, (_, i) => i * 1.1) },
    ]);
    files.set('/big.parquet', bytes);
    expect(
      await why(
        read('/big.parquet', {
          wishes: [amount],
          limits: { pageBytes: 1000 },
        }),
      ),
    ).toBe(
      'https://host/big.parquet: rows 1 to 1000, column amount: cannot be decoded: a page is larger than 1000 bytes',
    );
    expect(
      await why(
        read('/big.parquet', { wishes: [amount], limits: { rows: 2999 } }),
      ),
    ).toBe('https://host/big.parquet: has more than 2999 rows');
    const broken = Uint8Array.from(bytes);
    broken.fill(0, 4, bytes.length - 600);
    files.set('/broken.parquet', broken);
    expect(await why(read('/broken.parquet', { wishes: [amount] }))).toContain(
      'https://host/broken.parquet: ',
    );
  });

  it('of a host that the portal does not allow is not read, and no token of its address is told', async () => {
    const told = await why(
      read('http://localhost:1/profile.csv?token=secret', { format: 'csv' }),
    );
    expect(told).toContain('http://localhost:1/profile.csv: ');
    expect(told).toContain('backend.reading.allow');
    expect(told).not.toContain('secret');
  });

  it.each(['csv', 'parquet'] as const)(
    'whose connection breaks before it is read is refused, as %s',
    async format => {
      const broken = mockServices.urlReader.mock({
        readUrl: async () => {
          const stream = new Readable({ read: () => undefined });
          stream.destroy(new Error('connection reset'));
          return { stream: () => stream, buffer: async () => Buffer.alloc(0) };
        },
      });
      expect(
        await why(
          readSampleFile({
            urlReader: broken,
            source: { url: 'https://host/a', format, delimiter: ',' },
            wishes: [amount],
            groupSizes,
            reader: readerHere(),
          }),
        ),
      ).toContain('https://host/a: ');
    },
  );

  it('that is not there is told so, without the token', async () => {
    const told = await why(read('/gone.csv?token=secret'));
    expect(told).toContain('https://host/gone.csv: ');
    expect(told).toContain('404');
    expect(told).not.toContain('secret');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldsOf, SampleWish } from '../core/samples';
import { defaultLimits } from './limits';
import { readParquet } from './readParquet';
import { readRuns } from './parquetRuns';

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
const country: SampleWish = {
  ...amount,
  feature: 'input.country',
  column: 'country',
  type: 'categorical',
  boundaries: [],
  minimum: undefined,
  maximum: undefined,
};

/** What PyArrow was given. */
const rows = Array.from({ length: 120 }, (_, i) => ({
  amount: i % 10 === 0 ? null : ((i * 37) % 40) - 5 + 0.25,
  country: `C${i % 3}`,
  cohort: i % 2 === 0 ? lowEnd : null,
  device: `d${i % 9}`,
}));
const fixture = (version: number) =>
  readFileSync(
    join(__dirname, `__fixtures__/pyarrow-pages-${version}.parquet`),
  );

async function read(bytes: Uint8Array) {
  const readInto = async (target: Uint8Array, start: number) => {
    if (!(start + target.length <= bytes.length))
      throw new Error('ends too early');
    target.set(bytes.subarray(start, start + target.length));
  };
  const folds = foldsOf([amount, country], new Map([[lowEnd, 5]]));
  const rowCount = await readParquet(
    {
      byteLength: bytes.length,
      readInto,
      async slice(start, end = bytes.length) {
        return Uint8Array.from(bytes.subarray(start, end)).buffer;
      },
    },
    folds,
    defaultLimits,
  );
  return { rowCount, profiles: folds.map(fold => fold.told()) };
}

function binsOf(some: typeof rows): number[] {
  const bins = [0, 0, 0, 0];
  for (const row of some)
    if (row.amount !== null)
      bins[[0, 10, 20].filter(edge => edge < row.amount!).length] += 1;
  return bins;
}

describe('a Parquet file of PyArrow', () => {
  it.each([1, 2])(
    'in pages of version %p becomes the histograms of its rows',
    async version => {
      const { rowCount, profiles } = await read(fixture(version));
      expect(rowCount).toBe(120);
      const [ofAmount, ofCountry] = profiles;
      expect(ofAmount.whole.bins).toEqual(binsOf(rows));
      expect(ofAmount.nullCount).toBe(12);
      expect(ofAmount.cohorts).toEqual([
        {
          cohort: lowEnd,
          isSmall: false,
          count: 48,
          histogram: {
            boundaries: [0, 10, 20],
            bins: binsOf(rows.filter(row => row.cohort !== null)),
          },
        },
      ]);
      expect([ofCountry.whole.categories, ofCountry.whole.bins]).toEqual([
        ['C0', 'C1', 'C2'],
        [40, 40, 40],
      ]);
    },
  );

  it.each([1, 2])(
    'with any one byte changed is refused, or every row of it is counted, and neither takes long (version %p)',
    async version => {
      const whole = fixture(version);
      const lost: string[] = [];
      let refused = 0;
      for (let at = 0; at < whole.length; at += 1)
        for (const byte of [0xff, 256 - whole[at]]) {
          const changed = Uint8Array.from(whole);
          changed[at] = byte;
          const startMs = performance.now();
          try {
            const { rowCount, profiles } = await read(changed);
            for (const { problem, whole: told, nullCount } of profiles) {
              const count = told.bins.reduce(
                (sum, bin) => sum + bin,
                nullCount,
              );
              if (problem === undefined && count !== rowCount)
                lost.push(`byte ${at} as ${byte}: ${count} of ${rowCount}`);
            }
          } catch {
            refused += 1;
          }
          if (performance.now() - startMs > 5000)
            lost.push(`byte ${at} as ${byte}: takes too long`);
        }
      expect(lost).toEqual([]);
      expect(refused).toBeGreaterThan(whole.length / 4);
    },
  );
});

describe('runs of small numbers', () => {
  const read8 = (bytes: number[], width: number, count: number) => {
    const target = new Int32Array(count);
    const end = readRuns(Uint8Array.from(bytes), 0, width, target);
    return [Array.from(target), end];
  };

  it('are one number many times, or packed numbers, and need not end where the page does', () => {
    // The numbers 0 to 7 in three bits each, as the format's own example has them.
    expect(read8([0x03, 0x88, 0xc6, 0xfa], 3, 8)).toEqual([
      [0, 1, 2, 3, 4, 5, 6, 7],
      4,
    ]);
    expect(read8([0x08, 0x2c, 0x01, 0x04, 0x07, 0x00], 16, 6)).toEqual([
      [300, 300, 300, 300, 7, 7],
      6,
    ]);
    // The last run may say more than is asked, and be cut off behind what is.
    expect(read8([0x05, 0b1010], 1, 4)).toEqual([[0, 1, 0, 1], 3]);
  });

  it('that say thousands of millions cost no more than what is asked', () => {
    expect(read8([0xfe, 0xff, 0xff, 0xff, 0x0f, 0x01], 1, 3)).toEqual([
      [1, 1, 1],
      6,
    ]);
  });

  it.each([
    [[], 1, 'a page ends too early'],
    [[0x08], 8, 'a page ends too early'],
    [[0x03, 0x88], 3, 'a page ends too early'],
    [
      [0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
      1,
      'a page has a run without a length',
    ],
    [[0x03], 32, 'a page has numbers that are too wide'],
  ])('that are broken are refused: %j', (bytes, width, why) => {
    expect(() => read8(bytes, width, 8)).toThrow(why);
  });
});

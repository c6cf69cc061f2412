import { ConfidenceLevel, normalPoint, wilsonInterval } from './wilson';

describe('wilsonInterval', () => {
  // scipy 1.17.1: binomtest(k, n).proportion_ci(confidence_level=level, method='wilson')
  it.each<[number, number, ConfidenceLevel, number, number]>([
    [0, 10, 0.95, 0.0, 0.27753279986288926],
    [10, 10, 0.95, 0.7224672001371109, 1.0],
    [1760, 2000, 0.95, 0.8650247373766292, 0.8935183066896187],
    [14, 1180, 0.95, 0.007080389776045644, 0.01981633578078153],
    [1, 1200, 0.99, 9.784544868174328e-5, 0.0070583346231402454],
    [5, 7, 0.9, 0.40866754551119766, 0.900434156437713],
    [500_000, 1_000_000, 0.95, 0.4990200198900048, 0.5009799801099952],
  ])('of %p in %p at %p', (count, total, level, low, high) => {
    const interval = wilsonInterval(count, total, level);
    expect(interval.lowRatio).toBeCloseTo(low, 12);
    expect(interval.highRatio).toBeCloseTo(high, 12);
    expect(interval.valueRatio).toBe(count / total);
  });

  it.each([
    [0, 0],
    [2, 1],
    [-1, 1],
    [0.5, 1],
    [1, Number.NaN],
  ])('is none of %p in %p', (count, total) => {
    expect(() => wilsonInterval(count, total)).toThrow(
      `There is no share of ${count} in ${total}`,
    );
  });

  it('knows how far 95 % reach', () => {
    expect(normalPoint(0.95)).toBe(1.959963984540054);
  });
});

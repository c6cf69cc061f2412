import { wilsonInterval } from './wilson';

describe('Wilson interval', () => {
  // Worked by hand from (p + zz/2n ± z·sqrt(p(1-p)/n + zz/4nn)) / (1 + zz/n) with z = 1.959964.
  it.each([
    [8, 10, 0.8, 0.490162, 0.943318],
    [1916, 2000, 0.958, 0.948296, 0.965948],
  ])(
    'puts %i of %i at %f between %f and %f',
    (successCount, totalCount, value, low, high) => {
      const interval = wilsonInterval(successCount, totalCount);
      expect(interval.value).toBe(value);
      expect(interval.low).toBeCloseTo(low, 5);
      expect(interval.high).toBeCloseTo(high, 5);
    },
  );

  it('stays inside 0…1 at both ends and still has a width there', () => {
    expect(wilsonInterval(0, 10).low).toBe(0);
    expect(wilsonInterval(0, 10).high).toBeCloseTo(0.277533, 5);
    expect(wilsonInterval(10, 10).high).toBe(1);
    expect(wilsonInterval(10, 10).low).toBeCloseTo(0.722467, 5);
  });

  it('refuses a share of nothing', () => {
    expect(() => wilsonInterval(0, 0)).toThrow(
      'A share of nothing has no interval',
    );
  });
});

import fc from 'fast-check';
import { cohortPointOf, cohortPointsText } from './cohortPoints';

describe('points of cohorts', () => {
  it('are kept in few letters', () => {
    expect(
      cohortPointsText([
        { id: 3, value: 0.0123456, status: 'pass' },
        { id: 7, value: null, status: 'inconclusive' },
        { id: 12, value: 1, status: 'fail' },
      ]),
    ).toBe('3p0.01235,7i,12f1');
  });

  it('are read again to four digits, each of its own cohort', () => {
    const point = fc.record({
      value: fc.option(
        fc.double({ min: 0, max: 1e9, noNaN: true, noDefaultInfinity: true }),
      ),
      status: fc.constantFrom(
        'pass' as const,
        'warn' as const,
        'fail' as const,
        'inconclusive' as const,
        'not-applicable' as const,
      ),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 20 }), some => {
        const points = some.map((one, i) => ({ id: 3 * i + 1, ...one }));
        const text = cohortPointsText(points);
        for (const { id, value, status } of points)
          expect(cohortPointOf(text, id)).toEqual({
            id,
            status,
            value: value === null ? null : Number(value.toPrecision(4)),
          });
        // 1 is no part of 10, and 2 was never said.
        expect(cohortPointOf(text, 2)).toBe(undefined);
      }),
    );
  });

  it('have exactly the digits that toPrecision gives them', () => {
    const digitsOf = (value: number) =>
      cohortPointsText([{ id: 1, value, status: 'pass' }]);
    const expected = (value: number) => `1p${Number(value.toPrecision(4))}`;
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ min: 1e-7, max: 1e4, noNaN: true }),
          // Right in the middle between two texts, and a hair beside it.
          fc
            .tuple(
              fc.integer({ min: 10_000, max: 99_999 }),
              fc.integer({ min: 1, max: 11 }),
              fc.constantFrom(0, 1, -1),
            )
            .map(
              ([whole, power, ulps]) =>
                (Math.floor(whole / 10) * 10 + 5) / 10 ** power +
                ulps * 2 ** -60,
            ),
        ),
        value => {
          expect(digitsOf(value)).toBe(expected(value));
        },
      ),
      { numRuns: 2_000 },
    );
    for (const value of [0, 1e-6, 0.99995, 999.95, 999.949, 1000, 1e21])
      expect(digitsOf(value)).toBe(expected(value));
  });

  it('say nothing where nothing was written', () => {
    expect(cohortPointsText([])).toBe('');
    expect(cohortPointOf('', 1)).toBe(undefined);
    expect(cohortPointOf('1x0.5', 1)).toBe(undefined);
  });
});

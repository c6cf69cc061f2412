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

  it('say nothing where nothing was written', () => {
    expect(cohortPointsText([])).toBe('');
    expect(cohortPointOf('', 1)).toBe(undefined);
    expect(cohortPointOf('1x0.5', 1)).toBe(undefined);
  });
});

import fc from 'fast-check';
import { inconclusive, rollUp, VERDICT_STATUSES, worstOf } from './verdict';

const statuses = fc.array(fc.constantFrom(...VERDICT_STATUSES), {
  maxLength: 20,
});

describe('the worst of several verdicts', () => {
  it.each([
    [[], 'not-applicable'],
    [['not-applicable', 'not-applicable'], 'not-applicable'],
    [['pass', 'not-applicable'], 'pass'],
    [['pass', 'warn'], 'warn'],
    [['warn', 'inconclusive', 'pass'], 'inconclusive'],
    [['inconclusive', 'fail', 'pass'], 'fail'],
  ] as const)('of %j is %s', (given, worst) => {
    expect(worstOf(given)).toBe(worst);
  });

  it('does not depend on their order', () => {
    fc.assert(
      fc.property(statuses, given => {
        expect(worstOf([...given].reverse())).toBe(worstOf(given));
      }),
    );
  });
});

describe('a roll-up', () => {
  it('counts what was measured, what is in scope and what is not known', () => {
    expect(
      rollUp([
        'pass',
        'fail',
        'inconclusive',
        'inconclusive',
        'warn',
        'not-applicable',
      ]),
    ).toEqual({
      status: 'fail',
      measuredCount: 3,
      inScopeCount: 5,
      unknownCount: 2,
    });
  });

  it('of nothing has an empty scope and is no pass', () => {
    expect(rollUp([])).toEqual({
      status: 'not-applicable',
      measuredCount: 0,
      inScopeCount: 0,
      unknownCount: 0,
    });
  });

  it('always adds up: measured and unknown make the scope', () => {
    fc.assert(
      fc.property(statuses, given => {
        const result = rollUp(given);
        expect(result.measuredCount + result.unknownCount).toBe(
          result.inScopeCount,
        );
      }),
    );
  });

  it('is a pass only when everything in scope is measured and passes', () => {
    fc.assert(
      fc.property(statuses, given => {
        const inScope = given.filter(status => status !== 'not-applicable');
        expect(rollUp(given).status === 'pass').toBe(
          inScope.length > 0 && inScope.every(status => status === 'pass'),
        );
      }),
    );
  });
});

it('an inconclusive verdict keeps its reason and facts', () => {
  expect(
    inconclusive('insufficient-sample', {
      sampleCount: 12,
      sampleCountNeeded: 200,
    }),
  ).toEqual({
    status: 'inconclusive',
    reason: 'insufficient-sample',
    facts: { sampleCount: 12, sampleCountNeeded: 200 },
  });
});

import { checkPromQL, increaseOf, withWindow } from './promql';

describe('an expression in PromQL', () => {
  it.each([
    ['sum(rate(a_total[5m])) / sum(b)', undefined],
    ['sum(increase(a_total[${window}]))', undefined],
    ['sum(', 'is no PromQL at line 1, column 5'],
    ['sum(\n a) +', 'is no PromQL at line 2, column 6'],
    ['', 'is no PromQL at line 1, column 1'],
    [
      'a[5m]',
      'gives ranges, not values; put a function such as increase around it',
    ],
    ['"up"', 'is a text, not a value'],
    [
      'sum:trace.http.request.hits{*}.as_count()',
      'is no PromQL at line 1, column 10',
    ],
  ])('%j is told what is wrong with it: %j', (text, problem) => {
    expect(checkPromQL(text)).toBe(problem);
  });

  it.each([
    ['sum(a_total{code=~"5.."})', undefined],
    [
      'sum(rate(a_total[5m]))',
      'has a range although counter is true; name the counters themselves, or set counter to false',
    ],
    [
      'a_total offset 5m',
      'looks at another time although counter is true; leave offset and @ out',
    ],
    ['vector(1)', 'names no counter although counter is true'],
  ])('%j of counters names the counters themselves', (text, problem) => {
    expect(checkPromQL(text, { isCounter: true })).toBe(problem);
  });

  it('asks of counters how much each of them rose, before they are summed', () => {
    expect(
      increaseOf('sum(a_total{b="a[5m]"}) by (c) - sum({__name__="d"})', '1m'),
    ).toBe(
      'sum(increase(a_total{b="a[5m]"}[1m])) by (c) - sum(increase({__name__="d"}[1m]))',
    );
  });

  it('takes the step wherever it has a place for it', () => {
    expect(withWindow('sum(increase(a[${window}]))', '5m')).toBe(
      'sum(increase(a[5m]))',
    );
  });
});

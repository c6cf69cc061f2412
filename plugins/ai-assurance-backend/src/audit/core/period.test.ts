import { periodProblem } from './period';

describe('the period of a pack', () => {
  const at = (instant: string) => Date.parse(instant);
  const nowMs = at('2026-11-22T13:00:00Z');
  const judge = (start: string, end: string) =>
    periodProblem({ startMs: at(start), endMs: at(end) }, nowMs);

  it('may end now, last a millisecond, or ten years with their leap days', () => {
    expect(judge('2026-11-22T12:00:00Z', '2026-11-22T13:00:00Z')).toBe(
      undefined,
    );
    expect(judge('2026-11-22T12:59:59.999Z', '2026-11-22T13:00:00Z')).toBe(
      undefined,
    );
    expect(judge('2016-02-29T00:00:00Z', '2026-02-28T00:00:00Z')).toBe(
      undefined,
    );
  });

  it.each([
    [
      'empty',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:00Z',
      /must lie after periodStartMs/,
    ],
    [
      'reversed',
      '2026-01-02T00:00:00Z',
      '2026-01-01T00:00:00Z',
      /must lie after periodStartMs/,
    ],
    [
      'ending in the future',
      '2026-01-01T00:00:00Z',
      '2026-11-22T13:00:00.001Z',
      /lies in the future/,
    ],
    [
      'longer than ten years',
      '2016-01-01T00:00:00Z',
      '2026-01-01T00:00:00.001Z',
      /at most 10 years/,
    ],
    [
      'beginning before 1970',
      '1969-12-31T23:59:59Z',
      '1970-01-02T00:00:00Z',
      /before 1970/,
    ],
  ])('is refused when it is %s', (_what, start, end, problem) => {
    expect(judge(start, end)).toMatch(problem);
  });
});

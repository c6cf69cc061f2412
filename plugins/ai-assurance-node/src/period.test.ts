import { expiryOf, instantOf, periodOf } from './period';

const nowMs = Date.parse('2026-11-22T13:20:30.500Z');
const hourMs = 3_600_000;

describe('a period of the clock', () => {
  it.each([
    [900_000, '2026-11-22T13:15Z', '2026-11-22T13:45:00.000Z'],
    [hourMs, '2026-11-22T13:00Z', '2026-11-22T15:00:00.000Z'],
    [24 * hourMs, '2026-11-22T00:00Z', '2026-11-24T00:00:00.000Z'],
  ])(
    'of %p ms that holds a moment is %p, and good until %p',
    (length, id, expiry) => {
      const period = periodOf(nowMs, length);
      expect(period.id).toBe(id);
      expect(period.endMs - period.startMs).toBe(length);
      expect(expiryOf(period)).toBe(expiry);
    },
  );

  it('is half-open: its end is the start of the next', () => {
    const { startMs, endMs } = periodOf(nowMs, hourMs);
    expect(periodOf(startMs, hourMs).startMs).toBe(startMs);
    expect(periodOf(endMs - 1, hourMs).startMs).toBe(startMs);
    expect(periodOf(endMs, hourMs).startMs).toBe(endMs);
  });

  it.each([0, -60_000, 30_000, 90_500, 7 * 60_000, 48 * hourMs, Number.NaN])(
    'has no length of %p ms',
    length => {
      expect(() => periodOf(nowMs, length)).toThrow(RangeError);
    },
  );

  it('is written as evidence writes instants', () => {
    expect(instantOf(nowMs)).toBe('2026-11-22T13:20:30.500Z');
    expect(() => instantOf(Number.NaN)).toThrow('Not an instant: NaN');
  });
});

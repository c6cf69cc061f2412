import { dayEndMs, dayOf, dayStartMs, periodOf } from './days';

describe('days in UTC', () => {
  it('a period through a day ends where the next day starts', () => {
    expect(dayStartMs('2026-11-22')).toBe(Date.UTC(2026, 10, 22));
    expect(dayEndMs('2026-12-31')).toBe(Date.UTC(2027, 0, 1));
  });

  it.each(['', '22.11.2026', '2026-13-01', '2026-11'])(
    '%p is not a day',
    text => {
      expect(dayStartMs(text)).toBe(undefined);
    },
  );

  it.each([
    ['last30', '2026-11-22', { from: '2026-10-24', through: '2026-11-22' }],
    [
      'thisQuarter',
      '2026-11-22',
      { from: '2026-10-01', through: '2026-11-22' },
    ],
    [
      'lastQuarter',
      '2026-11-22',
      { from: '2026-07-01', through: '2026-09-30' },
    ],
    [
      'lastQuarter',
      '2026-02-03',
      { from: '2025-10-01', through: '2025-12-31' },
    ],
  ] as const)('%s seen on %s', (preset, day, period) => {
    expect(periodOf(preset, dayStartMs(day)!)).toEqual(period);
  });

  it('the day of a moment is the day in UTC', () => {
    expect(dayOf(Date.UTC(2026, 10, 22, 23, 59, 59))).toBe('2026-11-22');
  });
});

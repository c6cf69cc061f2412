import { eventsByMoment, fromFirstData } from './timeAxis';

const minuteMs = 60_000;
/** One moment a minute; the numbers are counts, 0 is a gap. */
const minutes = (...counts: number[]) =>
  counts.map((count, index) => ({ atMs: index * minuteMs, count }));
const counted = (moment: { count: number }) => moment.count > 0;

describe('the start of a time axis', () => {
  it('follows the first data, one moment before, when most of the range is empty', () => {
    expect(fromFirstData(minutes(0, 0, 0, 0, 5, 0, 6), counted)).toEqual({
      moments: [
        { atMs: 3 * minuteMs, count: 0 },
        { atMs: 4 * minuteMs, count: 5 },
        { atMs: 5 * minuteMs, count: 0 },
        { atMs: 6 * minuteMs, count: 6 },
      ],
      startMs: 3 * minuteMs,
    });
  });

  it.each([
    ['data starts in the first half', minutes(0, 0, 5, 6)],
    ['there is no data at all', minutes(0, 0, 0)],
    ['only the middle is empty', minutes(5, 0, 0, 0, 0, 0, 6)],
    ['there is no moment', []],
  ])('stays where it is when %s', (_, moments) => {
    expect(fromFirstData(moments, counted)).toEqual({ moments });
  });
});

describe('events on a time axis', () => {
  const moments = minutes(1, 1, 1);

  it.each([
    ['at the start of a moment', 1 * minuteMs, 1],
    ['just before the next moment', 2 * minuteMs - 1, 1],
    ['while the last moment still fills', 3 * minuteMs, 2],
  ])('an event %s belongs to it', (_, atMs, index) => {
    expect([...eventsByMoment(moments, [{ atMs }])]).toEqual([
      [index, [{ atMs }]],
    ]);
  });

  it.each([
    ['before the axis', -1],
    ['after the axis', 3 * minuteMs + 1],
  ])('an event %s is left out', (_, atMs) => {
    expect(eventsByMoment(moments, [{ atMs }]).size).toBe(0);
  });

  it('an axis without moments has no place for events', () => {
    expect(eventsByMoment([], [{ atMs: 0 }]).size).toBe(0);
  });
});

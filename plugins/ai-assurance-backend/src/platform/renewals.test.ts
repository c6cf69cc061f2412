import { dueForRenewal } from './renewals';

const minuteMs = 60_000;
const nowMs = 1_700_000_040_000;
const judged = (count: number, ageMs: number | undefined) =>
  Array.from({ length: count }, () => ({
    evidenceAtMs: ageMs === undefined ? undefined : nowMs - ageMs,
  }));
const countOf = (
  ...[some, allCount]: [ReturnType<typeof judged>, allCount?: number]
) => dueForRenewal(some, nowMs, allCount).size;

describe('evidence that did not change', () => {
  it('is renewed once it is five minutes old', () => {
    expect(countOf(judged(1_000, 5 * minuteMs - 1))).toBe(0);
    expect(countOf(judged(1_000, 5 * minuteMs))).toBe(1_000);
  });

  it('is not renewed where there never was any', () => {
    expect(countOf(judged(10, undefined))).toBe(0);
  });

  it('of very many is renewed an eighth at a time, the oldest first', () => {
    const some = judged(10_000, 5 * minuteMs);
    const older = judged(100, 6 * minuteMs);
    const renewed = dueForRenewal([...some, ...older], nowMs);
    expect(renewed.size).toBe(1_263);
    expect(older.every(one => renewed.has(one))).toBe(true);
  });

  it('of a part of very many is renewed by the share of the part', () => {
    expect(countOf(judged(500, 5 * minuteMs), 10_000)).toBe(63);
    expect(countOf(judged(500, 5 * minuteMs), 2_000)).toBe(250);
    expect(countOf(judged(500, 5 * minuteMs), 1_000)).toBe(500);
  });

  it('is renewed well before it expires, however much of it there is', () => {
    expect(countOf(judged(10_000, 12 * minuteMs))).toBe(10_000);
  });
});

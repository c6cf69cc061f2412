import { pauseMs } from './pause';

describe('how long a pause is', () => {
  it.each<[number | string | null | undefined, number | null]>([
    [undefined, null],
    [null, null],
    [30, 30_000],
    [-1, null],
    ['30', 30_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['250ms', 250],
    ['10 m', null],
    ['soon', null],
    ['', null],
  ])('%p is %p ms', (duration, ms) => {
    expect(pauseMs(duration)).toBe(ms);
  });
});

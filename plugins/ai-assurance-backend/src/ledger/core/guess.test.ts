import { Guess } from './guess';

/** Whether it was worth a try, so many times in a row. */
const asked = (guess: Guess, times: number) =>
  Array.from({ length: times }, () => guess.isWorthIt());

describe('a guess', () => {
  it('is made again and again while it comes true', () => {
    const guess = new Guess();
    expect(asked(guess, 2)).toEqual([true, true]);
    guess.cameTrue(true);
    expect(asked(guess, 2)).toEqual([true, true]);
  });

  it('rests twice as long after each miss, and not at all once it came true', () => {
    const guess = new Guess();
    guess.cameTrue(false);
    expect(asked(guess, 3)).toEqual([false, false, true]);
    guess.cameTrue(false);
    expect(asked(guess, 5)).toEqual([false, false, false, false, true]);
    guess.cameTrue(true);
    guess.cameTrue(false);
    expect(asked(guess, 3)).toEqual([false, false, true]);
  });

  it('never rests for more than 64 times', () => {
    const guess = new Guess();
    for (let miss = 0; miss < 20; miss += 1) guess.cameTrue(false);
    expect(asked(guess, 65).lastIndexOf(false)).toBe(63);
  });
});

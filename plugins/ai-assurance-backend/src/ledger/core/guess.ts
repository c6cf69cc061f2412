/** After that many misses in a row, a guess rests for the longest time. */
const mostMisses = 6;

/**
 * Whether something that mostly holds is taken for granted this time. After each miss in a row it rests twice as long, so
 * that where it does not hold it costs next to nothing.
 */
export class Guess {
  #misses = 0;
  /** Times for which it is not tried. */
  #restsFor = 0;

  /** Counts: ask once for each time. */
  isWorthIt(): boolean {
    if (this.#restsFor === 0) return true;
    this.#restsFor -= 1;
    return false;
  }

  cameTrue(isTrue: boolean): void {
    this.#misses = isTrue ? 0 : Math.min(this.#misses + 1, mostMisses);
    this.#restsFor = isTrue ? 0 : 2 ** this.#misses;
  }
}

/** Lets so many run at once; others wait in line, and beyond a length of the line are turned away. */
export class Limiter {
  readonly #atOnce: number;
  readonly #maxWaiting: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: { atOnce: number; maxWaiting: number }) {
    this.#atOnce = options.atOnce;
    this.#maxWaiting = options.maxWaiting;
  }

  /** Throws what `full` gives when the line is full, and what `work` throws. */
  async run<T>(work: () => Promise<T>, full: () => Error): Promise<T> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#maxWaiting) throw full();
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      // Whoever waits longest takes the place over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

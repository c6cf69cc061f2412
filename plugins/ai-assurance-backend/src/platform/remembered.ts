/**
 * Answers that hold for some seconds, by key: asked for at every opening of a page, changed once in a while. A question that
 * is on its way is shared; one that failed is asked again. Holds the newest `maxEntries`.
 */
export class Remembered<T> {
  readonly #forMs: number;
  readonly #maxEntries: number;
  readonly #entries = new Map<
    string,
    { answer: Promise<T>; untilMs: number }
  >();

  constructor(options: { forMs: number; maxEntries: number }) {
    this.#forMs = options.forMs;
    this.#maxEntries = options.maxEntries;
  }

  of(key: string, nowMs: number, ask: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known && nowMs < known.untilMs) return known.answer;
    const answer = ask();
    this.#entries.delete(key);
    this.#entries.set(key, { answer, untilMs: nowMs + this.#forMs });
    if (this.#entries.size > this.#maxEntries)
      this.#entries.delete(this.#entries.keys().next().value!);
    answer.catch(() => {
      if (this.#entries.get(key)?.answer === answer) this.#entries.delete(key);
    });
    return answer;
  }
}

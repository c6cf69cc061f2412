import { Cause } from './core/serviceStatus';

const minuteMs = 60_000;
/** What happened before an alert began changes no more once late telemetry has had this long to come in. */
const settledAfterMs = 10 * minuteMs;
const freshForMs = 30_000;
const maxEntries = 1_000;

/**
 * Remembers what happened before an alert began: asked at every opening of a page, and the same from some minutes after it
 * on. Holds the newest thousand; what is about a moment of the past is never kept, since it depends on that moment.
 */
export class CauseCache {
  readonly #entries = new Map<
    string,
    { causes: Cause[]; goodUntilMs: number }
  >();

  async of(
    question: {
      entityRef: string;
      sinceMs: number;
      atMs: number;
      isPast: boolean;
    },
    find: () => Promise<Cause[]>,
  ): Promise<Cause[]> {
    const { entityRef, sinceMs, atMs, isPast } = question;
    if (isPast) return find();
    const key = `${entityRef} ${sinceMs}`;
    const known = this.#entries.get(key);
    if (known && atMs < known.goodUntilMs) return known.causes;
    const causes = await find();
    this.#entries.delete(key);
    this.#entries.set(key, {
      causes,
      goodUntilMs:
        atMs - sinceMs > settledAfterMs
          ? Number.POSITIVE_INFINITY
          : atMs + freshForMs,
    });
    if (this.#entries.size > maxEntries)
      this.#entries.delete(this.#entries.keys().next().value!);
    return causes;
  }
}

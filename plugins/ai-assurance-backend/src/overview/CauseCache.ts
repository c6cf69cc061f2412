import { Cause } from './core/serviceStatus';

const minuteMs = 60_000;
/** What happened before an alert began hardly changes once late telemetry has had this long to come in. */
const settledAfterMs = 10 * minuteMs;
const freshForMs = 30_000;
/** Evidence of a change may still be handed in later. */
const settledFreshForMs = 5 * minuteMs;
const maxEntries = 1_000;

/** About what happened before the alert of a subject. */
export interface CauseQuestion {
  entityRef: string;
  /** When it began. */
  sinceMs: number;
  /** When it is asked. */
  atMs: number;
  isPast: boolean;
}

const keyOf = ({ entityRef, sinceMs }: CauseQuestion) =>
  `${entityRef} ${sinceMs}`;

/**
 * Remembers what happened before an alert began: asked at every opening of a page, and mostly the same from some minutes
 * after it on. Holds the newest thousand; what is about a moment of the past is never kept, since it depends on that moment.
 */
export class CauseCache {
  readonly #entries = new Map<
    string,
    { causes: Cause[]; goodUntilMs: number }
  >();

  async of(
    question: CauseQuestion,
    find: () => Promise<Cause[]>,
  ): Promise<Cause[]> {
    const { atMs, isPast } = question;
    if (isPast) return find();
    const known = this.#entries.get(keyOf(question));
    return known && atMs < known.goodUntilMs
      ? known.causes
      : this.#find(question, find);
  }

  /** Looks up again what would be too old within `aheadMs`, so that nobody who opens a page waits for it. */
  async refresh(
    question: CauseQuestion,
    aheadMs: number,
    find: () => Promise<Cause[]>,
  ): Promise<void> {
    const known = this.#entries.get(keyOf(question));
    if (!known || known.goodUntilMs <= question.atMs + aheadMs)
      await this.#find(question, find);
  }

  async #find(
    question: CauseQuestion,
    find: () => Promise<Cause[]>,
  ): Promise<Cause[]> {
    const { atMs, sinceMs } = question;
    const causes = await find();
    const key = keyOf(question);
    this.#entries.delete(key);
    this.#entries.set(key, {
      causes,
      goodUntilMs:
        atMs +
        (atMs - sinceMs > settledAfterMs ? settledFreshForMs : freshForMs),
    });
    if (this.#entries.size > maxEntries)
      this.#entries.delete(this.#entries.keys().next().value!);
    return causes;
  }
}

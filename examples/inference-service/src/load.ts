import type { DigitReader, Scenario } from '@ai-assurance/example-digit-reader';
import { digitAt, transformed } from '@ai-assurance/example-digit-reader';

/** Requests a second. */
export const REQUESTS_PER_SECOND = 5;
/** A client that waits for two answers asks no more: a slow service must not be buried. */
const MOST_AT_ONCE = 2;

/** What came back since the last time somebody asked. */
export interface LoadTally {
  sent: number;
  right: number;
  wrong: number;
  refused: number;
  failed: number;
  /** Beats at which nothing was sent because answers were still awaited. */
  held: number;
}

const nothing = (): LoadTally => ({
  sent: 0,
  right: 0,
  wrong: 0,
  refused: 0,
  failed: 0,
  held: 0,
});

interface LoadOptions {
  url: string;
  reader: DigitReader;
  scenario(): Scenario;
}

/** A small real load: held-out digits sent over HTTP, disturbed as the scenario says, one after the other. */
export class Load {
  readonly #options: LoadOptions;
  readonly #waiting = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #sentCount = 0;
  #malformedDue = 0;
  #tally = nothing();

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#waiting.size >= MOST_AT_ONCE) {
        this.#tally.held += 1;
        return;
      }
      const asked = this.send().finally(() => this.#waiting.delete(asked));
      this.#waiting.add(asked);
    }, 1000 / REQUESTS_PER_SECOND);
  }

  /** Returns the counts since the last call and begins counting anew. */
  takeTally(): LoadTally {
    const tally = this.#tally;
    this.#tally = nothing();
    return tally;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#waiting);
  }

  /** Sends the next digit and counts what comes back. Never throws. */
  async send(): Promise<void> {
    const { reader, scenario, url } = this.#options;
    const index = this.#sentCount % reader.heldOut.count;
    const image = transformed(
      digitAt(reader.heldOut, index),
      scenario().input,
      this.#sentCount,
    );
    this.#sentCount += 1;
    // Evenly spread, no dice: with a share of 0.2 it is every fifth.
    this.#malformedDue += scenario().service.malformedShare;
    const isMalformed = this.#malformedDue >= 1;
    if (isMalformed) this.#malformedDue -= 1;
    const pixels = Array.from(
      isMalformed ? image.subarray(0, 700) : image,
      level => level / 255,
    );

    this.#tally.sent += 1;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ pixels }),
        signal: AbortSignal.timeout(10_000),
      });
      const answer = (await response.json()) as { digit?: number };
      if (response.status === 400) this.#tally.refused += 1;
      else if (!response.ok) this.#tally.failed += 1;
      else if (answer.digit === reader.heldOut.labels[index])
        this.#tally.right += 1;
      else this.#tally.wrong += 1;
    } catch {
      this.#tally.failed += 1;
    }
  }
}

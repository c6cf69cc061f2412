/** There is no room for another request just now; nothing of it was taken. */
export class Busy extends Error {}

/** The share of one request. */
export interface Lease {
  /** Asks for room for so many more bytes. Throws {@link Busy} when there is none. */
  grow(bytes: number): void;
  /** Gives all of it back. Safe to repeat. */
  release(): void;
}

/**
 * Bounds what requests hold while they are read and wait to be written. Whoever does not fit is told at once to come back, so
 * that a slow database fills neither memory nor the senders' connections.
 */
export class Admission {
  readonly #maxRequests: number;
  readonly #maxBytes: number;
  #requests = 0;
  #bytes = 0;

  constructor(options: { maxRequests: number; maxBytes: number }) {
    this.#maxRequests = options.maxRequests;
    this.#maxBytes = options.maxBytes;
  }

  /** Throws {@link Busy} when too many requests are waiting. */
  enter(): Lease {
    if (this.#requests >= this.#maxRequests)
      throw new Busy(
        `${
          this.#requests
        } requests are waiting to be written. Send this one again later.`,
      );
    this.#requests += 1;
    let held = 0;
    let isReleased = false;
    return {
      grow: bytes => {
        // A single request passes whatever its size, which has a limit of its own.
        if (this.#bytes > held && this.#bytes + bytes > this.#maxBytes)
          throw new Busy(
            `Requests of ${
              this.#bytes
            } bytes are waiting to be written. Send this one again later.`,
          );
        held += bytes;
        this.#bytes += bytes;
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#requests -= 1;
        this.#bytes -= held;
      },
    };
  }
}

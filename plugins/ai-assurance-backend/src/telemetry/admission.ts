/** There is no room for another request just now; nothing of it was taken. */
export class Busy extends Error {}

/** The share of one request. */
export interface Lease {
  /** Asks for room for so many more bytes. Throws {@link Busy} when there is none. */
  grow(bytes: number): void;
  /** The same, with a buffer for them that is used again for another request once this is released. */
  buffer(bytes: number): Buffer;
  /** Gives all of it back; what stood in buffers MUST NOT be read any more. Safe to repeat. */
  release(): void;
}

const SMALLEST_BUFFER = 64 * 1024;
const BUFFERS_KEPT = 16;
const BYTES_KEPT = 16 * 1024 * 1024;

/** Buffers to be used again: a new one of this size costs the system more than filling it. */
class Buffers {
  readonly #free: Buffer[] = [];
  #bytes = 0;

  /** One of at least so many bytes, with anything in it. */
  take(bytes: number): Buffer {
    const at = this.#free.findIndex(
      // A small body must not keep a large buffer from a large one.
      ({ length }) => length >= bytes && length <= 4 * bytes,
    );
    if (at >= 0) {
      const [buffer] = this.#free.splice(at, 1);
      this.#bytes -= buffer.length;
      return buffer;
    }
    return Buffer.allocUnsafeSlow(
      Math.ceil(bytes / SMALLEST_BUFFER) * SMALLEST_BUFFER,
    );
  }

  give(buffer: Buffer): void {
    if (
      this.#free.length >= BUFFERS_KEPT ||
      this.#bytes + buffer.length > BYTES_KEPT
    )
      return;
    this.#free.push(buffer);
    this.#bytes += buffer.length;
  }
}

/**
 * Bounds what requests hold while they are read and wait to be written. Whoever does not fit is told at once to come back, so
 * that a slow database fills neither memory nor the senders' connections.
 */
export class Admission {
  readonly #buffers = new Buffers();
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
    const buffers: Buffer[] = [];
    const grow = (bytes: number) => {
      // A single request passes whatever its size, which has a limit of its own.
      if (this.#bytes > held && this.#bytes + bytes > this.#maxBytes)
        throw new Busy(
          `Requests of ${
            this.#bytes
          } bytes are waiting to be written. Send this one again later.`,
        );
      held += bytes;
      this.#bytes += bytes;
    };
    return {
      grow,
      buffer: bytes => {
        grow(bytes);
        const buffer = this.#buffers.take(bytes);
        buffers.push(buffer);
        return buffer;
      },
      release: () => {
        if (isReleased) return;
        isReleased = true;
        this.#requests -= 1;
        this.#bytes -= held;
        for (const buffer of buffers) this.#buffers.give(buffer);
      },
    };
  }
}

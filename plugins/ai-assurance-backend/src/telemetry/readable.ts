import { Unreadable } from './core/otlp/wire';

/** A body that could not be read at all; the message says where reading stopped. */
export class UnreadableBody extends Error {}

/** What the sender got wrong about the body as a whole, told apart from what we did. */
export function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new UnreadableBody(`The body is ${error.message}`);
  }
}

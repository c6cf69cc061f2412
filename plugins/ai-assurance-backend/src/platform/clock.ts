/** The only reader of the wall clock. A use case reads it once and passes the value down. */
export interface Clock {
  /** Now, in epoch milliseconds. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

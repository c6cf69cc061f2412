import { setTimeout as wait } from 'node:timers/promises';
import type { Readable } from 'node:stream';

/** What a command takes from its process; a test hands in its own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  sleep(ms: number): Promise<void>;
  /** Evenly spread, 0 up to, not including, 1. */
  random(): number;
  nowMs(): number;
}

/** Those of this process. */
export const processSurroundings: Surroundings = {
  env: process.env,
  get stdin() {
    return process.stdin;
  },
  sleep: ms => wait(ms),
  random: () => Math.random(),
  nowMs: () => Date.now(),
};

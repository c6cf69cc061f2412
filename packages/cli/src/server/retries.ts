import { type Output, printable } from '../words';
import { type Answer, NoAnswer } from './post';
import type { Surroundings } from './surroundings';

/** How often something that is safe to repeat is tried. */
export interface RetrySettings {
  /** 1 or more. */
  readonly attempts: number;
  /** Told of each wait, so that a person sees why nothing happens. */
  onWait(why: string, ms: number): void;
}

/** Tells a person of each wait. */
export const tellWait = (output: Output) => (why: string, ms: number) =>
  output.writeError(
    `${printable(why)}: trying again in ${(ms / 1000).toFixed(1)} s\n`,
  );

const firstWaitMs = 500;
const longestWaitMs = 30_000;
const longestAskedMs = 5 * 60_000;
const passing = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Sends until there is an answer that another attempt would not change, or the attempts are used up; then the last answer, or
 * a thrown NoAnswer. What is sent MUST be safe to repeat: an attempt without an answer may have been carried out.
 */
export async function sendWithRetries(
  send: () => Promise<Answer>,
  settings: RetrySettings,
  surroundings: Pick<Surroundings, 'sleep' | 'random' | 'nowMs'>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    let why: string;
    let askedMs: number | undefined;
    try {
      const answer = await send();
      if (!passing.has(answer.status) || attempt >= settings.attempts)
        return answer;
      why = `status ${answer.status}`;
      askedMs = askedWaitMs(answer.retryAfter, surroundings.nowMs());
    } catch (error) {
      if (!(error instanceof NoAnswer) || attempt >= settings.attempts)
        throw error;
      why = error.message;
    }
    const ms = waitMs(attempt, askedMs, surroundings.random());
    settings.onWait(why, ms);
    await surroundings.sleep(ms);
  }
}

/**
 * How long to wait after an attempt, in ms: doubling from half a second up to half a minute, of which a random half is taken
 * off, so that many senders do not come back at once; never sooner than the server asked for, up to five minutes.
 */
export function waitMs(
  attempt: number,
  askedMs: number | undefined,
  random: number,
): number {
  const full = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  const own = full / 2 + (full / 2) * random;
  return Math.round(
    Math.max(own, Math.min(askedMs ?? 0, longestAskedMs) * (1 + random / 10)),
  );
}

/** Reads `Retry-After`: seconds, or a date. */
export function askedWaitMs(
  header: string | undefined,
  nowMs: number,
): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

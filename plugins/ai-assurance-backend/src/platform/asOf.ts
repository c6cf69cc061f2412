import {
  AsOfLimit,
  AsOfNote,
  asOfQueryOf,
  Operation,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { InputError } from '@backstage/errors';
import { instantOf } from './instant';
import { withCode } from './withCode';

/**
 * A question about the past: what was known at `atMs`? It is handed down to every room that is asked, and each notes on it
 * what it cannot know as it was then.
 */
export interface AsOf {
  /** Epoch milliseconds; what was recorded up to and including this instant is known. */
  readonly atMs: number;
  /** Notes a limit of the answer. Safe to repeat. */
  limit(code: AsOfLimit): void;
}

/** A question about the past that remembers the limits of its answer. */
export interface AsOfQuestion extends AsOf {
  /** For the answer, in the order of the list of limits. */
  note(): AsOfNote;
}

const minuteMs = 60_000;

/** The limits in words. Each says what is shown instead, so that nobody takes it for what was known then. */
const limitTexts: Record<AsOfLimit, string> = {
  'catalog-of-today':
    'The catalog keeps no history: which subjects there are, their titles, owners, tiers and relations are as they are today. A subject without a verdict from then shows as not judged.',
  'telemetry-late-points':
    'Charts and counts hold the whole minutes that had ended by then. Points that arrived later for such a minute are in them too: a minute does not remember when it was filled.',
  'telemetry-retention':
    'Telemetry of a part of this range is past its retention and gone. A gap there does not mean that nothing happened.',
  'last-recorded':
    'Objectives and drift are as last recorded in the ledger, which is done at every change of a verdict and at least every five minutes (twelve where more than a thousand signals or objectives are judged): the page of then could have been some minutes fresher. Objectives by version, cohort and environment, and the checks of nulls and ranges beside drift, are not among it.',
  'history-thinned':
    'The minutes of a drift chart that lie more than seven days back are gone; for them it shows what the ledger recorded, one point every few minutes or at a change.',
  'objective-documents':
    'Which objectives were declared then, and what was wrong in their documents, was not kept yet. Shown are those that were still being recorded.',
  'scorecard-rules':
    'The rules of a scorecard were others then. Verdicts under them are shown as they were recorded, in today’s words and without the values behind them.',
  'policy-of-today':
    'What a policy requires is asked by the policy of today; the frozen verdicts are those of then.',
  'quarantine-of-today':
    'An item in quarantine keeps only its latest reason and how often it came in all; its bytes are erased, and later the item is forgotten, once it is resolved.',
  'redacted-since':
    'Evidence that was redacted since can no longer be read; what it said then is not in this answer.',
  'collections-at-changes':
    'Of each source it is known since when it worked or failed. How often it had failed by then, and how much its last run brought, was not kept.',
};

export function createAsOf(atMs: number): AsOfQuestion {
  const limits = new Set<AsOfLimit>();
  return {
    atMs,
    limit: code => {
      limits.add(code);
    },
    note: () => ({
      atMs,
      limits: (Object.keys(limitTexts) as AsOfLimit[])
        .filter(code => limits.has(code))
        .map(code => ({ code, text: limitTexts[code] })),
    }),
  };
}

/** The end of the last whole minute that was over at an instant: what telemetry can answer for then. */
export function wholeMinuteMs(atMs: number): number {
  return Math.floor(atMs / minuteMs) * minuteMs;
}

/**
 * Reads `asOf` from the query of an operation that reads; `undefined` when the caller asks about now. Throws `InputError`
 * `INVALID_INPUT` for anything that is not an instant in UTC, and `AS_OF_IN_FUTURE`.
 */
export function readAsOf(
  operation: Operation,
  query: Record<string, unknown>,
  nowMs: number,
): AsOfQuestion | undefined {
  const schema = asOfQueryOf(operation);
  if (!schema || query.asOf === undefined) return undefined;
  const result = schema.safeParse({ asOf: query.asOf });
  const atMs = result.success ? Date.parse(result.data.asOf!) : Number.NaN;
  if (Number.isNaN(atMs)) {
    throw withCode(
      new InputError(
        'query.asOf: not an instant. Write it as ISO-8601 in UTC, for example 2026-11-12T14:00:00Z, or leave it out to ask about now.',
      ),
      'INVALID_INPUT',
    );
  }
  if (atMs > nowMs) {
    throw withCode(
      new InputError(
        `query.asOf: lies in the future; here it is ${instantOf(
          nowMs,
        )}. Ask about a moment that is over, or leave it out to ask about now.`,
      ),
      'AS_OF_IN_FUTURE',
    );
  }
  return createAsOf(atMs);
}

import type { OrderState } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** How sending an order ended. */
export type SendOutcome =
  | { kind: 'answered'; status: number }
  | { kind: 'not-sent'; code: string }
  | { kind: 'no-answer'; code: string };

/** What an order is after it was sent. */
export interface Answered {
  state: Exclude<OrderState, 'ordered' | 'sending'>;
  status: number | null;
  code: string | null;
}

/**
 * What an answer means. 202 takes the order and is not done with it. A refusal changed nothing. A failure of the other
 * system, or no answer at all, may have changed something: nobody knows, and it is not sent again.
 */
export function answeredAs(outcome: SendOutcome): Answered {
  if (outcome.kind === 'not-sent')
    return { state: 'refused', status: null, code: outcome.code };
  if (outcome.kind === 'no-answer')
    return { state: 'unanswered', status: null, code: outcome.code };
  const { status } = outcome;
  if (status === 202) return { state: 'accepted', status, code: null };
  if (status >= 200 && status < 300)
    return { state: 'done', status, code: null };
  if (status >= 500)
    return { state: 'unanswered', status, code: 'SERVER_ERROR' };
  return { state: 'refused', status, code: 'REFUSED' };
}

/** A version of a service as telemetry knows it. */
export interface KnownVersion {
  version: string;
  digest: string | undefined;
  firstSeenMs: number;
  lastSeenMs: number;
}

/** Share of the traffic of a version now. */
export interface TrafficOf {
  version: string;
  count: number;
}

/**
 * Which version would be taken back, and which would come: the one that serves most of the traffic, and of those that were
 * there before it the one that was seen last. Either is `null` when there is none.
 */
export function proposedRollback(
  versions: KnownVersion[],
  traffic: TrafficOf[],
): { fromVersion: string | null; toVersion: string | null } {
  const top = [...traffic]
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)[0];
  if (!top) return { fromVersion: null, toVersion: null };
  const from = versions.find(({ version }) => version === top.version);
  const before = versions
    .filter(
      ({ version, firstSeenMs }) =>
        version !== top.version &&
        (from === undefined || firstSeenMs < from.firstSeenMs),
    )
    .sort((a, b) => b.lastSeenMs - a.lastSeenMs)[0];
  return { fromVersion: top.version, toVersion: before?.version ?? null };
}

/** An answer in words, for people. */
export function answerInWords(answered: {
  state: OrderState;
  status: number | null;
  code: string | null;
}): string | null {
  const { state, status, code } = answered;
  if (state === 'done') return `Done (HTTP ${status})`;
  if (state === 'accepted') return 'Taken, not done yet (HTTP 202)';
  if (state === 'refused')
    return status === null
      ? `Not sent: the system could not be reached (${code})`
      : `Refused (HTTP ${status})`;
  if (state === 'unanswered')
    return status === null
      ? `Sent, and no answer came (${code}): look whether it was carried out`
      : `It failed there (HTTP ${status}): look whether it was carried out`;
  return null;
}

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
  /** What it became there, for example `rollout/23`; `null`: nothing, or not known. */
  reference: string | null;
}

/**
 * What an answer means. 202 takes the order and is not done with it. A refusal changed nothing. A failure of the other
 * system, or no answer at all, may have changed something: nobody knows, and it is not sent again.
 */
export function answeredAs(outcome: SendOutcome): Omit<Answered, 'reference'> {
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

/** Traffic of a version, and its share of each step, the newest last. */
export interface TrafficOf {
  version: string;
  count: number;
  shares: number[];
}

/** Shares of the newest step that anything was served in: who serves now, however much was served before a switch. */
function sharesNow(traffic: TrafficOf[]): Map<string, number> {
  const stepCount = Math.max(0, ...traffic.map(({ shares }) => shares.length));
  for (let step = stepCount - 1; step >= 0; step -= 1) {
    const serving = traffic.filter(({ shares }) => (shares[step] ?? 0) > 0);
    if (serving.length > 0)
      return new Map(
        serving.map(({ version, shares }) => [version, shares[step]]),
      );
  }
  return new Map();
}

/**
 * Which version would be taken back, and which would come: the one that serves most of the traffic now, and of those that were
 * there before it the one that was seen last. Either is `null` when there is none.
 */
export function proposedRollback(
  versions: KnownVersion[],
  traffic: TrafficOf[],
): { fromVersion: string | null; toVersion: string | null } {
  const [top] = [...sharesNow(traffic)].sort((a, b) => b[1] - a[1]);
  if (!top) return { fromVersion: null, toVersion: null };
  const fromVersion = top[0];
  const from = versions.find(({ version }) => version === fromVersion);
  const before = versions
    .filter(
      ({ version, firstSeenMs }) =>
        version !== fromVersion &&
        (from === undefined || firstSeenMs <= from.firstSeenMs),
    )
    .sort((a, b) => b.lastSeenMs - a.lastSeenMs)[0];
  return { fromVersion, toVersion: before?.version ?? null };
}

/** Why nothing was told, or what else is to be said of a refusal. */
const refusals: Record<string, (status: number | null) => string> = {
  VERSION_NOT_THERE: () =>
    'Nothing was ordered: it does not have the version to bring back',
  VERSION_UNUSABLE: () =>
    'Nothing was ordered: the version to bring back is incomplete, invalidated or deleted there',
  VERSION_UNNAMEABLE: () =>
    'Nothing was ordered: one of the versions has a name that cannot be asked for there',
  NOT_ASKED: status =>
    `Nothing was ordered: it could not be asked first (HTTP ${status})`,
  UNAUTHORIZED: status =>
    `Refused (HTTP ${status}): its credentials in the config may not order this`,
  ALREADY_THERE: status =>
    `Refused (HTTP ${status}): a deployment like it is active there already`,
  LEFT_PAUSED: status =>
    `Refused${
      status === null ? '' : ` (HTTP ${status})`
    }. A rollout of the version to take back may have been left paused: look there`,
};

/** An answer in words, for people. */
export function answerInWords(answered: {
  state: OrderState;
  status: number | null;
  code: string | null;
  reference: string | null;
}): string | null {
  const { state, status, code, reference } = answered;
  const asWhat = reference === null ? '' : ` as ${reference.replace('/', ' ')}`;
  if (state === 'done') return `Done (HTTP ${status})`;
  if (state === 'accepted') {
    if (code === 'FOUND')
      return `Taken${asWhat}, not done yet: no answer came, and it was found there`;
    const taken = `Taken${asWhat}, not done yet (HTTP ${status})`;
    return code === 'STILL_ROLLING'
      ? `${taken}. Not all rollouts of the version that is taken back could be stopped: look there`
      : taken;
  }
  if (state === 'refused') {
    const words = code === null ? undefined : refusals[code];
    if (words) return words(status);
    return status === null
      ? `Not sent: the system could not be reached (${code})`
      : `Refused (HTTP ${status})`;
  }
  if (state === 'unanswered')
    return status === null
      ? `Sent, and no answer came (${code}): look whether it was carried out`
      : `It failed there (HTTP ${status}): look whether it was carried out`;
  return null;
}

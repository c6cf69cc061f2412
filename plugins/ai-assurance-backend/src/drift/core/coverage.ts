import {
  Drift,
  DriftCoverage,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** What of a monitor coverage is told from. */
export type WatchingMonitor = Pick<
  Drift,
  'feature' | 'currentCount' | 'referenceId'
> & {
  verdict: Pick<Drift['verdict'], 'status' | 'reason'> & {
    facts?: Pick<Drift['verdict']['facts'], 'windowStartMs' | 'windowEndMs'>;
  };
};

/** Whether a monitor can tell now: a stale or inconclusive one is there, and watches nothing. */
export function isLive(monitor: Pick<WatchingMonitor, 'verdict'>): boolean {
  return monitor.verdict.status !== 'inconclusive';
}

/** A monitor without a reference has nothing to compare with, whatever its source says. */
function whyNotLive({ referenceId, verdict }: WatchingMonitor): string {
  return referenceId === null ? 'no-reference' : verdict.reason;
}

/** What a monitor saw, as if its window had been as long as that of the traffic; where it tells no window, it is. */
function seenIn(monitor: WatchingMonitor, windowMs: number): number {
  const { windowStartMs = 0, windowEndMs = 0 } = monitor.verdict.facts ?? {};
  const ownMs = windowEndMs - windowStartMs;
  return ownMs > 0
    ? Math.round((monitor.currentCount * windowMs) / ownMs)
    : monitor.currentCount;
}

/** What of a subject's features is watched; traffic counts as watched as far as a live monitor saw it. */
export function coverageOf(input: {
  subject: string;
  title: string;
  riskTier: string | undefined;
  tier: number | undefined;
  /** Everything the model takes in or gives out, as far as anybody says. */
  features: readonly string[];
  monitors: readonly WatchingMonitor[];
  /** Inferences in the window; `undefined`: not known. */
  trafficCount: number | undefined;
  windowMs: number;
}): DriftCoverage {
  const byFeature = new Map(input.monitors.map(m => [m.feature, m]));
  const features = [
    ...new Set([...input.features, ...byFeature.keys()]),
  ].sort();
  const live = input.monitors.filter(isLive);
  const seenCount = Math.max(0, ...live.map(m => seenIn(m, input.windowMs)));
  return {
    subject: input.subject,
    title: input.title,
    riskTier: input.riskTier ?? null,
    tier: input.tier ?? null,
    featureCount: features.length,
    liveCount: live.length,
    trafficCount: input.trafficCount ?? null,
    watchedTrafficCount:
      input.trafficCount === undefined
        ? null
        : Math.min(input.trafficCount, seenCount),
    unwatched: features.flatMap(feature => {
      const monitor = byFeature.get(feature);
      if (!monitor) return [{ feature, why: 'not-monitored' }];
      return isLive(monitor) ? [] : [{ feature, why: whyNotLive(monitor) }];
    }),
  };
}

/** Sums by risk tier, the tiers in the order of their names; no tier comes last. */
export function byRiskTier(subjects: readonly DriftCoverage[]) {
  const tiers = [...new Set(subjects.map(s => s.riskTier))].sort((a, b) => {
    if (a === null) return 1;
    if (b === null) return -1;
    return a < b ? -1 : 1;
  });
  return tiers.map(riskTier => {
    const own = subjects.filter(s => s.riskTier === riskTier);
    const sum = (of: (s: DriftCoverage) => number) =>
      own.reduce((total, s) => total + of(s), 0);
    return {
      riskTier,
      featureCount: sum(s => s.featureCount),
      liveCount: sum(s => s.liveCount),
      trafficCount: sum(s => s.trafficCount ?? 0),
      watchedTrafficCount: sum(s => s.watchedTrafficCount ?? 0),
    };
  });
}

const shareOf = (part: number, whole: number) =>
  `${Math.floor((part / whole) * 100)} %`;

/** “Watching 18 of 23 features, 92 % of traffic (920 of 1,000)”. */
export function coverageInWords(subjects: readonly DriftCoverage[]): string {
  const sum = (of: (s: DriftCoverage) => number) =>
    subjects.reduce((total, s) => total + of(s), 0);
  const features = sum(s => s.featureCount);
  if (features === 0) return 'No feature or output is known to be watched';
  const traffic = sum(s => s.trafficCount ?? 0);
  const watched = sum(s => s.watchedTrafficCount ?? 0);
  const words = `Watching ${sum(s => s.liveCount)} of ${features} ${
    features === 1 ? 'feature' : 'features'
  }`;
  const number = (n: number) => n.toLocaleString('en-US');
  return traffic === 0
    ? `${words}; how much of the traffic is not known`
    : `${words}, ${shareOf(watched, traffic)} of traffic (${number(
        watched,
      )} of ${number(traffic)})`;
}

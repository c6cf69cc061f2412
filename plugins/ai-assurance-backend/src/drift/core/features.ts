import { METRICS } from '../../telemetry';
import { Monitor } from './monitors';

/** What is watched of every service and model that reports it, without anybody declaring it. */
export const defaultMonitors: Monitor[] = [
  {
    feature: 'output.confidence',
    title: undefined,
    part: 'output',
    type: 'numeric',
    statistic: 'psi',
    isByCohort: false,
    everyMs: undefined,
    windowMs: undefined,
    minimumCount: undefined,
    source: { kind: 'telemetry', metric: METRICS.confidence },
    quality: {},
  },
];

/** What was asked of a source, for envelopes. */
export function askedOf({ source, feature }: Monitor): string {
  if (source.kind === 'telemetry') return `histogram of ${source.metric}`;
  if (source.kind === 'engine') return source.query.slice(0, 1500);
  if (source.kind === 'file') {
    const { origin, pathname } = new URL(source.url);
    return `${source.column} of ${origin}${pathname}`;
  }
  return `profile of ${feature}`;
}

import { METRICS } from '../../telemetry';

/** What is watched, and the histogram metric that carries it. */
export const features: Record<string, { metric: string; events: string }> = {
  'output.confidence': { metric: METRICS.confidence, events: 'outputs' },
};

import { z } from 'zod';
import { METRICS } from '../../telemetry';
import { parseDuration } from './duration';

/** Metrics that count events, and whether each event has a duration to hold against a threshold. */
export const eventMetrics: Record<
  string,
  { events: string; hasDuration: boolean }
> = {
  [METRICS.httpDuration]: { events: 'requests', hasDuration: true },
  [METRICS.inferenceDuration]: { events: 'inferences', hasDuration: true },
  [METRICS.loadDuration]: { events: 'model loads', hasDuration: true },
  [METRICS.loadAttempts]: { events: 'load attempts', hasDuration: false },
  [METRICS.sessions]: { events: 'sessions', hasDuration: false },
};

const hourMs = 3_600_000;
const longestWindowMs = 90 * 24 * hourMs;

/** A field that OpenSLO v1 knows and we do not act on: refused, because to ignore it would change what the author meant. */
const notYet = (hint?: string) =>
  z
    .undefined({
      error: `is part of OpenSLO v1 but not supported yet${
        hint ? `; ${hint}` : ''
      }`,
    })
    .optional();

const label = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be a DNS label: lower-case letters, digits and hyphens, at most 63',
  );
const displayName = z.string().min(1).max(200).optional();
const description = z.string().max(1050).optional();

const metadata = z.strictObject({
  name: label,
  displayName,
  labels: z
    .record(z.string(), z.union([z.string(), z.array(z.string())]))
    .optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

const metric = z.string().refine(name => Object.hasOwn(eventMetrics, name), {
  error: `is not a metric that counts events; use one of ${Object.keys(
    eventMetrics,
  ).join(', ')}`,
});

const sourceType = z.literal('ai-assurance', {
  error: 'must be ai-assurance: other sources are not supported yet',
});

const metricSource = <T extends z.ZodType>(spec: T) =>
  z.strictObject({
    metricSource: z.strictObject({
      metricSourceRef: notYet('give type and spec in place'),
      type: sourceType,
      spec,
    }),
  });

const ratioMetric = z
  .strictObject({
    counter: z
      .literal(true, { error: 'must be true: our sources count events' })
      .optional(),
    good: metricSource(
      z.strictObject({
        metric,
        thresholdMs: z.number().positive().max(hourMs).optional(),
      }),
    ),
    total: metricSource(z.strictObject({ metric })),
    bad: notYet('give good and total'),
    raw: notYet('give good and total'),
    rawType: notYet('give good and total'),
  })
  .superRefine((ratio, context) => {
    const good = ratio.good.metricSource.spec;
    if (ratio.total.metricSource.spec.metric !== good.metric) {
      context.addIssue({
        code: 'custom',
        path: ['total', 'metricSource', 'spec', 'metric'],
        message: `must be the metric of good, ${good.metric}: else good is no part of total`,
      });
    }
    if (
      good.thresholdMs !== undefined &&
      eventMetrics[good.metric]?.hasDuration === false
    ) {
      context.addIssue({
        code: 'custom',
        path: ['good', 'metricSource', 'spec', 'thresholdMs'],
        message: `${good.metric} has no duration to compare`,
      });
    }
  });

const rollingDuration = z.string().transform((text, context) => {
  const duration = parseDuration(text);
  const why = (() => {
    if ('why' in duration) return duration.why;
    if (duration.ms < hourMs) return `${text} is too short; at least 1h`;
    return duration.ms > longestWindowMs
      ? `${text} is too long; at most 90d`
      : undefined;
  })();
  if (why === undefined && 'ms' in duration) return duration.ms;
  context.addIssue({ code: 'custom', message: why! });
  return z.NEVER;
});

const timeWindow = z.strictObject({
  duration: rollingDuration,
  isRolling: z.literal(true, {
    error: 'must be true: calendar windows are not supported yet',
  }),
  calendar: notYet('use a rolling window'),
});

const objective = z
  .strictObject({
    displayName,
    target: z
      .number()
      .min(0)
      .lt(1, 'must be below 1: with 1 there is no budget to spend')
      .optional(),
    targetPercent: z
      .number()
      .min(0)
      .lt(100, 'must be below 100: with 100 there is no budget to spend')
      .optional(),
    op: notYet('a ratioMetric has no operator'),
    value: notYet('a ratioMetric has no value; see thresholdMs of good'),
    timeSliceTarget: notYet(),
    timeSliceWindow: notYet(),
    indicator: notYet('composite objectives come later'),
    indicatorRef: notYet('composite objectives come later'),
    compositeWeight: notYet('composite objectives come later'),
  })
  .refine(o => (o.target === undefined) !== (o.targetPercent === undefined), {
    error: 'needs either target (0.95) or targetPercent (95), not both',
  });

/** OpenSLO v1, kind SLO, as far as it is supported; everything else in it is refused with its reason. */
export const sloSchema = z.strictObject({
  apiVersion: z.literal('openslo/v1'),
  kind: z.literal('SLO'),
  metadata,
  spec: z.strictObject({
    description,
    service: label,
    indicator: z.strictObject({
      metadata: metadata.optional(),
      spec: z.strictObject({
        description,
        ratioMetric,
        thresholdMetric: notYet('use ratioMetric'),
      }),
    }),
    indicatorRef: notYet('write the indicator in place'),
    timeWindow: z
      .array(timeWindow)
      .length(1, 'must hold exactly one time window'),
    budgetingMethod: z.literal('Occurrences', {
      error:
        'must be Occurrences: Timeslices and RatioTimeslices are not supported yet',
    }),
    objectives: z.array(objective).min(1).max(20),
    // An empty list says the same as none.
    alertPolicies: z
      .array(z.unknown())
      .max(
        0,
        'alert policies are part of OpenSLO v1 but not supported yet; burn-rate alerts come with every objective',
      )
      .nullish(),
  }),
});

export type OpenSlo = z.infer<typeof sloSchema>;

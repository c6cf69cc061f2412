import { z } from 'zod';
import { METRICS } from '../../../telemetry';
import { durationInWords, lengthOf } from '../duration';
import { ObjectiveDefinition, SloDefinition } from '../types';
import { ResolvedIndicator, ResolvedSlo } from './resolve';

/** The source type of telemetry that the suite holds itself. */
const ownSource = 'ai-assurance';

/** Metrics that count events, and whether each event has a duration to hold against a threshold. */
const eventMetrics: Record<string, { events: string; hasDuration: boolean }> = {
  [METRICS.httpDuration]: { events: 'requests', hasDuration: true },
  [METRICS.inferenceDuration]: { events: 'inferences', hasDuration: true },
  [METRICS.loadDuration]: { events: 'model loads', hasDuration: true },
  [METRICS.loadAttempts]: { events: 'load attempts', hasDuration: false },
  [METRICS.sessions]: { events: 'sessions', hasDuration: false },
};

const hourMs = 3_600_000;
const longestWindowMs = 90 * 24 * hourMs;

const metric = z.string().refine(name => Object.hasOwn(eventMetrics, name), {
  error: `is not a metric that counts events; use one of ${Object.keys(
    eventMetrics,
  ).join(', ')}`,
});
const goodSpec = z.strictObject({
  metric,
  thresholdMs: z.number().positive().max(hourMs).optional(),
});
const totalSpec = z.strictObject({ metric });

/** One thing that keeps an SLO from being measured here: the member of the document, and why. */
interface Obstacle {
  path: PropertyKey[];
  why: string;
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(8))} %`;
}

function obstaclesOf(error: z.ZodError, path: PropertyKey[]): Obstacle[] {
  return error.issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => ({
          path: [...path, ...issue.path, key],
          why: 'is not a known field here',
        }))
      : [{ path: [...path, ...issue.path], why: issue.message }],
  );
}

/** Good and total events of telemetry that the suite holds, or why the indicator asks for something else. */
function countsOf(
  indicator: ResolvedIndicator,
  path: PropertyKey[],
):
  | { metric: string; thresholdMs: number | undefined }
  | { obstacles: Obstacle[] } {
  const refuse = (below: PropertyKey[], why: string) => ({
    obstacles: [{ path: [...path, ...below], why }],
  });
  if (indicator.kind === 'threshold')
    return refuse(['thresholdMetric'], 'is not measured yet; use ratioMetric');
  const at = (part: string) => ['ratioMetric', part];
  if (indicator.kind === 'raw')
    return refuse(at('raw'), 'is not measured yet; give good and total');
  if (indicator.bad)
    return refuse(at('bad'), 'is not measured yet; give good and total');
  for (const part of ['good', 'total'] as const) {
    const { type } = indicator[part]!;
    if (type !== ownSource)
      return refuse(
        [...at(part), 'metricSource', 'type'],
        `${type} is not measured yet; ${ownSource} is`,
      );
  }
  const specAt = (part: string) => [
    ...path,
    ...at(part),
    'metricSource',
    'spec',
  ];
  const good = goodSpec.safeParse(indicator.good!.spec);
  const total = totalSpec.safeParse(indicator.total.spec);
  if (!good.success || !total.success) {
    return {
      obstacles: [
        ...(good.success ? [] : obstaclesOf(good.error, specAt('good'))),
        ...(total.success ? [] : obstaclesOf(total.error, specAt('total'))),
      ],
    };
  }
  if (total.data.metric !== good.data.metric)
    return refuse(
      [...at('total'), 'metricSource', 'spec', 'metric'],
      `must be the metric of good, ${good.data.metric}: else good is no part of total`,
    );
  if (
    good.data.thresholdMs !== undefined &&
    !eventMetrics[good.data.metric].hasDuration
  )
    return refuse(
      [...at('good'), 'metricSource', 'spec', 'thresholdMs'],
      `${good.data.metric} has no duration to compare`,
    );
  return { metric: good.data.metric, thresholdMs: good.data.thresholdMs };
}

function windowOf(
  resolved: ResolvedSlo,
): { windowMs: number } | { obstacle: Obstacle } {
  const [window] = resolved.slo.spec.timeWindow;
  const path = ['spec', 'timeWindow', 0];
  if (!window.isRolling) {
    return {
      obstacle: {
        path: [...path, 'isRolling'],
        why: 'calendar windows are not measured yet; use a rolling one',
      },
    };
  }
  const { count, unit } = window.duration;
  const length = lengthOf(window.duration);
  const windowMs = 'ms' in length ? length.ms : Infinity;
  const why = (() => {
    if (windowMs < hourMs) return `${count}${unit} is too short; at least 1h`;
    return windowMs > longestWindowMs
      ? `${count}${unit} is too long; at most 90d`
      : undefined;
  })();
  return why
    ? { obstacle: { path: [...path, 'duration'], why } }
    : { windowMs };
}

function objectivesOf(
  resolved: ResolvedSlo,
  promiseOf: (ratio: number) => string,
): ObjectiveDefinition[] {
  const { slo } = resolved;
  return slo.spec.objectives.map((objective, index) => {
    // 99.9 / 100 is 0.9990000000000001: the ratio that the author meant has few digits.
    const objectiveRatio =
      objective.target ??
      Number((objective.targetPercent! / 100).toPrecision(12));
    const slug = (objective.displayName ?? '')
      .toLocaleLowerCase('en-US')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40)
      .replace(/-$/, '');
    const promise = promiseOf(objectiveRatio);
    const title = objective.displayName ?? slo.metadata.displayName;
    return {
      objectiveName: slug || `objective-${index + 1}`,
      description: title
        ? `${title}: ${promise}`
        : `${promise[0].toLocaleUpperCase('en-US')}${promise.slice(1)}`,
      objectiveRatio,
    };
  });
}

/**
 * What the engine measures of an SLO, or each thing in it that is valid OpenSLO but not measured here: an SLO that is
 * measured in part would promise something else than its author wrote.
 */
export function compileSlo(
  resolved: ResolvedSlo,
): { definition: SloDefinition } | { problems: string[] } {
  const { slo, document } = resolved;
  const obstacles: Obstacle[] = [];
  if (slo.spec.budgetingMethod !== 'Occurrences') {
    obstacles.push({
      path: ['spec', 'budgetingMethod'],
      why: `${slo.spec.budgetingMethod} is not measured yet; Occurrences is`,
    });
  }
  if (resolved.policies.length > 0) {
    obstacles.push({
      path: ['spec', 'alertPolicies'],
      why: 'alert policies are not followed yet; burn-rate alerts come with every objective',
    });
  }
  resolved.objectives.forEach((objective, index) => {
    const own = (['indicator', 'indicatorRef'] as const).find(
      field => objective[field] !== undefined,
    );
    if (own) {
      obstacles.push({
        path: ['spec', 'objectives', index, own],
        why: 'composite objectives are not measured yet',
      });
    }
  });
  const window = windowOf(resolved);
  if ('obstacle' in window) obstacles.push(window.obstacle);
  const counts = countsOf(
    resolved.objectives[0].resolved,
    slo.spec.indicator
      ? ['spec', 'indicator', 'spec']
      : ['spec', 'indicatorRef'],
  );
  if ('obstacles' in counts) obstacles.push(...counts.obstacles);
  if (obstacles.length > 0 || 'obstacles' in counts || 'obstacle' in window) {
    return {
      problems: obstacles.map(
        ({ path, why }) => `${document.at(path)}: ${why}`,
      ),
    };
  }

  const within =
    counts.thresholdMs === undefined ? '' : ` within ${counts.thresholdMs} ms`;
  const objectives = objectivesOf(
    resolved,
    ratio =>
      `at least ${percent(ratio)} of ${
        eventMetrics[counts.metric].events
      } succeed${within}, over ${durationInWords(window.windowMs)}`,
  );
  const names = objectives.map(one => one.objectiveName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) {
    return {
      problems: [
        `${document.at([
          'spec',
          'objectives',
        ])}: two objectives are named ${twice}; give each its own displayName`,
      ],
    };
  }
  return {
    definition: {
      sloName: slo.metadata.name,
      ...counts,
      windowMs: window.windowMs,
      objectives,
    },
  };
}

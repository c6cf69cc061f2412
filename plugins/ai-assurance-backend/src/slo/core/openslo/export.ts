import {
  AlertRule,
  BudgetWindow,
  Counter,
  ObjectiveDefinition,
  SloDefinition,
} from '../types';
import { ownSource } from './sources';

function durationOf(ms: number): string {
  for (const [size, unit] of [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
  ] as const) {
    if (ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${Math.round(ms / 60_000)}m`;
}

function windowOf(window: BudgetWindow): object {
  return window.kind === 'rolling'
    ? { duration: durationOf(window.lengthMs), isRolling: true }
    : {
        duration: `${window.count}${window.unit}`,
        isRolling: false,
        calendar: { startTime: window.startTime, timeZone: window.timeZone },
      };
}

function indicatorOf(counter: Counter): object {
  const own = (spec: object) => ({
    metricSource: { type: ownSource, spec },
  });
  const engine = (name: string, query: string) => ({
    metricSource: {
      metricSourceRef: name,
      type: 'Prometheus',
      spec: { query },
    },
  });
  switch (counter.kind) {
    case 'telemetry-events':
      return {
        ratioMetric: {
          counter: false,
          good: own({
            metric: counter.metric,
            ...(counter.thresholdMs === undefined
              ? {}
              : { thresholdMs: counter.thresholdMs }),
          }),
          total: own({ metric: counter.metric }),
        },
      };
    case 'telemetry-level':
      return {
        thresholdMetric: own({
          metric: counter.metric,
          ...(counter.quantile === undefined
            ? {}
            : { quantile: counter.quantile }),
        }),
      };
    case 'engine-events':
      return {
        ratioMetric: {
          counter: counter.isCounter,
          [counter.part]: engine(counter.engine, counter.partQuery),
          total: engine(counter.engine, counter.totalQuery),
        },
      };
    case 'engine-ratio':
      return {
        ratioMetric: {
          rawType: counter.rawType,
          raw: engine(counter.engine, counter.query),
        },
      };
    default:
      return { thresholdMetric: engine(counter.engine, counter.query) };
  }
}

function objectiveOf(
  objective: ObjectiveDefinition,
  weight: number | undefined,
): object {
  const { counter, slicing } = objective.indicator!;
  return {
    ...(objective.title ? { displayName: objective.title } : {}),
    ...('op' in counter ? { op: counter.op, value: counter.value } : {}),
    target: objective.objectiveRatio,
    ...(slicing
      ? {
          timeSliceWindow: durationOf(slicing.sliceMs),
          ...(slicing.targetRatio === undefined
            ? {}
            : { timeSliceTarget: slicing.targetRatio }),
        }
      : {}),
    ...(weight === undefined
      ? {}
      : {
          compositeWeight: weight,
          indicator: { spec: indicatorOf(counter) },
        }),
  };
}

function policyOf(rule: AlertRule): object {
  const targets = rule.targets.map((target, index) => ({
    kind: 'AlertNotificationTarget',
    metadata: { name: `${rule.policyName.slice(0, 50)}-target-${index + 1}` },
    spec: { target },
  }));
  return {
    kind: 'AlertPolicy',
    metadata: { name: rule.policyName },
    spec: {
      alertWhenBreaching: true,
      alertWhenResolved: rule.notifyResolved,
      conditions: [
        {
          kind: 'AlertCondition',
          metadata: { name: rule.policyName },
          spec: {
            severity: rule.severity,
            condition: {
              kind: 'burnrate',
              op: rule.op,
              threshold: rule.threshold,
              lookbackWindow: durationOf(rule.lookbackMs),
              ...(rule.alertAfterMs === 0
                ? {}
                : { alertAfter: durationOf(rule.alertAfterMs) }),
            },
          },
        },
      ],
      // The standard asks for a target; who is told where none can be reached from here is the owner.
      notificationTargets:
        targets.length > 0
          ? targets
          : [
              {
                kind: 'AlertNotificationTarget',
                metadata: { name: 'owner' },
                spec: { target: 'owner' },
              },
            ],
    },
  };
}

/**
 * OpenSLO v1 documents that say what is measured, each whole by itself: indicators and policies stand in place. Read again
 * they give the same definitions.
 */
export function exportOpenSlo(definitions: SloDefinition[]): object[] {
  return definitions.map(definition => {
    const composite = definition.objectives.find(one => one.parts);
    const objectives = definition.objectives.filter(one => one.indicator);
    const [first] = objectives;
    const isShared = !composite && first !== undefined;
    return {
      apiVersion: 'openslo/v1',
      kind: 'SLO',
      metadata: {
        name: definition.sloName,
        ...(definition.title ? { displayName: definition.title } : {}),
      },
      spec: {
        ...(definition.details ? { description: definition.details } : {}),
        service: definition.service,
        ...(isShared
          ? { indicator: { spec: indicatorOf(first.indicator!.counter) } }
          : {}),
        timeWindow: [windowOf(definition.window)],
        budgetingMethod: definition.budgetingMethod,
        objectives: objectives.map(objective =>
          objectiveOf(
            objective,
            composite?.parts!.find(
              part => part.name === objective.objectiveName,
            )?.weight,
          ),
        ),
        ...(definition.alertRules.length === 0
          ? {}
          : { alertPolicies: definition.alertRules.map(policyOf) }),
      },
    };
  });
}

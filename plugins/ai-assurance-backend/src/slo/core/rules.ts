import { OpenSloLoss } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  increaseOf,
  withWindow,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { BurnPair, BurnWindowFile, isUrgent, pairsOf } from './burnWindows';
import { durationInWords } from './duration';
import { hourMs, minuteMs } from './hours';
import {
  countsEvents,
  Counter,
  ObjectiveDefinition,
  Operator,
  SloDefinition,
} from './types';
import { longestOf } from './window';

/** A group of rules as Prometheus reads it. */
export interface RuleGroup {
  name: string;
  interval: string;
  rules: object[];
}

export const ruleNames = {
  good: 'ai_assurance:slo_good:steps',
  total: 'ai_assurance:slo_total:steps',
  burn: 'ai_assurance:slo_burn:ratio',
  remaining: 'ai_assurance:slo_budget_remaining:ratio',
} as const;

const signs: Record<Operator, string> = {
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};

/** `5m`, `1h`, `3d`. */
export function promDuration(ms: number): string {
  for (const [size, unit] of [
    [86_400_000, 'd'],
    [hourMs, 'h'],
    [minuteMs, 'm'],
  ] as const) {
    if (ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${Math.round(ms / 1000)}s`;
}

/** Expressions of the good and the total count of one step, or why there are none. */
function stepsOf(
  counter: Counter,
  stepMs: number,
): { good: string; total: string } | { why: string } {
  const step = promDuration(stepMs);
  switch (counter.kind) {
    case 'engine-events': {
      const ask = (query: string) =>
        `sum(${
          counter.isCounter ? increaseOf(query, step) : withWindow(query, step)
        })`;
      const total = ask(counter.totalQuery);
      const part = `(${ask(counter.partQuery)} or ${total} * 0)`;
      return {
        good: counter.part === 'good' ? part : `${total} - ${part}`,
        total,
      };
    }
    case 'engine-ratio': {
      // What is no number, as 0/0 without traffic, is left out.
      const query = `(${withWindow(counter.query, step)})`;
      const known = `(${query} == ${query})`;
      return {
        good: counter.rawType === 'success' ? known : `1 - ${known}`,
        total: `${known} * 0 + 1`,
      };
    }
    case 'engine-level': {
      const query = `(${withWindow(counter.query, step)})`;
      const known = `(${query} == ${query})`;
      return {
        good: `${known} ${signs[counter.op]} bool ${counter.value}`,
        total: `${known} * 0 + 1`,
      };
    }
    default:
      return {
        why: 'is counted from telemetry that the suite holds, which no engine has',
      };
  }
}

function quietMs(pair: BurnPair): number {
  return Math.min(pair.shortMs, hourMs);
}

/** Labels of every rule of an objective. */
function labelsOf(
  subject: string,
  definition: SloDefinition,
  objective: ObjectiveDefinition,
) {
  return {
    subject,
    slo: definition.sloName,
    objective: objective.objectiveName,
  };
}

function matchers(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ');
}

function rulesOf(
  subject: string,
  definition: SloDefinition,
  objective: ObjectiveDefinition,
  steps: { good: string; total: string },
  files: BurnWindowFile[],
): object[] {
  const labels = labelsOf(subject, definition, objective);
  const selector = `{${matchers(labels)}}`;
  const periodMs = longestOf(definition.window);
  const { pairs, guard } = pairsOf(
    definition.window,
    periodMs,
    definition.alertRules,
    files,
  );
  // A range holds the samples at both of its ends: one second less, and it holds one for each step.
  const over = (name: string, ms: number) =>
    `sum_over_time(${name}${selector}[${promDuration(ms - 1000)}])`;
  const bad = (ms: number) =>
    `(${over(ruleNames.total, ms)} - ${over(ruleNames.good, ms)})`;
  const budget = `(1 - ${objective.objectiveRatio})`;
  const windows = [
    ...new Set(pairs.flatMap(pair => [pair.shortMs, pair.longMs])),
  ].sort((a, b) => a - b);
  const burnOf = (ms: number) =>
    `${ruleNames.burn}{${matchers({ ...labels, window: promDuration(ms) })}}`;
  const [minimumTotal, minimumBad] = countsEvents(objective.indicator!)
    ? [guard.minimumEventCount, guard.minimumBadCount]
    : [1, 1];
  return [
    { record: ruleNames.good, expr: steps.good, labels },
    { record: ruleNames.total, expr: steps.total, labels },
    ...windows.map(ms => ({
      record: ruleNames.burn,
      expr: `${bad(ms)} / (${over(ruleNames.total, ms)} > 0) / ${budget}`,
      labels: { ...labels, window: promDuration(ms) },
    })),
    ...(definition.window.kind === 'rolling'
      ? [
          {
            record: ruleNames.remaining,
            expr: `1 - ${bad(periodMs)} / (${over(
              ruleNames.total,
              periodMs,
            )} > 0) / ${budget}`,
            labels,
          },
        ]
      : []),
    ...pairs.map(pair => {
      const sign = signs[pair.op ?? 'gt'];
      const factor = Number(pair.factor.toPrecision(12));
      const conditions = [
        `${burnOf(pair.longMs)} ${sign} ${factor}`,
        ...(pair.shortMs === pair.longMs
          ? []
          : [
              `on (subject, slo, objective) ${burnOf(
                pair.shortMs,
              )} ${sign} ${factor}`,
            ]),
        `on (subject, slo, objective) ${over(
          ruleNames.total,
          pair.longMs,
        )} >= ${minimumTotal}`,
        `on (subject, slo, objective) ${bad(pair.longMs)} >= ${minimumBad}`,
      ];
      return {
        alert: 'AiAssuranceObjectiveBurning',
        expr: conditions.join('\nand '),
        ...(pair.alertAfterMs ? { for: promDuration(pair.alertAfterMs) } : {}),
        keep_firing_for: promDuration(quietMs(pair)),
        labels: {
          severity: pair.severity,
          long_window: promDuration(pair.longMs),
        },
        annotations: {
          summary: `${objective.description.replace(
            /[{}]/g,
            '',
          )}: spends its error budget more than ${Number(
            pair.factor.toPrecision(3),
          )} times as fast as it may, over ${durationInWords(pair.longMs)}`,
          urgency: isUrgent(pair.severity) ? 'now' : 'soon',
        },
      };
    }),
  ];
}

/**
 * Recording and alerting rules with which a Prometheus-compatible engine (2.42 or newer) counts objectives by itself, the
 * way the suite does: steps first, then sums of them. Objectives that it cannot count are said.
 */
export function exportRules(
  subject: string,
  definitions: SloDefinition[],
  files: BurnWindowFile[],
  stepMsOf: (engine: string) => number,
): { groups: RuleGroup[]; lost: OpenSloLoss[] } {
  const groups: RuleGroup[] = [];
  const lost: OpenSloLoss[] = [];
  for (const definition of definitions) {
    for (const objective of definition.objectives) {
      const at = `SLO/${definition.sloName}: ${objective.objectiveName}`;
      const { indicator } = objective;
      if (!indicator) {
        lost.push({ at, lost: 'is a composite; only its parts have rules' });
        continue;
      }
      const stepMs =
        'engine' in indicator.counter
          ? stepMsOf(indicator.counter.engine)
          : minuteMs;
      const steps = stepsOf(indicator.counter, stepMs);
      if ('why' in steps) {
        lost.push({ at, lost: steps.why });
        continue;
      }
      if (indicator.slicing) {
        lost.push({
          at,
          lost: 'counts time slices, and an engine evaluates rules at times of its own',
        });
        continue;
      }
      if (definition.window.kind === 'calendar')
        lost.push({
          at,
          lost: 'the remaining budget of a calendar period has no rule; burn rates and alerts have',
        });
      groups.push({
        name: `ai-assurance-${definition.sloName}-${objective.objectiveName}`,
        interval: promDuration(stepMs),
        rules: rulesOf(subject, definition, objective, steps, files),
      });
    }
  }
  return { groups, lost };
}

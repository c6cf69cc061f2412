import { formatCounted } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { durationInWords, OpenSloDuration } from '../duration';
import {
  AlertRule,
  BudgetWindow,
  Indicator,
  ObjectiveDefinition,
  SloDefinition,
} from '../types';
import { longestOf } from '../window';
import { ResolvedSlo } from './resolve';
import { counterOf, isRefused, Obstacle, promiseOf } from './sources';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const longestRollingMs = 90 * dayMs;
const longestCalendarMs = 370 * dayMs;
/** Objective that stands for all parts of a composite one. */
export const compositeName = 'composite';

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(8))} %`;
}

const unitWords: Record<OpenSloDuration['unit'], string> = {
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  M: 'month',
  Q: 'quarter',
  Y: 'year',
};

function promiseInWords(
  { counter, slicing }: Indicator,
  objectiveRatio: number,
): string {
  const promise = promiseOf(counter);
  if (!slicing) return `at least ${percent(objectiveRatio)} of ${promise}`;
  const slice = durationInWords(slicing.sliceMs);
  return slicing.targetRatio === undefined
    ? `at least ${percent(
        objectiveRatio,
      )} of ${promise}, every ${slice} counting the same`
    : `in at least ${percent(
        objectiveRatio,
      )} of time slices of ${slice} at least ${percent(
        slicing.targetRatio,
      )} of ${promise}`;
}

function windowInWords(window: BudgetWindow): string {
  if (window.kind === 'rolling')
    return `over ${durationInWords(window.lengthMs)}`;
  const unit = unitWords[window.unit];
  const period =
    window.count === 1 ? `calendar ${unit}` : `${window.count} ${unit}s`;
  return `in each ${period} of ${window.timeZone}`;
}

function windowOf(
  resolved: ResolvedSlo,
): { window: BudgetWindow } | { obstacle: Obstacle } {
  const [given] = resolved.slo.spec.timeWindow;
  const path = ['spec', 'timeWindow', 0, 'duration'];
  const { count, unit } = given.duration;
  const written = `${count}${unit}`;
  const window: BudgetWindow = given.isRolling
    ? {
        kind: 'rolling',
        // Units that differ in length were refused by the schema.
        lengthMs:
          count *
          { m: minuteMs, h: hourMs, d: dayMs, w: 7 * dayMs, M: 0, Q: 0, Y: 0 }[
            unit
          ],
      }
    : { kind: 'calendar', count, unit, ...given.calendar! };
  const lengthMs = longestOf(window);
  if (lengthMs < hourMs)
    return { obstacle: { path, why: `${written} is too short; at least 1h` } };
  if (given.isRolling && lengthMs > longestRollingMs)
    return { obstacle: { path, why: `${written} is too long; at most 90d` } };
  return lengthMs > longestCalendarMs
    ? { obstacle: { path, why: `${written} is too long; at most a year` } }
    : { window };
}

function sliceProblem(sliceMs: number): string | undefined {
  return dayMs % sliceMs === 0
    ? undefined
    : `${durationInWords(
        sliceMs,
      )} do not divide a day; use for example 1m, 5m, 15m, 1h or 1d`;
}

type ResolvedObjective = ResolvedSlo['objectives'][number];

/** 99.9 / 100 is 0.9990000000000001: the ratio that the author meant has few digits. */
const ratioOf = (objective: ResolvedObjective): number =>
  objective.target ?? Number((objective.targetPercent! / 100).toPrecision(12));

function nameOf(objective: ResolvedObjective, index: number): string {
  const slug = (objective.displayName ?? '')
    .toLocaleLowerCase('en-US')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
    .replace(/-$/, '');
  return slug || `objective-${index + 1}`;
}

/** Compiles one SLO and gathers what keeps it from being measured. */
class Compiler {
  readonly #resolved: ResolvedSlo;
  readonly #engines: readonly string[];
  readonly obstacles: Obstacle[] = [];

  constructor(resolved: ResolvedSlo, engines: readonly string[]) {
    this.#resolved = resolved;
    this.#engines = engines;
  }

  definition(): SloDefinition | undefined {
    const { slo } = this.#resolved;
    const window = windowOf(this.#resolved);
    if ('obstacle' in window) {
      this.obstacles.push(window.obstacle);
      // The indicators are looked at as well, so that everything is said at once.
      this.#objectives('');
      return undefined;
    }
    const objectives = this.#objectives(windowInWords(window.window));
    if (this.obstacles.length > 0) return undefined;
    const thresholds = new Set(
      objectives.map(({ indicator }) =>
        indicator?.counter.kind === 'telemetry-events'
          ? indicator.counter.thresholdMs
          : undefined,
      ),
    );
    const [thresholdMs] = thresholds;
    return {
      sloName: slo.metadata.name,
      ...(slo.metadata.displayName ? { title: slo.metadata.displayName } : {}),
      service: slo.spec.service,
      ...(slo.spec.description ? { details: slo.spec.description } : {}),
      budgetingMethod: slo.spec.budgetingMethod,
      window: window.window,
      windowMs: Math.round(longestOf(window.window) / minuteMs) * minuteMs,
      ...(thresholds.size === 1 && thresholdMs !== undefined
        ? { thresholdMs }
        : {}),
      objectives,
      alertRules: this.#alertRules(),
    };
  }

  #objectives(over: string): ObjectiveDefinition[] {
    const { slo, objectives } = this.#resolved;
    const names = new Set<string>();
    const measured = objectives.flatMap((objective, index) => {
      const indicator = this.#indicator(objective, index);
      const objectiveName = nameOf(objective, index);
      if (names.has(objectiveName)) {
        this.obstacles.push({
          path: ['spec', 'objectives'],
          why: `two objectives are named ${objectiveName}; give each its own displayName`,
        });
      }
      names.add(objectiveName);
      if (!indicator) return [];
      const objectiveRatio = ratioOf(objective);
      const promise = `${promiseInWords(indicator, objectiveRatio)}, ${over}`;
      const title = objective.displayName ?? slo.metadata.displayName;
      return [
        {
          objectiveName,
          ...(objective.displayName ? { title: objective.displayName } : {}),
          description: title
            ? `${title}: ${promise}`
            : `${promise[0].toLocaleUpperCase('en-US')}${promise.slice(1)}`,
          objectiveRatio,
          indicator,
          weight: objective.compositeWeight,
          isOwn:
            objective.indicator !== undefined ||
            objective.indicatorRef !== undefined,
        },
      ];
    });
    const parts = measured.filter(one => one.isOwn);
    const isComposite =
      parts.length === measured.length &&
      (parts.length > 1 || parts.some(one => one.weight !== undefined));
    const plain = measured.map(({ weight: _, isOwn: __, ...one }) => one);
    if (!isComposite) return plain;
    if (names.has(compositeName)) {
      this.obstacles.push({
        path: ['spec', 'objectives'],
        why: `an objective is named ${compositeName}, which is the name of all of them together; call it something else`,
      });
    }
    const sum = parts.reduce((total, one) => total + (one.weight ?? 1), 0);
    const composite = parts.map(one => ({
      name: one.objectiveName,
      weight: one.weight ?? 1,
      weightRatio: (one.weight ?? 1) / sum,
      objectiveRatio: one.objectiveRatio,
      indicator: one.indicator,
    }));
    const objectiveRatio = Number(
      composite
        .reduce((all, one) => all + one.weightRatio * one.objectiveRatio, 0)
        .toPrecision(12),
    );
    return [
      ...plain,
      {
        objectiveName: compositeName,
        description: `All ${formatCounted(
          parts.length,
          'objective',
        )} by their weights: at least ${percent(objectiveRatio)}, ${over}`,
        objectiveRatio,
        parts: composite,
      },
    ];
  }

  #indicator(
    objective: ResolvedObjective,
    index: number,
  ): Indicator | undefined {
    const { slo } = this.#resolved;
    const at = ['spec', 'objectives', index];
    const holder: PropertyKey[] =
      objective.indicator ?? objective.indicatorRef ? at : ['spec'];
    const inPlace = objective.indicator ?? slo.spec.indicator;
    const counter = counterOf(objective.resolved, objective, this.#engines);
    if (isRefused(counter)) {
      const path = inPlace
        ? [...holder, 'indicator', 'spec']
        : [...holder, 'indicatorRef'];
      for (const { path: below, why } of counter.obstacles) {
        const obstacle = { path: [...path, ...below], why };
        // Objectives that share an indicator share what is wrong with it.
        const isKnown = this.obstacles.some(
          one => JSON.stringify(one) === JSON.stringify(obstacle),
        );
        if (!isKnown) this.obstacles.push(obstacle);
      }
      return undefined;
    }
    if (objective.timeSliceWindow === undefined)
      return { ...counter, slicing: undefined };
    const why = sliceProblem(objective.timeSliceWindow);
    if (why) this.obstacles.push({ path: [...at, 'timeSliceWindow'], why });
    return {
      ...counter,
      slicing: {
        sliceMs: objective.timeSliceWindow,
        targetRatio: objective.timeSliceTarget,
      },
    };
  }

  #alertRules(): AlertRule[] {
    return this.#resolved.policies
      .filter(policy => policy.alertWhenBreaching)
      .map(policy => ({
        policyName: policy.name,
        severity: severityOf(policy.condition.severity),
        op: policy.condition.op,
        threshold: policy.condition.threshold,
        lookbackMs: policy.condition.lookbackWindow,
        alertAfterMs: policy.condition.alertAfter ?? 0,
        notifyResolved: policy.alertWhenResolved,
        targets: policy.targets.filter(isEntityRef),
      }));
  }
}

/** As evidence can say it. */
function severityOf(text: string): string {
  return (
    text
      .toLocaleLowerCase('en-US')
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 30) || 'alert'
  );
}

/** Whether a notification target can be reached by Backstage: a full entity reference. */
export function isEntityRef(target: string): boolean {
  return /^(user|group):[a-z0-9-_.]+\/[A-Za-z0-9-_.]+$/.test(target);
}

/**
 * What the engine measures of an SLO, or each thing in it that is valid OpenSLO but cannot be measured here: an SLO that is
 * measured in part would promise something else than its author wrote. `engines` are the names of the metrics engines in
 * the config.
 */
export function compileSlo(
  resolved: ResolvedSlo,
  engines: readonly string[],
): { definition: SloDefinition } | { problems: string[] } {
  const compiler = new Compiler(resolved, engines);
  const definition = compiler.definition();
  return definition && compiler.obstacles.length === 0
    ? { definition }
    : {
        problems: compiler.obstacles.map(
          ({ path, why }) => `${resolved.document.at(path)}: ${why}`,
        ),
      };
}

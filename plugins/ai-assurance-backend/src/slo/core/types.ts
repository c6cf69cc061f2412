import { BudgetingMethod } from '@ai-assurance/backstage-plugin-ai-assurance-common';

export type Operator = 'lt' | 'lte' | 'gt' | 'gte';

/** Good events of a metric that telemetry holds: successful, and with a threshold also fast enough. */
export interface TelemetryEvents {
  kind: 'telemetry-events';
  metric: string;
  thresholdMs: number | undefined;
}

/** A level of a metric that telemetry holds, held against a value minute by minute. */
export interface TelemetryLevel {
  kind: 'telemetry-level';
  metric: string;
  /** Of a histogram; `undefined`: of a gauge its highest value. */
  quantile: number | undefined;
  op: Operator;
  value: number;
}

/** Good (or bad) and total events by queries to a metrics engine. */
export interface EngineEvents {
  kind: 'engine-events';
  engine: string;
  part: 'good' | 'bad';
  partQuery: string;
  totalQuery: string;
  /** The queries name counters that only rise; else each says how many events came in a step. */
  isCounter: boolean;
}

/** A ratio that a metrics engine holds ready, step by step. */
export interface EngineRatio {
  kind: 'engine-ratio';
  engine: string;
  rawType: 'success' | 'failure';
  query: string;
}

/** A level by a query to a metrics engine, held against a value step by step. */
export interface EngineLevel {
  kind: 'engine-level';
  engine: string;
  query: string;
  op: Operator;
  value: number;
}

/** What is counted, minute by minute. */
export type Counter =
  | TelemetryEvents
  | TelemetryLevel
  | EngineEvents
  | EngineRatio
  | EngineLevel;

/** Time slices that are judged as a whole, by OpenSLO's budgeting methods Timeslices and RatioTimeslices. */
export interface Slicing {
  sliceMs: number;
  /** Share of good events that makes a slice good; `undefined`: the share itself is what the slice is worth. */
  targetRatio: number | undefined;
}

/** One line of good and total counts in time. Objectives with the same indicator share it. */
export interface Indicator {
  counter: Counter;
  slicing: Slicing | undefined;
}

/** One part of a composite objective. */
export interface CompositePart {
  name: string;
  weight: number;
  /** Its share of all weights. */
  weightRatio: number;
  objectiveRatio: number;
  indicator: Indicator;
}

export interface ObjectiveDefinition {
  objectiveName: string;
  /** As its author called it. */
  title?: string;
  /** In words, for people. */
  description: string;
  /** Share of good events that is promised, in [0, 1). */
  objectiveRatio: number;
  /** Absent for the composite of an SLO, which has `parts`. */
  indicator?: Indicator;
  parts?: CompositePart[];
}

/** Over which time a budget lasts. */
export type BudgetWindow =
  | { kind: 'rolling'; lengthMs: number }
  | {
      kind: 'calendar';
      count: number;
      unit: 'm' | 'h' | 'd' | 'w' | 'M' | 'Q' | 'Y';
      /** Wall clock in the zone, `2026-01-01 00:00:00`. */
      startTime: string;
      timeZone: string;
    };

/** A burn-rate condition of an OpenSLO AlertPolicy. */
export interface AlertRule {
  policyName: string;
  severity: string;
  op: Operator;
  threshold: number;
  lookbackMs: number;
  /** How long it has to hold before the alert fires. */
  alertAfterMs: number;
  notifyResolved: boolean;
  /** Entity references that the policy names; others cannot be reached from here. */
  targets: string[];
}

/** One OpenSLO document as it is measured. */
export interface SloDefinition {
  sloName: string;
  title?: string;
  service: string;
  details?: string;
  budgetingMethod: BudgetingMethod;
  window: BudgetWindow;
  /** Length of a rolling window, and of a calendar one at the time of reading; for people and for what was declared. */
  windowMs: number;
  /** Where all objectives ask for it. */
  thresholdMs?: number;
  objectives: ObjectiveDefinition[];
  /** Instead of the burn-rate windows of the data files. Empty: those of the files. */
  alertRules: AlertRule[];
}

/** Good and total of one range. Counts of events are whole; of ratios and slices they need not be. */
export interface EventCounts {
  goodCount: number;
  totalCount: number;
}

/** All indicators of a definition, parts of composites included. */
export function indicatorsOf(definition: SloDefinition): Indicator[] {
  return definition.objectives.flatMap(one => [
    ...(one.indicator ? [one.indicator] : []),
    ...(one.parts ?? []).map(part => part.indicator),
  ]);
}

/** Whether counts are events; else they are steps or slices of time. */
export function countsEvents({ counter, slicing }: Indicator): boolean {
  return (
    slicing === undefined &&
    (counter.kind === 'telemetry-events' || counter.kind === 'engine-events')
  );
}

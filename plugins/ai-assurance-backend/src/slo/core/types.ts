/** What an indicator counts. Two objectives with the same indicator share their sums. */
export interface Indicator {
  metric: string;
  /** A good event also took at most this long; absent: success alone makes it good. */
  thresholdMs: number | undefined;
}

/** One OpenSLO document, as far as it is supported. */
export interface SloDefinition extends Indicator {
  sloName: string;
  /** Rolling. */
  windowMs: number;
  objectives: ObjectiveDefinition[];
}

export interface ObjectiveDefinition {
  objectiveName: string;
  /** In words, for people. */
  description: string;
  /** Share of good events that is promised, in [0, 1). */
  objectiveRatio: number;
}

/** Good and total events of one range. */
export interface EventCounts {
  goodCount: number;
  totalCount: number;
}

/** Names an indicator in storage; equal for equal indicators. */
export function indicatorKey(indicator: Indicator): string {
  return indicator.thresholdMs === undefined
    ? indicator.metric
    : `${indicator.metric}<=${indicator.thresholdMs}`;
}

export {
  createTelemetry,
  type Telemetry,
  type TelemetryDeps,
} from './createTelemetry';
export { METRICS } from './types';
export { readRetention, type Retention } from './settings';
export { SOURCE_ANNOTATION } from './SourcedReads';
export type {
  BreakdownAnswer,
  GroupSize,
  Level,
  SeriesAnswer,
  SeriesGroup,
  SeriesPoint,
  SeriesRange,
  SourceFailure,
  VersionBand,
  VersionBandsAnswer,
  ExplicitHistogram,
  ExponentialHistogram,
  GaugeValue,
  SegmentGroup,
  SegmentKey,
  Signal,
  SignalQuestion,
  SignalReader,
  SeriesFilter,
  TelemetryAnswers,
  WindowsQuestion,
  Window,
} from './types';
export {
  countBelow,
  countBelowBounds,
  quantile,
  type Histogram,
} from './core/quantile';
export { hiddenCells, LEAST_GROUP_SIZE } from './core/suppression';
export { groupMinimums } from './groupMinimums';
export { EMPTY_EXPONENTIAL, mergeExponential } from './core/exponential';
export { mergeExplicit, sameBoundaries } from './core/explicit';
export { maxSeries } from './core/maxSeries';

/**
 * API client, hooks, widgets and charts of AI Assurance, for its own pages and for those of others.
 *
 * @packageDocumentation
 */
export {
  aiAssuranceApiRef,
  type AiAssuranceApi,
  type CallOptions,
  type DriftOptions,
  type RangeOptions,
} from './api/AiAssuranceApi';
export { AiAssuranceClient } from './api/AiAssuranceClient';
export { AiAssuranceError } from './api/AiAssuranceError';
export { MomentProvider, type MomentProviderProps } from './hooks/moment';
export {
  useAnswer,
  type Answer,
  type AnswerFailure,
  type UseAnswerOptions,
} from './hooks/useAnswer';
export { useChanges } from './hooks/useChanges';
export { useHere } from './hooks/useHere';
export { readClockMs, toIsoTime, useNow } from './hooks/useNow';
export { useUrlState } from './hooks/useUrlState';
export { aiAssuranceReactTranslationRef } from './translation';
export { ActionButton, type ActionButtonProps } from './widgets/ActionButton';
export { CopyButton, type CopyButtonProps } from './widgets/CopyButton';
export {
  DataTable,
  type DataColumn,
  type DataTableProps,
} from './widgets/DataTable';
export { Digest, type DigestProps } from './widgets/Digest';
export { EvidenceLink, type EvidenceLinkProps } from './widgets/EvidenceLink';
export {
  FactList,
  FactRow,
  VerdictFactsText,
  type FactRowProps,
  type VerdictFactsTextProps,
} from './widgets/FactRow';
export {
  formatAge,
  formatDuration,
  formatTime,
  formatValue,
  humanizeCode,
} from './widgets/format';
export { RelativeTime, type RelativeTimeProps } from './widgets/RelativeTime';
export { Section, type SectionProps } from './widgets/Section';
export { Sentence, type SentenceProps } from './widgets/Sentence';
export { ShareText, type ShareTextProps } from './widgets/ShareText';
export {
  AnswerView,
  EmptyState,
  FailedState,
  LoadingSkeleton,
  type AnswerViewProps,
  type EmptyStateProps,
  type FailedStateProps,
  type LoadingSkeletonProps,
} from './widgets/states';
export { SubjectLink, type SubjectLinkProps } from './widgets/SubjectLink';
export { VerdictBadge, type VerdictBadgeProps } from './widgets/VerdictBadge';
export {
  VerdictRollUpText,
  type VerdictRollUpTextProps,
} from './widgets/VerdictRollUpText';
export { ChartGroup } from './charts/ChartGroup';
export {
  EventStrip,
  type EventStripProps,
  type StripEvent,
} from './charts/EventStrip';
export {
  columnsOf,
  HeatMap,
  type HeatMapProps,
  type HeatMapRow,
} from './charts/HeatMap';
export { IntervalBar, type IntervalBarProps } from './charts/IntervalBar';
export {
  PairedHistogram,
  type PairedHistogramProps,
} from './charts/PairedHistogram';
export {
  StackedAreaChart,
  type StackedAreaChartProps,
} from './charts/StackedAreaChart';
export {
  TimeSeriesChart,
  type TimeSeries,
  type TimeSeriesChartProps,
} from './charts/TimeSeriesChart';

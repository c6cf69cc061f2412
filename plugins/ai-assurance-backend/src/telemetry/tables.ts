/** Row types of the telemetry tables, as the drivers hand them: bigint columns may be text. */

export interface StreamRow {
  stream_id: unknown;
  subject_ref: string;
  metric: string;
}

export interface SeriesRow {
  series_id: unknown;
  stream_id: unknown;
  kind: string;
  version: string;
  digest: string;
  cohort_ref: string;
  environment: string;
  outcome: string;
  output_class: string;
  shape: string;
  last_start_ms: unknown;
}

export interface WindowRow {
  series_id: unknown;
  start_ms: unknown;
  value: string;
}

export interface IntakeRow {
  start_ms: unknown;
  outcome: string;
  points: unknown;
  last_at_ms: unknown;
}

export interface BatchRow {
  digest: string;
  received_at_ms: unknown;
  rejected_points: unknown;
  message: string;
}

export interface LevelRow {
  stream_id: unknown;
  level: number;
  start_ms: unknown;
  members: Uint8Array;
  headline: Uint8Array;
  total: Uint8Array;
  versions: Uint8Array;
  cohorts: Uint8Array;
  segments: Uint8Array;
}

export interface BatchKeyRow {
  key_hash: string;
  digest: string;
}

export interface CumulativeRow {
  identity: string;
  stream_id: unknown;
  counted_from_ms: unknown;
  counted_to_ms: unknown;
  kind: string;
  value: string;
}

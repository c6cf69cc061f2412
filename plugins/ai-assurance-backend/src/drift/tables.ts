/** Rows as the database hands them over: bigint columns may be text, see `readBigint`. */
export interface DriftReferenceRow {
  id: string;
  subject: string;
  feature: string;
  from_ms: unknown;
  to_ms: unknown;
  total_count: unknown;
  boundaries: string;
  bins: string;
  histogram_digest: string;
  approved_by: string;
  reason: string;
  approved_at_ms: unknown;
  expires_at_ms: unknown;
  /** Null in rows from before references were counted. */
  version: number | null;
  origin: string | null;
  origin_url: string | null;
  categories: string | null;
  cohort_bins: string | null;
}

export interface DriftDeclarationRow {
  subject: string;
  source: string;
  etag: string | null;
  declared: string | null;
  problem: string | null;
  attempted_at_ms: unknown;
  read_at_ms: unknown;
}

export interface DriftProfileRow {
  subject: string;
  feature: string;
  cohort_ref: string;
  histogram: string;
  null_count: unknown;
  out_of_range_count: unknown;
  device_count: unknown;
  window_start_ms: unknown;
  window_end_ms: unknown;
  received_at_ms: unknown;
  pushed_by: string;
}

export interface DriftMonitorRow {
  subject: string;
  feature: string;
  answer: string;
  fingerprint: string;
  evidence_id: string | null;
  evidence_at_ms: unknown;
  last_reported_at_ms: unknown;
  evaluated_at_ms: unknown;
}

export interface DriftResultRow {
  subject: string;
  feature: string;
  at_ms: unknown;
  value: number | null;
  status: string;
  cohorts: string | null;
}

export interface DriftSampleRow {
  subject: string;
  feature: string;
  wish: string;
  profile: string | null;
  problem: string | null;
  etag: string | null;
  digest: string | null;
  row_count: unknown;
  data_at_ms: unknown;
  attempted_at_ms: unknown;
}

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
}

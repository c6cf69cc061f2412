/** Row types of publications and checks. `unknown` columns are bigint. */

export interface PublicationRow {
  target: string;
  size: unknown;
  type: string;
  answer: string | null;
  published_at_ms: unknown;
}

export interface TargetRow {
  target: string;
  witness_size: unknown | null;
  last_size: unknown | null;
  last_at_ms: unknown | null;
  failing_since_ms: unknown | null;
  failure_count: number;
  code: string | null;
  message: string | null;
  next_attempt_ms: unknown | null;
}

export interface CheckRow {
  checked_at_ms: unknown;
  took_ms: unknown;
  /** SQLite hands 0 or 1. */
  ok: boolean | number;
  key_id: string | null;
  report: string;
}

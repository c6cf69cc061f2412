/** Rows as the database hands them over: bigint columns may be text, see `readBigint`. */
export interface SloDocumentRow {
  subject: string;
  source: string;
  etag: string | null;
  definitions: string;
  parse_problems: string;
  lost: string;
  read_problem: string | null;
  attempted_at_ms: unknown;
  read_at_ms: unknown;
}

export interface SloDocumentHistoryRow {
  subject: string;
  known_from_ms: unknown;
  definitions: string;
  problems: string;
}

export interface SloStatusRow {
  subject: string;
  slo_name: string;
  objective_name: string;
  answer: string;
  /** JSON list: the numbers of the answer as they are now; null: as it has them. */
  numbers: string | null;
  /** What the answer is but for its numbers; null: not known. */
  form: string | null;
  /** Numbers and form stand while it equals `evaluated_at_ms`. */
  numbers_at_ms: unknown;
  fingerprint: string;
  evidence_id: string | null;
  evidence_at_ms: unknown;
  evaluated_at_ms: unknown;
}

export interface SloCorrectionRow {
  correction_id: string;
  subject: string;
  slo_name: string | null;
  from_ms: unknown;
  to_ms: unknown;
  cause: string;
  reason: string;
  recorded_by: string;
  recorded_at_ms: unknown;
  withdrawn_at_ms: unknown;
  evidence_id: string | null;
  repeat_key: string | null;
}

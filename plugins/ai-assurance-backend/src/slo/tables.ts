/** Rows as the database hands them over: bigint columns may be text, see `readBigint`. */
export interface SloDocumentRow {
  subject: string;
  source: string;
  etag: string | null;
  definitions: string;
  parse_problems: string;
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

export interface SloFoldRow {
  subject: string;
  indicator: string;
  from_ms: unknown;
  to_ms: unknown;
  rebuilt_at_ms: unknown;
}

export interface SloStatusRow {
  subject: string;
  slo_name: string;
  objective_name: string;
  answer: string;
  fingerprint: string;
  evidence_id: string | null;
  evidence_at_ms: unknown;
  evaluated_at_ms: unknown;
}

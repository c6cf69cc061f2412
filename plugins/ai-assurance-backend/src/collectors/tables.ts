/** Row types of the room. `unknown` columns are bigint: PostgreSQL hands text, SQLite a number; read with `readBigint`. */

export interface CollectorStateRow {
  collector_id: string;
  subject: string;
  collector_version: string;
  state: string;
  since_ms: unknown;
  asked_at_ms: unknown;
  ended_at_ms: unknown;
  success_asked_at_ms: unknown | null;
  success_ended_at_ms: unknown | null;
  failure_code: string | null;
  failure_message: string | null;
  failed_run_count: number;
  fact_count: number;
  memory: string | null;
  evidence_id: string | null;
  stated_at_ms: unknown | null;
}

export interface CollectorTransitionRow {
  collector_id: string;
  subject: string;
  at_ms: unknown;
  state: string;
  failure_code: string | null;
  success_ended_at_ms: unknown | null;
  evidence_id: string | null;
}

export interface IncidentRow {
  incident_id: string;
  subject: string;
  state: string;
  row_version: number;
  opened_by: string;
  summary: string;
  /** JSON. */
  payload: string;
  opened_at_ms: unknown;
}

export interface RunbookCheckRow {
  seq: unknown;
  subject: string;
  url: string;
  checked_by: string;
  checked_at_ms: unknown;
  evidence_id: string;
}

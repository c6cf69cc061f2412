export interface GatesRow {
  subject: string;
  source: string;
  /** JSON of `Gates`; null: none could be read yet. */
  gates: string | null;
  problem: string | null;
  attempted_at_ms: unknown;
}

export interface VerdictRow {
  subject: string;
  version_key: string;
  /** JSON of `VersionVerdict`. */
  verdict: string;
  fingerprint: string;
  judged_at_ms: unknown;
  since_ms: unknown;
  evidence_at_ms: unknown;
  evidence_id: string | null;
}

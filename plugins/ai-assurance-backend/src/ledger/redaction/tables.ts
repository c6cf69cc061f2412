/** Row types of redaction. `unknown` columns are bigint. */

export interface RetentionRow {
  rule_id: string;
  rules_digest: string;
  next_position: unknown;
  begun_at_ms: unknown;
}

/** A row of `audit_pack`. `unknown` columns are bigint: read with `readBigint`. */
export interface PackRow {
  pack_id: string;
  subject: string;
  period_start_ms: unknown;
  period_end_ms: unknown;
  item_count: unknown;
  tree_size: unknown;
  size_bytes: unknown;
  file_digest: string;
  exported_by: string;
  exported_at_ms: unknown;
}

/** Row types of the search index. `unknown` columns are bigint; read with `readBigint`. */

export interface SearchStateRow {
  id: number;
  indexed_to: unknown;
  version: unknown;
  next_segment: unknown;
}

export interface SearchSegmentRow {
  id: unknown;
  from_position: unknown;
  to_position: unknown;
  revision: number;
  directory: Uint8Array;
}

export interface SearchPageRow {
  id: unknown;
  bytes: Uint8Array;
}

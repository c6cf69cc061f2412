import { QuarantineState } from '@ai-assurance/backstage-plugin-ai-assurance-common';

export interface QuarantineRow {
  id: string;
  received_at_ms: number;
  last_received_at_ms: number;
  received_count: number;
  origin: string;
  caller: string;
  sender: string;
  source: string | null;
  given_id: string | null;
  type: string | null;
  subject: string | null;
  code: string;
  message: string;
  content: string | null;
  encoding: 'text' | 'base64';
  size_bytes: number;
  kept_bytes: number;
  digest: string;
  state: QuarantineState;
  row_version: number;
  last_judged_at_ms: number;
  resolved_by: string | null;
  resolved_at_ms: number | null;
  discard_reason: string | null;
  evidence_id: string | null;
}

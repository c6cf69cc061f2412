import { OrderState } from '@ai-assurance/backstage-plugin-ai-assurance-common';

export interface ActionOrderRow {
  order_id: string;
  subject: string;
  request_id: string;
  state: OrderState;
  from_version: string;
  from_digest: string | null;
  to_version: string;
  to_digest: string | null;
  traffic_ratio: number | null;
  ordered_by: string;
  reason: string;
  ordered_at_ms: unknown;
  sent_at_ms: unknown;
  answered_at_ms: unknown;
  answer_status: number | null;
  answer_code: string | null;
  answer_reference: string | null;
}

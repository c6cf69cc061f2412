import { z } from 'zod';
import {
  codeOf,
  foreignInstant,
  itemsOf,
  linkOf,
  Mapped,
  MappingContext,
  readShape,
} from './mapping';

// Fields as in PagerDuty's developer documentation, "Webhooks, Overview" (v3), section Webhook Payload and data type
// incident.
const delivery = z.object({
  event: z.object({
    id: z.string().min(1).max(100),
    event_type: z.string(),
    occurred_at: foreignInstant,
    data: z.object({ type: z.string() }).loose(),
  }),
});

const incident = z.object({
  id: z.string().min(1).max(100),
  status: z.enum(['triggered', 'acknowledged', 'resolved']),
  created_at: foreignInstant,
  html_url: z.string().nullish(),
  urgency: z.string().nullish(),
  priority: z.object({ summary: z.string().nullish() }).nullish(),
  service: z.object({ id: z.string() }),
});

/**
 * How bad it is: by a priority that is named P1, P2, SEV-1 and so on, otherwise by urgency, which every incident has.
 * Priorities of other names say nothing to us.
 */
function severityOf({
  priority,
  urgency,
}: z.output<typeof incident>): 'critical' | 'major' | 'minor' {
  const rank = /^(?:p|sev)[- ]?([0-9])\b/i.exec(priority?.summary ?? '')?.[1];
  if (rank !== undefined) {
    if (Number(rank) <= 1) return 'critical';
    return Number(rank) === 2 ? 'major' : 'minor';
  }
  return urgency === 'low' ? 'minor' : 'major';
}

/** An incident of PagerDuty, as it is after each of its events. */
export function mapPagerDuty(body: unknown, context: MappingContext): Mapped {
  const read = readShape(delivery, body);
  if (!read.ok) return read;
  const { event } = read.value;
  // Sent when somebody tries the subscription out.
  if (event.event_type === 'pagey.ping') return { ok: true, items: [] };
  if (event.data.type !== 'incident') {
    return {
      ok: false,
      code: 'UNMAPPED_EVENT',
      message: `No evidence is made of ${event.event_type}. Leave it out of the webhook subscription.`,
    };
  }
  const data = readShape(incident, event.data);
  if (!data.ok) return data;
  const { value } = data;
  const isResolved = value.status === 'resolved';
  return itemsOf(
    {
      type: 'io.ai-assurance.incident.v1',
      id: event.id,
      time: event.occurred_at,
      sourceSystem: 'pagerduty',
      payload: {
        incidentId: codeOf(value.id),
        // PagerDuty tells neither what kind of harm it is, nor when it began, nor who noticed it first.
        category: 'other',
        occurredAt: null,
        detectedBy: 'other-system',
        severity: severityOf(value),
        state: isResolved ? 'resolved' : 'open',
        detectedAt: value.created_at,
        decidedAt: null,
        mitigatedAt: null,
        resolvedAt: isResolved ? event.occurred_at : null,
        mitigation: null,
        causedBy: null,
        isRegression: null,
        affectedCohorts: [],
        alertIds: [],
        link: linkOf(value.html_url),
      },
    },
    [value.service.id],
    context,
  );
}

// Incidents and runbooks on the wire.
import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import { count, epochMs } from './basics';

/** @public */
export const INCIDENT_STATES = ['open', 'mitigated', 'resolved'] as const;
/** @public */
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** @public */
export const INCIDENT_CATEGORIES = [
  'availability',
  'latency',
  'quality',
  'drift',
  'safety',
  'privacy',
  'security',
  'cost',
  'other',
] as const;
/** @public */
export type IncidentCategory = (typeof INCIDENT_CATEGORIES)[number];

/** Worst first. @public */
export const INCIDENT_SEVERITIES = ['critical', 'major', 'minor'] as const;
/** @public */
export type IncidentSeverity = (typeof INCIDENT_SEVERITIES)[number];

/** What ended the harm. @public */
export const MITIGATIONS = [
  'rollback',
  'kill-switch',
  'fix-forward',
  'configuration',
  'traffic-shift',
  'none',
] as const;
/** @public */
export type Mitigation = (typeof MITIGATIONS)[number];

// Typed by name, see basics.
/** @public */
export const incidentState: z.ZodType<IncidentState, IncidentState> =
  z.enum(INCIDENT_STATES);
/** @public */
export const incidentCategory: z.ZodType<IncidentCategory, IncidentCategory> =
  z.enum(INCIDENT_CATEGORIES);
/** @public */
export const incidentSeverity: z.ZodType<IncidentSeverity, IncidentSeverity> =
  z.enum(INCIDENT_SEVERITIES);
/** @public */
export const mitigation: z.ZodType<Mitigation, Mitigation> =
  z.enum(MITIGATIONS);

/** @public */
export const incidentShape = z.object({
  incidentId: z.string(),
  subject: entityRefSchema,
  source: z
    .string()
    .describe('Who opened it: this suite, or a system such as a pager'),
  isOwn: z
    .boolean()
    .describe(
      'Opened here, and moved on here; any other is moved on where it was opened',
    ),
  summary: z
    .string()
    .nullable()
    .describe('What the person who opened it wrote; null: opened elsewhere'),
  openedBy: z.string().nullable(),
  category: incidentCategory,
  severity: incidentSeverity,
  state: incidentState,
  occurredAtMs: epochMs
    .nullable()
    .describe('When the harm began; null: not known'),
  detectedAtMs: epochMs,
  decidedAtMs: epochMs.nullable(),
  mitigatedAtMs: epochMs.nullable(),
  resolvedAtMs: epochMs.nullable(),
  mitigation: mitigation.nullable(),
  causedByVersion: z.string().nullable(),
  link: z.string().nullable(),
  evidenceId: z.string().describe('Of its newest statement'),
  rowVersion: count
    .nullable()
    .describe('To be handed back when it is moved on; null: not from here'),
});

/** A runbook, and when somebody last looked whether it still holds. @public */
export const runbookShape = z.object({
  url: z.string(),
  checkedAtMs: epochMs.nullable().describe('null: nobody said so yet'),
  checkedBy: z
    .string()
    .nullable()
    .describe('null: from the catalog file, which names nobody'),
  evidenceId: z.string().nullable(),
});

import { DateTime, IANAZone } from 'luxon';
import { z } from 'zod';
import { lengthOf, OpenSloDuration, readDuration } from '../duration';

/** The kinds of OpenSLO v1. */
export const OPENSLO_KINDS = [
  'SLO',
  'SLI',
  'DataSource',
  'Service',
  'AlertPolicy',
  'AlertCondition',
  'AlertNotificationTarget',
] as const;
export type OpenSloKind = (typeof OPENSLO_KINDS)[number];

/** A name: a DNS label (RFC 1123), as the specification demands. */
export const nameSchema = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be a DNS label: lower-case letters, digits and hyphens, at most 63',
  );

export const displayNameSchema = z.string().min(1).max(200).optional();
export const descriptionSchema = z.string().max(1050).optional();

export const metadataSchema = z.strictObject({
  name: nameSchema,
  displayName: displayNameSchema,
  labels: z
    .record(z.string(), z.union([z.string(), z.array(z.string())]))
    .optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

/** A duration of any unit. */
export const durationSchema = z
  .string()
  .transform((text, context): OpenSloDuration => {
    const duration = readDuration(text);
    if (!('why' in duration)) return duration;
    context.addIssue({ code: 'custom', message: duration.why });
    return z.NEVER;
  });

/** A duration that is the same everywhere, in milliseconds. */
export const fixedDurationSchema = durationSchema.transform(
  (duration, context): number => {
    const length = lengthOf(duration);
    if (!('why' in length)) return length.ms;
    context.addIssue({ code: 'custom', message: length.why });
    return z.NEVER;
  },
);

export const operatorSchema = z.enum(['lte', 'gte', 'lt', 'gt'], {
  error: 'must be lte, gte, lt or gt',
});

/** A wall-clock time as the specification writes it, `2022-01-01 12:00:00`, kept as text: its zone stands beside it. */
export const startTimeSchema = z
  .string()
  .refine(
    text => DateTime.fromFormat(text, 'yyyy-MM-dd HH:mm:ss').isValid,
    'must be a time such as 2026-01-01 00:00:00',
  );

export const timeZoneSchema = z
  .string()
  .refine(
    zone => IANAZone.isValidZone(zone),
    'must be an IANA time zone, for example Europe/Berlin',
  );

import { z } from 'zod';

/**
 * What is read of hawkBit's answers. Everything else is dropped here and never seen again: who created, changed, approved
 * or denied a rollout, remarks, descriptions, and the target filter, which may name single devices.
 *
 * Names and meanings: hawkBit Management API, `MgmtRolloutResponseBody`, `MgmtRolloutGroupResponseBody`, `PagedList`,
 * `Rollout.RolloutStatus`, `RolloutGroup.RolloutGroupStatus`, `TotalTargetCountStatus.Status` (hawkBit 0.9, 2026).
 */
const epochMs = z.int().nonnegative().max(8_640_000_000_000_000);
const count = z.int().nonnegative();

/** The states in which hawkBit counts targets, in the order in which a target goes through them. */
export const targetStates = [
  'notstarted',
  'scheduled',
  'running',
  'error',
  'finished',
  'cancelled',
] as const;

/** A state in which hawkBit counts targets. */
export type TargetState = (typeof targetStates)[number];

const countsPerState = z
  .partialRecord(z.enum(targetStates), count)
  .optional()
  .transform(counts => counts ?? {});

const rolloutSchema = z.object({
  id: z.int().nonnegative(),
  name: z.string(),
  status: z.enum([
    'creating',
    'waiting_for_approval',
    'approval_denied',
    'ready',
    'starting',
    'running',
    'paused',
    'stopping',
    'stopped',
    'finished',
    'deleting',
    'deleted',
  ]),
  createdAt: epochMs,
  lastModifiedAt: epochMs.nullish(),
  totalTargets: count,
  totalTargetsPerStatus: countsPerState,
  totalGroups: count.nullish(),
  type: z.string().nullish(),
  dynamic: z.boolean().nullish(),
  _links: z
    .object({
      distributionset: z.object({ name: z.string().nullish() }).nullish(),
    })
    .nullish(),
});

const thresholdSchema = z
  .object({
    condition: z.literal('THRESHOLD'),
    expression: z.string().regex(/^(100|[0-9]{1,2})$/),
  })
  .nullish();

const groupSchema = z.object({
  id: z.int().nonnegative(),
  status: z.enum([
    'creating',
    'ready',
    'scheduled',
    'running',
    'finished',
    'error',
  ]),
  totalTargets: count,
  totalTargetsPerStatus: countsPerState,
  dynamic: z.boolean().nullish(),
  successCondition: thresholdSchema,
  successAction: z.object({ action: z.enum(['NEXTGROUP', 'PAUSE']) }).nullish(),
  errorCondition: thresholdSchema,
});

function pageOf<T extends z.ZodType>(content: T) {
  return z.object({ content: z.array(content), total: count });
}

export const rolloutPageSchema = pageOf(rolloutSchema);
export const groupPageSchema = pageOf(groupSchema);

/** A rollout as far as it is read. */
export type HawkbitRollout = z.infer<typeof rolloutSchema>;
/** A deployment group of a rollout as far as it is read. */
export type HawkbitGroup = z.infer<typeof groupSchema>;

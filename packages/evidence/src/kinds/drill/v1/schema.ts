import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
  instantSchema,
} from '../../../item/envelope';
import {
  countSchema,
  follow,
  proves,
  ratioSchema,
  verdictStatusSchema,
} from '../../parts';

export const drillV1 = z
  .object({
    drillId: codeSchema,
    exercise: z.enum(['kill-switch', 'rollback']),
    rolloutId: codeSchema.nullable(),
    version: codeSchema,
    digest: digestSchema.nullable(),
    orderedBy: entityRefSchema,
    detectedAt: instantSchema.describe('When the drill’s cause was shown'),
    decidedAt: instantSchema.describe('When the order was given'),
    propagatedAt: instantSchema
      .nullable()
      .describe('When enough had confirmed; null: they never did'),
    limitMs: countSchema.describe(
      'Time allowed from detectedAt to propagatedAt',
    ),
    neededRatio: ratioSchema.describe(
      'Share of targetedCount that must confirm',
    ),
    targetedCount: countSchema,
    confirmedCount: countSchema,
    confirmations: z
      .array(
        z
          .object({
            elapsedMs: countSchema.describe('Since decidedAt'),
            confirmedCount: countSchema,
          })
          .strict(),
      )
      .max(500)
      .describe('Confirmation curve; both numbers only rise'),
    status: verdictStatusSchema,
    reason: codeSchema,
  })
  .strict()
  .refine(d => follow(d.detectedAt, d.decidedAt, d.propagatedAt), {
    path: ['detectedAt'],
    error: 'its instants are out of order',
  })
  .refine(d => d.confirmedCount <= d.targetedCount, {
    path: ['confirmedCount'],
    error: 'more confirmed than were targeted',
  })
  .refine(d => rises(d.confirmations), {
    path: ['confirmations'],
    error: 'the confirmation curve falls',
  })
  .meta(
    proves(
      'suite',
      'that a kill switch or a rollback was tried in earnest as a drill: how long deciding and reaching took, and how many confirmed.',
    ),
  );

function rises(
  points: readonly { elapsedMs: number; confirmedCount: number }[],
): boolean {
  return points.every(
    (point, i) =>
      i === 0 ||
      (points[i - 1].elapsedMs <= point.elapsedMs &&
        points[i - 1].confirmedCount <= point.confirmedCount),
  );
}

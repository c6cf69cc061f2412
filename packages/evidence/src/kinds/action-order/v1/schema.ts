import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import { linkSchema, proves, ratioSchema, reasonTextSchema } from '../../parts';

export const actionOrderV1 = z
  .object({
    orderId: codeSchema.describe(
      'The same for an order and its answer; sent along as idempotency key',
    ),
    action: z.enum(['rollback']),
    state: z
      .enum(['ordered', 'done', 'accepted', 'refused', 'unanswered'])
      .describe(
        'accepted: the other system took the order and is not done yet; unanswered: it was sent once, and whether it was carried out is not known',
      ),
    target: linkSchema.describe('Where the order goes, without its query'),
    fromVersion: codeSchema,
    fromDigest: digestSchema
      .nullable()
      .describe('null: telemetry does not say'),
    toVersion: codeSchema,
    trafficRatio: ratioSchema
      .nullable()
      .describe(
        'Share of the requests that fromVersion served when it was ordered; null: not known',
      ),
    orderedBy: entityRefSchema,
    reason: reasonTextSchema,
    answerStatus: z
      .int()
      .min(100)
      .max(599)
      .nullable()
      .describe('HTTP status of the answer; null: there was none'),
    answerCode: codeSchema
      .nullable()
      .describe(
        'What went wrong or is left to do, for example TIMEOUT; null: nothing',
      ),
    answerReference: codeSchema
      .optional()
      .describe(
        'What the order became in the system that carries it out, for example rollout/23',
      ),
  })
  .strict()
  .refine(o => o.fromVersion !== o.toVersion, {
    path: ['toVersion'],
    error: 'nothing would change',
  })
  .refine(o => o.state !== 'ordered' || o.answerStatus === null, {
    path: ['answerStatus'],
    error: 'an order that was not sent yet has no answer',
  })
  .meta(
    proves(
      'suite',
      'that a person ordered another system to change production, why, and what that system answered.',
    ),
  );

import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import { reasonTextSchema, proves } from '../../parts';

export const approvalVoteV1 = z
  .object({
    releaseId: codeSchema,
    votedBy: entityRefSchema,
    vote: z.enum(['approve', 'reject']),
    reason: reasonTextSchema,
    digest: digestSchema,
  })
  .strict()
  .meta(
    proves(
      'suite',
      "one person's vote on one release, bound to the digest that they saw.",
    ),
  );

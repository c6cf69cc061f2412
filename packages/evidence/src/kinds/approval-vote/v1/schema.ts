import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import { reasonTextSchema } from '../../parts';

/** Proves one person's vote on one release, bound to the digest that they saw. */
export const approvalVoteV1 = z
  .object({
    releaseId: codeSchema,
    votedBy: entityRefSchema,
    vote: z.enum(['approve', 'reject']),
    reason: reasonTextSchema,
    digest: digestSchema,
  })
  .strict();

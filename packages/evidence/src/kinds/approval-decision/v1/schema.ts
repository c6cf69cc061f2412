import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
} from '../../../item/envelope';
import { proves } from '../../parts';

export const approvalDecisionV1 = z
  .object({
    releaseId: codeSchema,
    modelRef: entityRefSchema,
    version: codeSchema,
    digest: digestSchema,
    decision: z.enum(['approved', 'rejected', 'withdrawn', 'expired']),
    approvedBy: z.array(entityRefSchema).max(50),
    rejectedBy: z.array(entityRefSchema).max(50),
    policyId: codeSchema,
    policyDigest: digestSchema,
    quorum: z.int().min(1).max(20),
  })
  .strict()
  .meta(
    proves(
      'suite',
      'how a release was decided, by which votes, under which policy.',
    ),
  );

import { z } from 'zod';
import {
  codeSchema,
  digestSchema,
  entityRefSchema,
  instantSchema,
} from '../../../item/envelope';
import { evidenceLinkSchema, reasonTextSchema, proves } from '../../parts';

export const approvalRequestV1 = z
  .object({
    releaseId: codeSchema,
    modelRef: entityRefSchema,
    version: codeSchema,
    digest: digestSchema,
    cohorts: z.array(entityRefSchema).max(100),
    proposedBy: entityRefSchema,
    reason: reasonTextSchema,
    policyId: codeSchema,
    policyDigest: digestSchema,
    quorum: z.int().min(1).max(20),
    deadline: instantSchema,
    frozenVerdicts: z.array(evidenceLinkSchema).max(100),
  })
  .strict()
  .meta(
    proves(
      'suite',
      'what was asked for: a version by digest, for where, and the verdicts frozen at that moment.',
    ),
  );

import { z } from 'zod';
import { codeSchema, digestSchema } from '../../../item/envelope';
import {
  countSchema,
  evidenceLinkSchema,
  verdictStatusSchema,
  proves,
} from '../../parts';

export const scorecardVerdictV1 = z
  .object({
    scorecardId: codeSchema,
    scorecardDigest: digestSchema,
    level: codeSchema.nullable().describe('Highest level held; null when none'),
    status: verdictStatusSchema,
    measuredCount: countSchema,
    inScopeCount: countSchema,
    unknownCount: countSchema,
    checks: z.array(evidenceLinkSchema.extend({ level: codeSchema })).max(200),
  })
  .strict()
  .meta(
    proves(
      'suite',
      'what a scorecard said about a subject at one moment, check by check, under which rule set.',
    ),
  );

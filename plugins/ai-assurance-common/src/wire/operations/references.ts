import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { define, read } from './define';

/** Reference windows for drift. */
export const referencesOperations = define({
  approveReference: {
    method: 'post',
    path: '/references',
    summary: 'Approve a past time range as the reference of a signal',
    permissions: ['ai-assurance.reference.approve'],
    body: z
      .object({
        subject: entityRefSchema,
        feature: wireShapes.labelSchema,
        fromMs: z.number().int(),
        toMs: z.number().int(),
        reason: wireShapes.reason,
        histogramUrl: z
          .url()
          .max(1000)
          .optional()
          .describe(
            'A JSON file with the histogram of the training data, instead of what was reported; the range then says when the data was collected',
          ),
        usePushedProfile: z
          .boolean()
          .optional()
          .describe('Take the profile that was pushed last, instead'),
      })
      .strict(),
    response: wireShapes.referenceShape,
    status: 201,
  },
  listReferences: {
    method: 'get',
    path: '/references',
    summary: 'Approved references of a subject, newest first',
    permissions: read,
    query: z.object({ subject: entityRefSchema }),
    response: z.object({ references: z.array(wireShapes.referenceShape) }),
  },
});

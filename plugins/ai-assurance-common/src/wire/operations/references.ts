import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { define, read } from './define';

/** Reference windows for drift. */
export const referencesOperations = define({
  approveReference: {
    method: 'post',
    path: '/references',
    summary:
      'Approve a past time range, a file or an import as the reference of a signal',
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
        sampleUrl: z
          .url()
          .max(1000)
          .optional()
          .describe(
            'A Parquet or CSV file of the training data, read with the column and bins of the monitor of a file',
          ),
        imported: z
          .object({
            url: z.url().max(1000),
            format: z.enum(['ai-assurance', 'great-expectations']),
            column: z
              .string()
              .min(1)
              .max(200)
              .optional()
              .describe('Name of the feature in the report, where it differs'),
          })
          .strict()
          .optional()
          .describe(
            'A report of another system that holds the histogram: an exported reference-window.v2, or a validation result of Great Expectations with the observed partition of the column',
          ),
      })
      .strict()
      .refine(
        body =>
          [
            body.histogramUrl,
            body.usePushedProfile || undefined,
            body.sampleUrl,
            body.imported,
          ].filter(origin => origin !== undefined).length <= 1,
        {
          error:
            'names at most one origin: histogramUrl, usePushedProfile, sampleUrl or imported',
        },
      ),
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

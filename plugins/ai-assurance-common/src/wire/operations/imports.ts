import { z } from 'zod';
import {
  digestSchema,
  entityRefSchema,
  instantSchema,
} from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { define, read } from './define';

/** Reports of other tools. */
export const importsOperations = define({
  importReport: {
    method: 'post',
    path: '/imports/:format',
    summary:
      'Import a report of another tool as evidence about a subject; the body is the file. What the query states is what the report does not say. Safe to repeat: the same bytes are known already',
    permissions: ['ai-assurance.evidence.push'],
    params: z.object({ format: z.string().max(60) }),
    query: z.object({
      subject: entityRefSchema,
      subjectVersion: wireShapes.labelSchema.optional(),
      subjectDigest: digestSchema.optional(),
      datasetId: wireShapes.labelSchema.optional(),
      datasetDigest: digestSchema.optional(),
      windowStart: instantSchema.optional(),
      windowEnd: instantSchema.optional(),
      preview: z
        .enum(['true', 'false'])
        .optional()
        .describe('true: only say what would be recorded'),
    }),
    rawBody: [
      'application/json',
      'application/x-ndjson',
      'text/csv',
      'text/plain',
      'application/octet-stream',
    ],
    body: z.string().describe('The file as the tool wrote it, in UTF-8'),
    response: wireShapes.importResultShape,
  },
  listImportFormats: {
    method: 'get',
    path: '/imports',
    summary: 'Formats of reports that can be imported',
    permissions: read,
    response: z.object({ formats: z.array(wireShapes.importFormatShape) }),
  },
});

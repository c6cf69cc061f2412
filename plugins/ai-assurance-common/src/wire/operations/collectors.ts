import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { define, read } from './define';

/** Collectors and their sources. */
export const collectorsOperations = define({
  listCollectors: {
    method: 'get',
    path: '/collectors',
    summary:
      'Collectors and, for each subject that they ask about, how they are doing',
    permissions: read,
    query: z.object({
      subject: entityRefSchema.optional(),
      state: z.enum(wireShapes.SOURCE_STATES).optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
      cursor: z.string().max(300).optional(),
    }),
    response: z.object({
      collectors: z.array(wireShapes.collectorSummaryShape),
      sources: z.array(wireShapes.sourceSummaryShape),
      nextCursor: z.string().optional(),
    }),
  },
});

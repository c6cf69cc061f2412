import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { define, read } from './define';

/** Evidence. */
export const evidenceOperations = define({
  pushEvidence: {
    method: 'post',
    path: '/evidence',
    summary:
      'Push evidence as CloudEvents 1.0: one (structured, or binary with ce- headers), a batch of up to 1,000, or a stream of lines; answered item by item, a stream line by line',
    permissions: ['ai-assurance.evidence.push'],
    rawBody: [
      'application/json',
      'application/cloudevents+json',
      'application/cloudevents-batch+json',
      'application/x-ndjson',
    ],
    body: z.union([
      z.array(z.record(z.string(), z.unknown())).min(1).max(1000),
      z.record(z.string(), z.unknown()),
    ]),
    response: wireShapes.ingestResultShape,
  },
  listEvidence: {
    method: 'get',
    path: '/evidence',
    summary: 'Evidence, newest first',
    permissions: read,
    query: z.object({
      subject: entityRefSchema.optional(),
      type: z
        .string()
        .max(100)
        .regex(/^[a-z0-9.-]+$/)
        .optional(),
      fromMs: z.coerce.number().int().optional(),
      toMs: z.coerce.number().int().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(200).optional(),
    }),
    response: z.object({
      items: z.array(wireShapes.evidenceSummaryShape),
      nextCursor: z.string().optional(),
    }),
  },
  getEvidence: {
    method: 'get',
    path: '/evidence/:evidenceId',
    summary: 'One item with its inclusion proof',
    permissions: read,
    params: z.object({ evidenceId: z.string().max(40) }),
    response: wireShapes.evidenceDetailShape,
  },
});

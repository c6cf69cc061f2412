import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { verdictStatus } from '../shapes/basics';
import { define, read } from './define';

/** Any instant that CloudEvents can say. */
const instantMs = z.coerce
  .number()
  .int()
  .min(-62_167_219_200_000)
  .max(253_402_300_800_000);

/** What the list of evidence can be asked by. */
const evidenceQuery = z.object({
  subject: entityRefSchema.optional(),
  type: z
    .string()
    .max(100)
    .regex(/^[a-z0-9.-]+$/)
    .optional(),
  source: z
    .string()
    .min(1)
    .max(300)
    .regex(/^\P{C}*$/u, 'must hold no control characters')
    .optional(),
  status: verdictStatus.optional(),
  fromMs: instantMs.optional().describe('Observed at or after'),
  toMs: instantMs.optional().describe('Observed before'),
  recordedFromMs: instantMs.optional().describe('Recorded at or after'),
  recordedToMs: instantMs.optional().describe('Recorded before'),
  text: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'Up to eight words, each the beginning of a word of the item: a name, code, digest, version or run id',
    ),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});

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
    summary:
      'Evidence, newest recorded first; everything asked for must hold. Ranges of time are half-open',
    permissions: read,
    query: evidenceQuery,
    response: wireShapes.evidenceListShape,
  },
  searchEvidence: {
    method: 'post',
    path: '/evidence/search',
    reads: true,
    summary:
      'The same list, asked for in the body: words that are searched for stand in no address, and so in no access log',
    permissions: read,
    body: evidenceQuery,
    response: wireShapes.evidenceListShape,
  },
  getEvidenceFacets: {
    method: 'get',
    path: '/evidence/facets',
    summary: 'What the list of evidence can be filtered by: values that occur',
    permissions: read,
    response: wireShapes.evidenceFacetsShape,
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

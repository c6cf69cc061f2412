import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { define, id, read } from './define';

/** Audit packs. */
export const auditOperations = define({
  listPacks: {
    method: 'get',
    path: '/audit/packs',
    summary: 'Exported packs, newest first',
    permissions: read,
    response: z.object({ packs: z.array(wireShapes.packShape) }),
  },
  createPack: {
    method: 'post',
    path: '/audit/packs',
    summary: 'Export the evidence of one subject and period',
    permissions: ['ai-assurance.pack.export'],
    body: z
      .object({
        subject: entityRefSchema,
        periodStartMs: z.number().int(),
        periodEndMs: z.number().int(),
      })
      .strict(),
    response: wireShapes.packShape,
    status: 201,
  },
  downloadPack: {
    method: 'get',
    path: '/audit/packs/:packId/file',
    summary: 'The pack itself',
    permissions: ['ai-assurance.pack.export'],
    params: z.object({ packId: id }),
    rawResponse: 'application/zip',
  },
});

import { z } from 'zod';
import { digestSchema, entityRefSchema } from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { define, id, read } from './define';

/** Releases and votes. */
export const releasesOperations = define({
  listReleases: {
    method: 'get',
    path: '/releases',
    summary: 'Releases, newest first',
    permissions: read,
    query: z.object({
      state: z.enum(wireShapes.RELEASE_STATES).optional(),
      modelRef: entityRefSchema.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(200).optional(),
    }),
    response: z.object({
      releases: z.array(wireShapes.releaseShape),
      nextCursor: z.string().optional(),
    }),
  },
  proposeRelease: {
    method: 'post',
    path: '/releases',
    summary: 'Propose a model version for cohorts',
    permissions: ['ai-assurance.release.propose'],
    body: z
      .object({
        modelRef: entityRefSchema,
        version: wireShapes.labelSchema,
        digest: digestSchema,
        cohorts: z.array(entityRefSchema).max(100),
        reason: wireShapes.reason,
      })
      .strict(),
    response: wireShapes.releaseShape,
    status: 201,
  },
  getRelease: {
    method: 'get',
    path: '/releases/:releaseId',
    summary: 'One release with its frozen verdicts and votes',
    permissions: read,
    params: z.object({ releaseId: id }),
    response: wireShapes.releaseShape,
  },
  voteOnRelease: {
    method: 'post',
    path: '/releases/:releaseId/votes',
    summary: 'Approve or reject a release',
    permissions: ['ai-assurance.release.vote'],
    params: z.object({ releaseId: id }),
    body: z
      .object({
        vote: z.enum(['approve', 'reject']),
        reason: wireShapes.reason,
        digest: digestSchema,
        rowVersion: z.int(),
      })
      .strict(),
    response: wireShapes.releaseShape,
  },
  withdrawRelease: {
    method: 'post',
    path: '/releases/:releaseId/withdraw',
    summary: 'Take back one’s own proposal',
    permissions: [...read, 'ai-assurance.release.propose'],
    params: z.object({ releaseId: id }),
    body: z.object({ rowVersion: z.int() }).strict(),
    response: wireShapes.releaseShape,
  },
});

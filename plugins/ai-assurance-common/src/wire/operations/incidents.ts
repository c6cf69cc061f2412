import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { define, id, read } from './define';

const manage = ['ai-assurance.incident.manage'];

/** Incidents, and whether runbooks still hold. */
export const incidentsOperations = define({
  listIncidents: {
    method: 'get',
    path: '/incidents',
    summary: 'Incidents of a subject: open ones first, then the newest',
    permissions: read,
    query: z.object({ subject: entityRefSchema }),
    response: z.object({ incidents: z.array(wireShapes.incidentShape) }),
  },
  openIncident: {
    method: 'post',
    path: '/incidents',
    summary: 'Open an incident of a subject',
    permissions: manage,
    body: z
      .object({
        subject: entityRefSchema,
        category: wireShapes.incidentCategory,
        severity: wireShapes.incidentSeverity,
        occurredAtMs: z
          .number()
          .int()
          .nonnegative()
          .optional()
          .describe('When the harm began; left out: not known'),
        causedByVersion: wireShapes.labelSchema.optional(),
        alertIds: z.array(wireShapes.labelSchema).max(20).default([]),
        reason: wireShapes.reason.describe('What is wrong, in words'),
      })
      .strict(),
    response: wireShapes.incidentShape,
    status: 201,
  },
  moveIncident: {
    method: 'post',
    path: '/incidents/:incidentId/state',
    summary: 'Say that an incident is mitigated or resolved',
    permissions: [...read, ...manage],
    params: z.object({ incidentId: id }),
    body: z
      .object({
        state: z.enum(['mitigated', 'resolved']),
        mitigation: wireShapes.mitigation.optional(),
        reason: wireShapes.reason,
        rowVersion: z.int(),
      })
      .strict(),
    response: wireShapes.incidentShape,
  },
  checkRunbook: {
    method: 'post',
    path: '/runbooks/check',
    summary: 'Vouch that a runbook of a subject was read and still holds',
    permissions: manage,
    body: z
      .object({
        subject: entityRefSchema,
        url: z.string().max(500),
        reason: wireShapes.reason,
      })
      .strict(),
    response: wireShapes.runbookShape,
    status: 201,
  },
});

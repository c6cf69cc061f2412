import { z } from 'zod';
import * as wireShapes from '../shapes';
import { define, id, read, subjectParams } from './define';

/** Objectives: their documents in and out, corrections, and rules for metrics engines. */
export const objectivesOperations = define({
  getObjectives: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/objectives',
    summary: 'Objectives of one subject with budgets, alerts and corrections',
    permissions: read,
    params: subjectParams,
    response: z.object({
      objectives: z.array(wireShapes.objectiveShape),
      problems: z
        .array(z.string())
        .describe('Why documents could not be used: file, line and reason'),
      corrections: z
        .array(wireShapes.correctionShape)
        .describe('Newest first, at most 200'),
    }),
  },
  exportOpenSlo: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/objectives/openslo',
    summary: 'The objectives of one subject as OpenSLO v1 documents',
    permissions: read,
    params: subjectParams,
    response: z.object({
      documents: z.string().describe('YAML, one document after the other'),
      lost: z
        .array(wireShapes.openSloLossShape)
        .describe('What the documents that were read said and these do not'),
    }),
  },
  exportRules: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/objectives/rules',
    summary:
      'Recording and alerting rules of the objectives for a Prometheus-compatible engine',
    permissions: read,
    params: subjectParams,
    response: z.object({
      rules: z.string().describe('YAML, as promtool check rules takes it'),
      lost: z
        .array(wireShapes.openSloLossShape)
        .describe('Objectives that such an engine cannot count, and why'),
    }),
  },
  checkOpenSlo: {
    method: 'post',
    path: '/objectives/check',
    summary: 'Says what OpenSLO v1 documents would measure; stores nothing',
    permissions: read,
    body: z
      .object({
        text: z.string().max(262_144),
        file: z.string().max(100).default('openslo.yaml'),
      })
      .strict(),
    response: z.object({
      objectives: z.array(
        z.object({
          sloName: z.string(),
          objectiveName: z.string(),
          description: z.string(),
        }),
      ),
      problems: z.array(z.string()),
      lost: z.array(wireShapes.openSloLossShape),
    }),
  },
  addCorrection: {
    method: 'post',
    path: '/corrections',
    summary: 'Leave a stretch of time out of the corrected error budget',
    permissions: ['ai-assurance.objective.correct'],
    body: wireShapes.correctionBodyShape,
    response: wireShapes.correctionShape,
    status: 201,
  },
  withdrawCorrection: {
    method: 'post',
    path: '/corrections/:correctionId/withdraw',
    summary: 'Take a correction back',
    permissions: ['ai-assurance.objective.correct'],
    params: z.object({ correctionId: id }),
    body: z.object({ reason: wireShapes.reason }).strict(),
    response: wireShapes.correctionShape,
  },
});

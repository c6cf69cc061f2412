import { z } from 'zod';
import * as wireShapes from '../shapes';
import { subjectKind, verdictStatus } from '../shapes/basics';
import {
  define,
  rangeQuery,
  read,
  subjectPageQuery,
  subjectParams,
} from './define';

/** The overview and the pages of subjects. */
export const subjectsOperations = define({
  getOverview: {
    method: 'get',
    path: '/overview',
    summary:
      'The portfolio: what needs attention, and its subjects, worst first, page by page. What counts is counted over all',
    permissions: read,
    query: subjectPageQuery.extend({
      search: z.string().max(200).optional().describe('In title and reference'),
      kind: subjectKind.optional(),
      verdict: verdictStatus.optional(),
      tier: z
        .string()
        .max(50)
        .optional()
        .describe('Risk tier; “-” for subjects without one'),
    }),
    response: wireShapes.overviewShape,
  },
  getSubjectSummary: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/summary',
    summary: 'The card of one subject',
    permissions: read,
    params: subjectParams,
    response: wireShapes.subjectSummaryShape,
  },
  getService: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/service',
    summary:
      'What is wrong with one AI service, since when, and who can do something',
    permissions: [
      ...read,
      'ai-assurance.rollback.order',
      'ai-assurance.incident.manage',
      'ai-assurance.objective.correct',
    ],
    params: subjectParams,
    query: rangeQuery,
    response: wireShapes.serviceAnswerShape,
  },
  getServiceSignals: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/service/signals',
    summary: 'Charts, breakdown and time line of one AI service',
    permissions: read,
    params: subjectParams,
    query: rangeQuery,
    response: wireShapes.serviceSignalsShape,
  },
  getModel: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/model',
    summary: 'The page of one model',
    permissions: read,
    params: subjectParams,
    query: rangeQuery,
    response: wireShapes.modelAnswerShape,
  },
  getCohort: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/cohort',
    summary: 'The page of one device cohort',
    permissions: read,
    params: subjectParams,
    query: rangeQuery,
    response: wireShapes.cohortAnswerShape,
  },
});

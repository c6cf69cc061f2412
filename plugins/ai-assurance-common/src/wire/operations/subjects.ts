import * as wireShapes from '../shapes';
import { define, subjectParams, rangeQuery, read } from './define';

/** The overview and the pages of subjects. */
export const subjectsOperations = define({
  getOverview: {
    method: 'get',
    path: '/overview',
    summary: 'The portfolio: what needs attention, and all subjects',
    permissions: read,
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
    summary: 'The page of one AI service',
    permissions: read,
    params: subjectParams,
    query: rangeQuery,
    response: wireShapes.serviceAnswerShape,
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

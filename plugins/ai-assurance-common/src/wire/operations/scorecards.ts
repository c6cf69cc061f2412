import { z } from 'zod';
import * as wireShapes from '../shapes';
import { verdictStatus } from '../shapes/basics';
import { define, read, subjectPageQuery } from './define';

/** Scorecards. */
export const scorecardsOperations = define({
  listScorecards: {
    method: 'get',
    path: '/scorecards',
    summary:
      'All scorecards with the verdicts of the subjects in scope, worst first, page by page. What counts is counted over all',
    permissions: read,
    query: subjectPageQuery.extend({
      scorecard: z
        .string()
        .max(100)
        .optional()
        .describe('Only this one; needed with a cursor'),
      verdict: verdictStatus
        .optional()
        .describe('Only subjects whose worst verdict this is'),
    }),
    response: z.object({ scorecards: z.array(wireShapes.scorecardBoardShape) }),
  },
});

import { z } from 'zod';
import * as wireShapes from '../shapes';
import { define, read } from './define';

/** Scorecards. */
export const scorecardsOperations = define({
  listScorecards: {
    method: 'get',
    path: '/scorecards',
    summary: 'All scorecards with the verdicts of every subject in scope',
    permissions: read,
    response: z.object({ scorecards: z.array(wireShapes.scorecardBoardShape) }),
  },
});

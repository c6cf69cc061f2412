import * as wireShapes from '../shapes';
import { define, read, subjectParams } from './define';

/** Evaluations of models and of what they generate. */
export const evaluationsOperations = define({
  getEvaluations: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/evaluations',
    summary:
      'Evaluations of a subject: versions side by side, each against the gates declared for it',
    permissions: read,
    params: subjectParams,
    response: wireShapes.evaluationsShape,
  },
});

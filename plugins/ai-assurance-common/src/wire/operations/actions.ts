import { z } from 'zod';
import * as wireShapes from '../shapes';
import { define, id, read, subjectParams } from './define';

/** Actions that change production. Each asks for a reason, and is evidence. */
export const actionsOperations = define({
  getRollback: {
    method: 'get',
    path: '/subjects/:kind/:namespace/:name/rollback',
    summary:
      'What rolling a service back would do, and what was ordered so far',
    permissions: [...read, 'ai-assurance.rollback.order'],
    params: subjectParams,
    response: wireShapes.rollbackPlanShape,
  },
  orderRollback: {
    method: 'post',
    path: '/subjects/:kind/:namespace/:name/rollback',
    summary:
      'Order the system that deploys a service to put an earlier version back; sent at most once',
    permissions: ['ai-assurance.rollback.order'],
    params: subjectParams,
    body: z
      .object({
        fromVersion: wireShapes.labelSchema,
        toVersion: wireShapes.labelSchema,
        reason: wireShapes.reason,
        requestId: id.describe(
          'Made by the caller, the same when it repeats a request that it got no answer to',
        ),
      })
      .strict(),
    response: wireShapes.actionOrderShape,
    status: 201,
  },
});

import { z } from 'zod';
import { entityRefSchema } from '@ai-assurance/evidence';
import * as wireShapes from '../shapes';
import { define, id } from './define';

const readPermission = 'ai-assurance.quarantine.read';
const resolvePermission = 'ai-assurance.quarantine.resolve';

const quarantineParams = z.object({ quarantineId: id });
const code = z
  .string()
  .max(100)
  .regex(/^[A-Z0-9_]+$/);

/** What was refused at the door, and what becomes of it. */
export const quarantineOperations = define({
  listQuarantine: {
    method: 'get',
    path: '/quarantine',
    summary:
      'Items that were sent as evidence and not let in, newest first, without their bytes',
    permissions: [readPermission],
    query: z.object({
      state: z.enum(wireShapes.QUARANTINE_STATES).optional(),
      code: code.optional(),
      subject: entityRefSchema.optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      cursor: z.string().max(200).optional(),
    }),
    response: wireShapes.quarantineListShape,
  },
  getQuarantined: {
    method: 'get',
    path: '/quarantine/:quarantineId',
    summary: 'One quarantined item with its bytes',
    permissions: [readPermission],
    params: quarantineParams,
    response: wireShapes.quarantinedDetailShape,
  },
  replayAllQuarantined: {
    method: 'post',
    path: '/quarantine/replay',
    summary:
      'Judge again the oldest waiting items of one reason, after its cause was mended',
    permissions: [resolvePermission],
    body: z
      .object({
        code,
        subject: entityRefSchema.optional(),
        limit: z.int().min(1).max(1000).default(500),
      })
      .strict(),
    response: wireShapes.quarantineReplayShape,
  },
  replayQuarantined: {
    method: 'post',
    path: '/quarantine/:quarantineId/replay',
    summary: 'Judge a quarantined item again, and record it if it is good now',
    permissions: [resolvePermission],
    params: quarantineParams,
    body: z.object({ rowVersion: z.int() }).strict(),
    response: wireShapes.quarantinedShape,
  },
  discardQuarantined: {
    method: 'post',
    path: '/quarantine/:quarantineId/discard',
    summary:
      'Throw a quarantined item away, with a reason; the discard is evidence',
    permissions: [resolvePermission],
    params: quarantineParams,
    body: z.object({ reason: wireShapes.reason, rowVersion: z.int() }).strict(),
    response: wireShapes.quarantinedShape,
  },
});

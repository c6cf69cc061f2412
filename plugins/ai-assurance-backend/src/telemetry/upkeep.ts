import { Clock, Db, Task } from '../platform';
import { forgetOldSalts } from './Salts';

const DAY_MS = 24 * 3_600_000;
/** How long an id of a batch stands for its body: as long as the body itself is remembered. */
const BATCH_KEY_MS = DAY_MS;
/** How long a cumulative stream may be silent before it is forgotten; it then begins with a baseline again. */
const SILENT_STREAM_MS = DAY_MS;

/** Forgets what only has to be remembered for a while: batch ids, silent cumulative streams, salts of days that are over. */
export function upkeepTask(deps: { db: Db; clock: Clock }): Task {
  const { db, clock } = deps;
  return {
    id: 'telemetry-upkeep',
    everySeconds: 600,
    async run() {
      const nowMs = clock.nowMs();
      await forgetOldSalts(db, nowMs);
      await db
        .knex('telemetry_batch_key')
        .where('telemetry_batch_key.received_at_ms', '<', nowMs - BATCH_KEY_MS)
        .delete();
      await db
        .knex('telemetry_cumulative')
        .where('telemetry_cumulative.seen_at_ms', '<', nowMs - SILENT_STREAM_MS)
        .delete();
    },
  };
}

import { Clock, Db, Task } from '../platform';
import { LEVEL_MS } from './core/levels/level';
import { LevelStore } from './LevelStore';

const everySeconds = 15;
/** Points of a minute mostly come while it lasts or right after; waiting a little saves merging it twice. */
const settleMs = 10_000;
/** Minutes of one stream in one transaction: short enough that its writers hardly wait. */
const maxMinutes = 20;
const maxStreams = 1000;
/** Transactions of one run; the next run goes on. */
const maxMoves = 3000;

/** Moves windows of minutes that have ended into the levels. Runs of several replicas at once do no harm. */
export function levelsTask(deps: {
  db: Db;
  clock: Clock;
  store: LevelStore;
}): Task {
  const { db, clock, store } = deps;
  return {
    id: 'telemetry-levels',
    everySeconds,
    async run() {
      const beforeMs =
        Math.floor((clock.nowMs() - settleMs) / LEVEL_MS.minute) *
        LEVEL_MS.minute;
      let moves = 0;
      for (;;) {
        const streams = await db.transaction(tx =>
          store.streamsToMove(tx, beforeMs, maxStreams),
        );
        if (streams.length === 0) return;
        for (const streamId of streams) {
          let moved = maxMinutes;
          while (moved === maxMinutes) {
            if (moves >= maxMoves) return;
            moves += 1;
            moved = await db.transaction(tx =>
              store.move(tx, streamId, { beforeMs, maxMinutes }),
            );
          }
        }
      }
    },
  };
}

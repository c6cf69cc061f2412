import { Clock, Db, readBigint, Task } from '../platform';
import { WINDOW_MS } from './core/fold';

const sliceMs = 10 * WINDOW_MS;
/** At most this many slices in one run; the next run goes on. */
const maxSlices = 500;
/** How long a body is remembered, so that a resent one changes nothing: longer than any exporter retries. */
const batchMemoryMs = 24 * 3_600_000;

/** Forgets windows older than the retention, ten minutes of them in each transaction, and what they leave behind. */
export function retentionTask(deps: {
  db: Db;
  clock: Clock;
  retentionMs: number;
}): Task {
  const { db, clock, retentionMs } = deps;

  const dropWindows = async (cutoffMs: number) => {
    for (let slice = 0; slice < maxSlices; slice += 1) {
      const row = await db
        .knex('telemetry_window')
        .min({ oldest: 'telemetry_window.start_ms' })
        .first();
      if (!row || row.oldest === null || readBigint(row.oldest) >= cutoffMs)
        return;
      await db
        .knex('telemetry_window')
        .where(
          'telemetry_window.start_ms',
          '<',
          Math.min(cutoffMs, readBigint(row.oldest) + sliceMs),
        )
        .delete();
    }
  };

  const dropSeries = async (cutoffMs: number) => {
    const streams: { stream_id: unknown }[] = await db
      .knex('telemetry_series')
      .where('telemetry_series.last_start_ms', '<', cutoffMs)
      .distinct('telemetry_series.stream_id');
    for (const { stream_id } of streams) {
      await db.transaction(async tx => {
        // The writers' lock: none of them can be about to give one of these series a new window.
        await tx('telemetry_stream')
          .select('telemetry_stream.stream_id')
          .where({ stream_id: readBigint(stream_id) })
          .forUpdate();
        await tx('telemetry_series')
          .where({ stream_id: readBigint(stream_id) })
          .andWhere('telemetry_series.last_start_ms', '<', cutoffMs)
          .whereNotExists(query =>
            query
              .from('telemetry_window')
              .whereRaw(
                'telemetry_window.series_id = telemetry_series.series_id',
              ),
          )
          .delete();
      });
    }
  };

  return {
    id: 'telemetry-retention',
    everySeconds: 3600,
    async run() {
      const nowMs = clock.nowMs();
      const cutoffMs = nowMs - retentionMs;
      await dropWindows(cutoffMs);
      await dropSeries(cutoffMs);
      await db
        .knex('telemetry_intake')
        .where('telemetry_intake.start_ms', '<', cutoffMs)
        .delete();
      await db
        .knex('telemetry_batch')
        .where('telemetry_batch.received_at_ms', '<', nowMs - batchMemoryMs)
        .delete();
    },
  };
}

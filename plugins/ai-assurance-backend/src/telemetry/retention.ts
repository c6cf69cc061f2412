import { Clock, Db, readBigint, Task } from '../platform';
import {
  LEVEL_MS,
  LEVELS,
  levelOfSpan,
  Span,
  SPAN_CODES,
  SPANS,
} from './core/levels/level';
import { Retention } from './settings';
import { Level } from './types';

/** How long a body is remembered, so that a resent one changes nothing: longer than any exporter retries. */
const batchMemoryMs = 24 * 3_600_000;

/**
 * Forgets rows of each level that are older than its retention, and what they leave behind. An hour is forgotten only when the
 * day holds it, a minute only when the hour does: coarser rows are written in the same transaction as finer ones, and here it
 * is demanded once more. A window that was not moved into the levels yet is never forgotten.
 */
export function retentionTask(deps: {
  db: Db;
  clock: Clock;
  retention: Retention;
}): Task {
  const { db, clock, retention } = deps;

  const dropSpan = async (span: Span, nowMs: number) => {
    const level = levelOfSpan(span);
    const coarser: Level | undefined = LEVELS[LEVELS.indexOf(level) + 1];
    // Whole rows of the coarser level at a time, so that none of them outlives a part of what it was made of.
    const unitMs = LEVEL_MS[coarser ?? level];
    const cutoffMs = Math.floor((nowMs - retention[level]) / unitMs) * unitMs;
    const streams: { stream_id: unknown }[] = await db
      .knex('telemetry_stream')
      .select('telemetry_stream.stream_id');
    // One stream in each statement: the key finds its oldest rows, and no lock is held for long.
    for (const { stream_id } of streams) {
      const query = db
        .knex('telemetry_level')
        .where('stream_id', readBigint(stream_id))
        .andWhere('level', SPAN_CODES[span])
        .andWhere('start_ms', '<', cutoffMs);
      if (coarser)
        query.whereExists(held =>
          held
            .from('telemetry_level as held')
            .whereRaw('held.stream_id = telemetry_level.stream_id')
            .andWhere('held.level', SPAN_CODES[coarser])
            .whereRaw(
              'held.start_ms = telemetry_level.start_ms - telemetry_level.start_ms % ?',
              [unitMs],
            ),
        );
      await query.delete();
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
      for (const span of SPANS) await dropSpan(span, nowMs);
      // A row of a day may name a series until the day itself is forgotten.
      await dropSeries(nowMs - retention.day - LEVEL_MS.day);
      await db
        .knex('telemetry_intake')
        .where('telemetry_intake.start_ms', '<', nowMs - retention.minute)
        .delete();
      await db
        .knex('telemetry_batch')
        .where('telemetry_batch.received_at_ms', '<', nowMs - batchMemoryMs)
        .delete();
    },
  };
}

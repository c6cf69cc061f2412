import {
  mockServices,
  TestDatabaseId,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { fixedClock } from '@ai-assurance/test-kit';
import { Db, openDatabase } from '../../platform';
import { encodeValue, WindowValue } from '../core/windowValue';
import { levelsTask } from '../levels';
import { LevelStore } from '../LevelStore';
import { retentionTask } from '../retention';
import { TelemetryReads } from '../TelemetryReads';
import { METRICS } from '../types';

/** A whole day of UTC begins here. */
export const dayMs = 1_795_305_600_000;
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const subject = 'component:default/digit-api';

/** What a test puts into `telemetry_window`. */
export interface Put {
  startMs: number;
  metric?: string;
  version?: string;
  digest?: string;
  cohort?: string;
  outcome?: 'ok' | 'error';
  value: WindowValue;
}

/** An exponential histogram of latencies in seconds: `count` values within (2^index, 2^(index+1)]. */
export const latency = (count: number, index: number): WindowValue => ({
  kind: 'exponential',
  exponential: {
    scale: 0,
    zeroCount: 0,
    positiveOffset: index,
    positiveCounts: [count],
    negativeOffset: 0,
    negativeCounts: [],
    count,
    sum: count,
    min: undefined,
    max: undefined,
  },
});

/** Puts windows where the intake would put them, without going through it. */
export async function put(db: Db, windows: Put[]): Promise<void> {
  const { knex } = db;
  for (const window of windows) {
    const stream = {
      subject_ref: subject,
      metric: window.metric ?? METRICS.inferenceDuration,
    };
    await knex('telemetry_stream')
      .insert(stream)
      .onConflict(['subject_ref', 'metric'])
      .ignore();
    const { stream_id } = await knex('telemetry_stream').where(stream).first();
    const labels = {
      stream_id,
      kind: window.value.kind,
      version: window.version ?? '1',
      digest: window.digest ?? '',
      cohort_ref: window.cohort ?? '',
      environment: '',
      outcome: window.outcome ?? 'ok',
      output_class: '',
      shape: '',
    };
    await knex('telemetry_series')
      .insert({ ...labels, last_start_ms: window.startMs })
      .onConflict(Object.keys(labels))
      .ignore();
    const { series_id } = await knex('telemetry_series').where(labels).first();
    await knex('telemetry_series')
      .where({ series_id })
      .andWhere('last_start_ms', '<', window.startMs)
      .update({ last_start_ms: window.startMs });
    await knex('telemetry_window').insert({
      series_id,
      start_ms: window.startMs,
      value: encodeValue(window.value),
    });
  }
}

/** Levels on an empty database, with the tasks that fill and trim them. */
export async function setUpLevels(
  databases: TestDatabases,
  id: TestDatabaseId,
  options: { nowMs?: number; maxSegments?: number } = {},
) {
  const knex = await databases.init(id);
  const db = await openDatabase(
    mockServices.database({ knex, migrations: { skip: false } }),
  );
  const clock = fixedClock(options.nowMs ?? dayMs + 86_400_000);
  const store = new LevelStore({ maxSegments: options.maxSegments ?? 500 });
  const retention = {
    minute: 30 * 86_400_000,
    hour: 180 * 86_400_000,
    day: 1100 * 86_400_000,
  };
  return {
    db,
    clock,
    store,
    move: () => levelsTask({ db, clock, store }).run(),
    trim: () => retentionTask({ db, clock, retention }).run(),
    reads: new TelemetryReads({ db, clock, retention }),
    put: (windows: Put[]) => put(db, windows),
  };
}

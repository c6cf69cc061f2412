/**
 * Telemetry by level: bytes on disk for each series and day at the minute, hour and day level; windows merged into all three
 * levels per second; and how long charts of a month take that a service with 5 versions in 20 cohorts drew.
 */
// A room is measured by itself, and the plugin hands none out.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { mockServices } from '@backstage/backend-test-utils';
import { openDatabase } from '../../plugins/ai-assurance-backend/src/platform';
import { LevelStore } from '../../plugins/ai-assurance-backend/src/telemetry/LevelStore';
import { TelemetryReads } from '../../plugins/ai-assurance-backend/src/telemetry/TelemetryReads';
import { BenchDatabase, withDatabases } from '../support/databases';
import { Figure, report } from '../support/figures';
import { scale, scaled } from '../support/scale';
import {
  createSeries,
  latencyWindow,
  numbers,
  putMinute,
  seriesPerService,
} from '../support/telemetryMonth';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const endMs = 20_780 * dayMs;
const minuteCount = Math.max(2, scaled(120));
const dayCount = Math.max(2, scaled(30));
const subject = 'component:default/digit-api';
const say = (text: string) => process.stderr.write(`${text}\n`);
const figures: Figure[] = [];
const figure = (name: string, value: number, unit: string) => {
  say(`${name}: ${value.toFixed(2)} ${unit}`);
  figures.push({
    name,
    value,
    unit,
    ratio: null,
    against: null,
    goal: null,
    ok: Number.isFinite(value) && value > 0,
  });
};

/** Windows drawn once and used in turns, so that the database is measured and not the drawing. */
function drawn(deviceCount: number) {
  const next = numbers(7);
  return Array.from({ length: 400 }, (_, i) =>
    latencyWindow(i % 2 ? 3 : 120, next, deviceCount),
  );
}

async function measure(database: BenchDatabase, deviceCount: number) {
  const where = `${database.name}, ${
    deviceCount > 0 ? `${deviceCount} devices a cohort` : 'no devices'
  }`;
  const place = await database.place();
  const knex = place.open();
  try {
    const db = await openDatabase(
      mockServices.database({ knex, migrations: { skip: false } }),
    );
    const store = new LevelStore({ maxSegments: 500 });
    const windows = drawn(deviceCount);
    const { streamId, seriesIds } = await createSeries(db, subject, endMs);
    // Hours and days: one minute of each hour of a month.
    for (let day = 0; day < dayCount; day += 1) {
      for (let hour = 0; hour < 24; hour += 1)
        await putMinute(
          db,
          seriesIds,
          endMs - (dayCount - day) * dayMs + hour * hourMs,
          i => windows[(i + hour * 37 + day * 101) % windows.length],
        );
      await db.transaction(tx =>
        store.move(tx, streamId, { beforeMs: endMs, maxMinutes: 24 }),
      );
    }
    // Minutes: the last two hours whole.
    let mergedCount = 0;
    let mergeMs = 0;
    for (let minute = 0; minute < minuteCount; minute += 1) {
      const startMs = endMs - minuteCount * minuteMs + minute * minuteMs;
      if (startMs % hourMs === 0) continue;
      await putMinute(
        db,
        seriesIds,
        startMs,
        i => windows[(i + minute * 13) % windows.length],
      );
      mergedCount += seriesIds.length;
      const before = performance.now();
      await db.transaction(tx =>
        store.move(tx, streamId, { beforeMs: endMs, maxMinutes: 1 }),
      );
      mergeMs += performance.now() - before;
    }
    figure(
      `${where}: windows moved into three levels`,
      (mergedCount / mergeMs) * 1000,
      'windows/s',
    );

    const columns = [
      'members',
      'headline',
      'total',
      'versions',
      'cohorts',
      'segments',
    ];
    const size = database.dialect === 'postgres' ? 'pg_column_size' : 'length';
    for (const [level, name, perDay] of [
      [0, 'minute', 1440],
      [1, 'hour', 24],
      [2, 'day', 1],
      // Of charts alone, between the levels.
      [3, 'five minutes', 288],
      [4, 'quarter of an hour', 96],
      [5, 'six hours', 4],
    ] as const) {
      const row = (await knex('telemetry_level')
        .where({ level })
        // An hour of the two whole ones speaks for hours, a whole day of sparse hours for none: the fullest count.
        .orderBy('start_ms', 'desc')
        .limit(level === 0 ? 60 : 1)
        .select(
          knex.raw(
            `${columns
              .map(column => `${size}(${column})`)
              .join(' + ')} + 40 AS bytes`,
          ),
        )) as { bytes: unknown }[];
      const bytes =
        row.reduce((sum, one) => sum + Number(one.bytes), 0) / row.length;
      figure(
        `${where}: ${name}`,
        (bytes * perDay) / seriesPerService,
        'bytes/series/day',
      );
    }

    const reads = new TelemetryReads({ db });
    const month = { fromMs: endMs - dayCount * dayMs, toMs: endMs };
    const lastDay = { fromMs: endMs - dayMs, toMs: endMs };
    const lastHours = { fromMs: endMs - 2 * hourMs, toMs: endMs };
    const questions: [string, () => Promise<unknown>][] = [
      ['2 hours by the minute', () => reads.series(subject, lastHours)],
      ['a day', () => reads.series(subject, lastDay)],
      ['a month, 120 steps', () => reads.series(subject, month)],
      [
        'a month by the hour',
        () => reads.series(subject, { ...month, stepMs: hourMs }),
      ],
      [
        'a month by version',
        () => reads.series(subject, month, { by: 'version' }),
      ],
      [
        'a month by cohort and day',
        () =>
          reads.series(subject, { ...month, stepMs: dayMs }, { by: 'cohort' }),
      ],
      ['version bands of a month', () => reads.versionBands(subject, month)],
      [
        'versions x cohorts of 2 hours',
        () => reads.segmentLatency(subject, lastHours.fromMs, lastHours.toMs),
      ],
      [
        'versions x cohorts of a month',
        () => reads.segmentLatency(subject, month.fromMs, month.toMs),
      ],
    ];
    for (const [name, ask] of questions) {
      for (let i = 0; i < 10; i += 1) await ask();
      const times: number[] = [];
      for (let i = 0; i < 60; i += 1) {
        const before = performance.now();
        await ask();
        times.push(performance.now() - before);
      }
      times.sort((a, b) => a - b);
      figure(`${where}: ${name}, p50`, times[30], 'ms');
      figure(`${where}: ${name}, p95`, times[57], 'ms');
    }
  } finally {
    await knex.destroy();
    await place.remove();
  }
}

async function main() {
  if (scale !== 1) say('Scaled: the figures mean nothing.');
  await withDatabases(async database => {
    await measure(database, 0);
    await measure(database, 200);
  });
  report(figures);
}

main().then(
  () => process.disconnect?.(),
  error => {
    say(String(error.stack ?? error));
    process.exit(1);
  },
);

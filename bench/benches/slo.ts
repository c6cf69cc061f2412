/**
 * One evaluation of 10,000 objectives with four pairs of burn-rate windows each: reads the new telemetry, counts it, judges,
 * and stores statuses, alerts and evidence, on both databases; over a day of history, then over a month of it. Beside it
 * what reading the same sums takes, and the bare arithmetic in memory.
 */
import { Knex } from 'knex';
import { BenchDatabase, withDatabases } from '../support/databases';
import { boundFigure, Figure, medianOf, report } from '../support/figures';
import { scaled } from '../support/scale';
import { openSloRoom, SloRoom } from '../support/sloRoom';

const subjectCount = scaled(1_000);
/** Thresholds on one metric, each over 28 and over 30 days. */
const thresholds = [50, 100, 150, 250, 500];
const objectivesPerSubject = 2 * thresholds.length;
/** Of each history. Evidence is renewed from its fifth minute on, an eighth of it in each cycle. */
const cycleCount = 7;
/** Cycles after which all sums are read from the tables by themselves, which an evaluation does only once. */
const readCycles = [2, 4, 6];
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const dayHours = 24;
const monthHours = 30 * dayHours;
/** Of each line in each hour: a hundred requests a minute, one of them slow. */
const goodPerHour = 60 * 99;
const totalPerHour = 60 * 100;
/** A whole hour. */
const startMs = Date.UTC(2026, 10, 22, 12);
const figures: Figure[] = [];
const say = (text: string) => process.stderr.write(`${text}\n`);

/**
 * Puts the hours of `[fromHour, toHour)` before the start under all lines, as evaluations would have left them: hour by hour,
 * since all lines are counted together. What is younger goes on from their sums.
 */
async function putHours(
  knex: Knex,
  fromHour: number,
  toHour: number,
): Promise<void> {
  const cells = `${Array(60).fill(99).join(',')};${Array(60)
    .fill(100)
    .join(',')}`;
  const isSqlite = String(knex.client.config.client).includes('sqlite');
  const count = fromHour - toHour;
  await knex('slo_hour').update({
    before_good: knex.raw('before_good + ?', [count * goodPerHour]),
    before_total: knex.raw('before_total + ?', [count * totalPerHour]),
  });
  // Nobody may go by what it read before.
  await knex('slo_progress').update({ mark: `put from ${fromHour}` });
  const startOf = `${startMs} - (${fromHour} - hour.i) * CAST(${hourMs} AS bigint)`;
  const insert = (numbers: string, order: string) =>
    knex.raw(
      `INSERT INTO slo_hour (series_id, start_ms, before_good, before_total, cells)
       SELECT slo_series.series_id, ${startOf}, hour.i * ${goodPerHour}.0, hour.i * ${totalPerHour}.0, '${cells}'
       FROM ${numbers} CROSS JOIN slo_series ORDER BY ${order}`,
    );
  if (isSqlite) {
    // One index, and rows in its order: any other order would take minutes.
    await insert(
      `(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${
        count - 1
      }) SELECT i FROM n) AS hour`,
      'slo_series.series_id, hour.i',
    );
    return;
  }
  await knex.raw(
    'ALTER TABLE slo_hour DROP CONSTRAINT slo_hour_series_id_foreign, DROP CONSTRAINT slo_hour_pkey',
  );
  await insert(
    `(SELECT generate_series(0, ${count - 1}) AS i) AS hour`,
    'hour.i, slo_series.series_id',
  );
  await knex.raw(
    `ALTER TABLE slo_hour ADD CONSTRAINT slo_hour_pkey PRIMARY KEY (series_id, start_ms),
     ADD CONSTRAINT slo_hour_series_id_foreign FOREIGN KEY (series_id) REFERENCES slo_series (series_id)`,
  );
  await knex.raw('VACUUM (ANALYZE) slo_hour');
  await knex.raw('CHECKPOINT');
}

const heapMebibytes = () => {
  (global as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

/** Burn rates of all objectives from sums that are kept in memory: nothing is read, nothing is stored. */
function arithmeticSeconds(): number {
  const sums = Float64Array.from({ length: 18 }, (_, i) => i * 99);
  const startedAt = performance.now();
  let firing = 0;
  for (let i = 0; i < subjectCount * objectivesPerSubject; i += 1) {
    for (let pair = 0; pair < 4; pair += 1) {
      const long = (sums[17] - sums[pair * 4 + (i % 2)]) / (sums[16] + 1);
      const short = (sums[17] - sums[pair * 4 + 1]) / (sums[16] + 2);
      if (long / 0.001 > 14.4 && short / 0.001 > 14.4) firing += 1;
    }
  }
  if (firing < 0) throw new Error('No burn rate can be below zero');
  return (performance.now() - startedAt) / 1000;
}

interface Cycles {
  seconds: number[];
  grownMebibytes: number;
  reads: number[];
}

/** Cycles one minute after the other, the first of them `firstCycle` minutes after the start. */
async function cyclesOf(room: SloRoom, firstCycle: number): Promise<Cycles> {
  const seconds: number[] = [];
  const reads: number[] = [];
  let before = 0;
  for (let cycle = 0; cycle < cycleCount; cycle += 1) {
    const nowMs = startMs + (firstCycle + cycle) * minuteMs;
    await room.push(nowMs - minuteMs);
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    await room.evaluate(nowMs);
    seconds.push((performance.now() - startedAt) / 1000);
    const cpu = process.cpuUsage(cpuBefore);
    if (cycle === 1) before = heapMebibytes();
    if (readCycles.includes(cycle)) {
      const readAt = performance.now();
      await room.readSums(nowMs);
      reads.push((performance.now() - readAt) / 1000);
    }
    say(
      `  cycle ${firstCycle + cycle}: ${seconds[seconds.length - 1].toFixed(
        2,
      )} s, of which ${((cpu.user + cpu.system) / 1e6).toFixed(
        2,
      )} s on a core of this process`,
    );
  }
  return { seconds, reads, grownMebibytes: heapMebibytes() - before };
}

async function measure(database: BenchDatabase): Promise<void> {
  const medians: Record<string, number> = {};
  const place = await database.place();
  const knex = place.open();
  const stopwatch = () => {
    const startedAt = performance.now();
    return () => ((performance.now() - startedAt) / 1000).toFixed(0);
  };
  try {
    const room = await openSloRoom(knex, { subjectCount, thresholds, startMs });
    const opened = stopwatch();
    await room.push(startMs - minuteMs);
    // Makes the lines that the history is put on.
    await room.evaluate(startMs);
    await knex('slo_hour').delete();
    await knex('slo_progress').update({
      from_ms: startMs - 40 * dayMs,
      whole_from_ms: startMs - 40 * dayMs,
      to_ms: startMs,
      day_read_at_ms: startMs,
    });
    say(`${database.name}: all objectives evaluated first in ${opened()} s`);
    let cycle = 1;
    for (const [name, fromHour, toHour] of [
      ['a day', dayHours, 0],
      ['a month', monthHours, dayHours],
    ] as const) {
      const filled = stopwatch();
      await putHours(knex, fromHour, toHour);
      say(`${database.name}: ${name} of history, put there in ${filled()} s`);
      const { seconds, reads, grownMebibytes } = await cyclesOf(room, cycle);
      cycle += cycleCount;
      const { judgedCount, passedCount, evidenceCount, totalCount } =
        await room.check();
      const worked =
        judgedCount === subjectCount * objectivesPerSubject &&
        passedCount === judgedCount &&
        evidenceCount >= judgedCount &&
        // The hour before the start is read again for late points, and telemetry never had it.
        totalCount >= (toHour > 0 ? 27 * 24 : dayHours - 1) * totalPerHour;
      medians[name] = medianOf(seconds);
      figures.push(
        boundFigure({
          name: `${database.name}: one cycle of ${judgedCount} objectives × 4 pairs, ${name} of history`,
          unit: 's',
          value: medians[name],
          atMost: 3,
          worked,
        }),
        boundFigure({
          name: `${database.name}: the slowest of ${cycleCount} cycles, ${name}`,
          unit: 's',
          value: Math.max(...seconds),
          atMost: 3,
          worked,
        }),
        boundFigure({
          name: `${database.name}: memory after ${cycleCount} cycles above that after 2, ${name}`,
          unit: 'MiB',
          value: grownMebibytes,
          atMost: 64,
          worked,
        }),
        {
          name: `${database.name}: reading the sums at both ends of all windows alone, ${name}`,
          value: medianOf(reads),
          unit: 's',
          ratio: medianOf(reads) / medians[name],
          against: 'the cycle',
          goal: null,
          ok: true,
        },
      );
    }
  } finally {
    await knex.destroy();
    await place.remove();
  }
  const ratio = medians['a month'] / medians['a day'];
  figures.push({
    name: `${database.name}: a month of history`,
    value: medians['a month'],
    unit: 's',
    ratio,
    against: 'a day of history',
    goal: 'at most 1.3 of it',
    ok: ratio <= 1.3,
  });
}

async function main(): Promise<void> {
  await withDatabases(measure);
  const runs = Array.from({ length: 5 }, arithmeticSeconds);
  figures.push({
    name: 'the bare arithmetic with all sums in memory',
    value: medianOf(runs),
    unit: 's',
    ratio: null,
    against: null,
    goal: null,
    ok: true,
  });
  report(figures);
}

main().then(
  () => process.disconnect?.(),
  error => {
    say(String(error?.stack ?? error));
    process.exit(1);
  },
);

/**
 * One evaluation of 10,000 objectives with four pairs of burn-rate windows each: reads the new telemetry, counts it, judges,
 * and stores statuses, alerts and evidence, on both databases; over a month of history and over a day of it. Beside it what
 * reading the same sums takes, and the bare arithmetic in memory.
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
const cycleCount = 12;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** A whole hour. */
const startMs = Date.UTC(2026, 10, 22, 12);
const figures: Figure[] = [];
const say = (text: string) => process.stderr.write(`${text}\n`);

/** Sums of every hour, as an evaluation would have left them: a hundred requests a minute, one of them slow. */
async function fillHistory(knex: Knex, hours: number): Promise<void> {
  const cells = `${Array(60).fill(99).join(',')};${Array(60)
    .fill(100)
    .join(',')}`;
  const isSqlite = String(knex.client.config.client).includes('sqlite');
  const numbers = isSqlite
    ? `(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${
        hours - 1
      }) SELECT i FROM n) AS hour`
    : `(SELECT generate_series(0, ${hours - 1}) AS i) AS hour`;
  await knex.raw(
    `INSERT INTO slo_hour (series_id, start_ms, before_good, before_total, cells)
     SELECT slo_series.series_id, ${startMs} - (${hours} - hour.i) * CAST(${hourMs} AS bigint), hour.i * 5940.0, hour.i * 6000.0, '${cells}'
     FROM slo_series CROSS JOIN ${numbers}`,
  );
  await knex('slo_progress').update({
    from_ms: startMs - 40 * dayMs,
    whole_from_ms: startMs - 40 * dayMs,
    to_ms: startMs,
    day_read_at_ms: startMs,
  });
  if (!isSqlite) await knex.raw('ANALYZE');
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

async function cyclesOf(
  room: SloRoom,
): Promise<{ seconds: number[]; grownMebibytes: number; reads: number[] }> {
  const seconds: number[] = [];
  const reads: number[] = [];
  let before = 0;
  for (let cycle = 1; cycle <= cycleCount; cycle += 1) {
    const nowMs = startMs + cycle * minuteMs;
    await room.push(nowMs - minuteMs);
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    await room.evaluate(nowMs);
    seconds.push((performance.now() - startedAt) / 1000);
    const cpu = process.cpuUsage(cpuBefore);
    if (cycle === 3) before = heapMebibytes();
    const readAt = performance.now();
    await room.readSums(nowMs);
    reads.push((performance.now() - readAt) / 1000);
    say(
      `  cycle ${cycle}: ${seconds[seconds.length - 1].toFixed(
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
  for (const [name, hours] of [
    ['a day', 24],
    ['a month', 30 * 24],
  ] as const) {
    const place = await database.place();
    const knex = place.open();
    try {
      const room = await openSloRoom(knex, {
        subjectCount,
        thresholds,
        startMs,
      });
      await room.push(startMs - minuteMs);
      // Makes the lines that the history is put on.
      await room.evaluate(startMs);
      await knex('slo_hour').delete();
      say(`${database.name}: ${name} of history`);
      await fillHistory(knex, hours);
      const { seconds, reads, grownMebibytes } = await cyclesOf(room);
      const { judgedCount, passedCount, evidenceCount } = await room.check();
      const worked =
        judgedCount === subjectCount * objectivesPerSubject &&
        passedCount === judgedCount &&
        evidenceCount >= judgedCount;
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
          name: `${database.name}: the slowest of ${cycleCount} cycles (renews all evidence), ${name}`,
          unit: 's',
          value: Math.max(...seconds),
          atMost: 3,
          worked,
        }),
        boundFigure({
          name: `${database.name}: memory after ${cycleCount} cycles above that after 3, ${name}`,
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
    } finally {
      await knex.destroy();
      await place.remove();
    }
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

main().catch(error => {
  say(String(error?.stack ?? error));
  process.exitCode = 1;
});

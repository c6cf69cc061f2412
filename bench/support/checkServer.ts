import knexFactory from 'knex';
import { openLedger } from './ledger';

// Checks a ledger in a process of its own, so that its memory is nobody else's. Sends what it found, how long it took and
// by how much its memory grew.

async function main() {
  const { BENCH_PG, BENCH_SQLITE, BENCH_KEY } = process.env;
  const knex = BENCH_PG
    ? knexFactory({ client: 'pg', connection: BENCH_PG })
    : knexFactory({
        client: 'better-sqlite3',
        connection: { filename: BENCH_SQLITE! },
        useNullAsDefault: true,
        pool: { min: 1, max: 1 },
      });
  const { room } = await openLedger(knex, BENCH_KEY);
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const startedAt = performance.now();
  const report = await room.fsck();
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(watch);
  peak = Math.max(peak, process.memoryUsage.rss());
  await knex.destroy();
  process.send!({ report, seconds, grownBytes: peak - before });
}

main().then(
  () => process.disconnect?.(),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);

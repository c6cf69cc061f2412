/**
 * Pages of 50 items of the evidence explorer, by every filter, over 20,000 and 1,000,000 items, and the proof of one item;
 * beside the catalog's by-name and by-query?limit=20 with 10,000 entities in the same backend, request by request in turns;
 * the few items lie in a backend of their own, which takes its turns with the other.
 * PostgreSQL is vacuumed and its pages are written out after each fill, before anything is measured: a year's items come
 * in over a year, and autovacuum and checkpoints would have done so long before.
 */
import knexFactory, { Knex } from 'knex';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { serve } from '../support/children';
import { BenchDatabase, Place, withDatabases } from '../support/databases';
import {
  digestOf,
  explorerDraft,
  oldestMs,
  sourceOf,
  subjectOf,
} from '../support/explorerItems';
import { boundFigure, Figure, report } from '../support/figures';
import { openLedger } from '../support/ledger';
import { scaled } from '../support/scale';

const requestCount = Number(process.env.BENCH_REQUESTS ?? 220);
const warmUpCount = 30;
const entityCount = scaled(10_000);
const smallCount = scaled(20_000);
const largeCount = scaled(1_000_000);
const itemsPerAppend = 1_000;
const token = randomBytes(24).toString('base64url');
const authorization = `Bearer ${token}`;
const dayMs = 86_400_000;
const figures: Figure[] = [];
const say = (text: string) => process.stderr.write(`${text}\n`);

type PathOf = (turn: number, count: number) => string;

/** A number within the ledger, another one in each turn. */
const somewhere = (turn: number, count: number) => (turn * 7_919 + 13) % count;

const list = (query: Record<string, string | number>) =>
  `/ai-assurance/evidence?${new URLSearchParams({
    limit: '50',
    ...(query as Record<string, string>),
  })}`;
const dayIn = (turn: number) => oldestMs + ((turn * 37) % 364) * dayMs;

/** Every filter by itself, and those combinations that no single index serves. */
const filters: Record<string, PathOf> = {
  'no filter': () => list({}),
  'an older page': (turn, count) => list({ cursor: somewhere(turn, count) }),
  subject: turn => list({ subject: subjectOf(turn) }),
  kind: () => list({ type: 'io.ai-assurance.artifact.v1' }),
  'subject and kind': turn =>
    list({ subject: subjectOf(turn), type: 'io.ai-assurance.slo-status.v1' }),
  source: turn => list({ source: sourceOf(turn) }),
  'kind and source that never meet, then some': turn =>
    list({
      type: 'io.ai-assurance.slo-status.v1',
      source: sourceOf(turn),
      subject: subjectOf(turn + 1),
    }),
  'a rare verdict': () => list({ status: 'fail' }),
  'a rare verdict of a subject': turn =>
    list({ status: 'fail', subject: subjectOf(turn) }),
  'a day of observation': turn =>
    list({ fromMs: dayIn(turn), toMs: dayIn(turn) + dayMs }),
  'a day of observation and a kind': turn =>
    list({
      fromMs: dayIn(turn),
      toMs: dayIn(turn) + dayMs,
      type: 'io.ai-assurance.artifact.v1',
    }),
  'a quarter of observation and a subject': turn =>
    list({
      fromMs: oldestMs,
      toMs: oldestMs + 91 * dayMs,
      subject: subjectOf(turn),
    }),
  'a time of recording': () =>
    list({ recordedToMs: 4_102_444_800_000, recordedFromMs: 0 }),
  'a word of one item': (turn, count) =>
    list({ text: `run-${somewhere(turn, count)}` }),
  'a whole digest': (turn, count) =>
    list({ text: digestOf(somewhere(turn, count)) }),
  'the beginning of a digest': (turn, count) =>
    list({ text: digestOf(somewhere(turn, count)).slice(0, 8) }),
  'a word of all items': () => list({ text: 'pipeline' }),
  'a word of no item': turn => list({ text: `nowhere-${turn}` }),
  'words and a subject': turn =>
    list({ text: 'onnx int8', subject: subjectOf(turn * 10) }),
  'a common word and a rare verdict': () =>
    list({ text: 'latency-19', status: 'fail' }),
};

const byName: PathOf = turn =>
  `/catalog/entities/by-name/component/default/model-${String(
    (turn * 7_919) % entityCount,
  ).padStart(5, '0')}`;
const byQuery: PathOf = () => '/catalog/entities/by-query?limit=20';
const proof: PathOf = (turn, count) =>
  `/ai-assurance/evidence/${somewhere(turn, count)}`;

/** One connection to each backend, kept open. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function timed(url: string): Promise<number> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization } }, response => {
      const parts: Buffer[] = [];
      response.on('data', part => parts.push(part));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - startedAt);
        else
          reject(
            new Error(
              `${url} answered ${response.statusCode}: ${Buffer.concat(
                parts,
              ).toString()}`,
            ),
          );
      });
    }).on('error', reject);
  });
}

interface Times {
  p50: number;
  p95: number;
}

/** A backend with a ledger of so many items, and what it is asked. */
interface Side {
  url: string;
  count: number;
  paths: Record<string, PathOf>;
}

/** Answer times in milliseconds. All paths of all sides take their turns, so that a change of the machine's mood meets all. */
async function measure(sides: Side[]): Promise<Record<string, Times>[]> {
  const runs = sides.map(({ paths }) =>
    Object.fromEntries(Object.keys(paths).map(name => [name, [] as number[]])),
  );
  const names = [...new Set(sides.flatMap(({ paths }) => Object.keys(paths)))];
  for (let turn = -warmUpCount; turn < requestCount; turn += 1)
    for (const name of names)
      for (const [i, { url, count, paths }] of sides.entries()) {
        if (!paths[name]) continue;
        const ms = await timed(
          `${url}${paths[name](turn + warmUpCount, count)}`,
        );
        if (turn >= 0) runs[i][name].push(ms);
      }
  const at = (sorted: number[], share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return runs.map(side =>
    Object.fromEntries(
      Object.entries(side).map(([name, times]) => {
        const sorted = times.sort((a, b) => a - b);
        return [name, { p50: at(sorted, 0.5), p95: at(sorted, 0.95) }];
      }),
    ),
  );
}

/** The plugin's own database, opened beside the running backend. */
function openPluginDatabase(place: Place): Knex {
  return place.env.BENCH_PG
    ? knexFactory({
        client: 'pg',
        connection: place.env.BENCH_PG,
        searchPath: ['ai-assurance'],
        pool: { min: 0, max: 4 },
      })
    : knexFactory({
        client: 'better-sqlite3',
        connection: {
          filename: `${place.env.BENCH_DIRECTORY}/ai-assurance.sqlite`,
        },
        useNullAsDefault: true,
        pool: { min: 1, max: 1 },
      });
}

const draftsOf = (from: number, to: number, count: number) =>
  Array.from({ length: to - from }, (_, i) => explorerDraft(from + i, count));

/** Fills the ledger up to `count` items by its own append, and waits until the search index has them all. */
async function fill(place: Place, count: number): Promise<void> {
  const knex = openPluginDatabase(place);
  try {
    const { db, room } = await openLedger(
      knex,
      readFileSync(`${place.env.BENCH_DIRECTORY}/key.pem`, 'utf8'),
    );
    const startedAt = performance.now();
    let size = (await room.answers.head())?.size ?? 0;
    while (size < count) {
      const to = Math.min(size + itemsPerAppend, count);
      const drafts = draftsOf(size, to, count);
      await db.transaction(tx => room.ledger.append(tx, drafts));
      size = to;
    }
    const filledAt = performance.now();
    for (;;) {
      const state = await knex('ledger_search_state').first();
      if (Number(state.indexed_to) >= count) break;
      await room.search.index();
    }
    if (place.env.BENCH_PG) {
      await knex.raw('VACUUM (ANALYZE)');
      await knex.raw('CHECKPOINT');
    }
    say(
      `${size} items: filled in ${Math.round(
        (filledAt - startedAt) / 1000,
      )} s, the rest of the index took ${Math.round(
        (performance.now() - filledAt) / 1000,
      )} s`,
    );
  } finally {
    await knex.destroy();
  }
}

interface Ledger {
  place: Place;
  count: number;
  /** In the catalog beside it. */
  entities: number;
}

async function catalogFilled(url: string, entities: number): Promise<void> {
  for (;;) {
    const response = await fetch(
      `${url}/catalog/entities/by-query?limit=1&filter=kind=component`,
      { headers: { authorization } },
    );
    const { totalItems } = (await response.json()) as { totalItems: number };
    if (totalItems >= entities) return;
    await new Promise(resolve => {
      setTimeout(resolve, 2_000);
    });
  }
}

function compared(
  name: string,
  value: number,
  peer: { name: string; value: number },
  atMost = 1,
): Figure {
  const ratio = value / peer.value;
  return {
    name,
    value,
    unit: 'ms',
    ratio,
    against: peer.name,
    goal: `at most ${atMost} of it`,
    ok: ratio <= atMost,
  };
}

async function indexBytes(place: Place): Promise<number> {
  const knex = openPluginDatabase(place);
  try {
    if (place.env.BENCH_PG) {
      const { rows } = await knex.raw(
        `SELECT sum(pg_total_relation_size(c.oid)) AS bytes FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'ai-assurance' AND c.relkind = 'r' AND c.relname LIKE 'ledger_search%'`,
      );
      return Number(rows[0].bytes);
    }
    const [row] = await knex.raw(
      "SELECT sum(pgsize) AS bytes FROM dbstat WHERE name LIKE 'ledger_search%'",
    );
    return Number(row.bytes);
  } catch {
    const [row] = await knex('ledger_search_page').sum({
      bytes: knex.raw('length(bytes)'),
    });
    return Number(row.bytes);
  } finally {
    await knex.destroy();
  }
}

async function withServer<T>(
  { place, entities }: Ledger,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const server = await serve('explorerServer.ts', {
    ...place.env,
    BENCH_ENTITIES: String(entities),
    BENCH_TOKEN: token,
  });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

async function explore(database: BenchDatabase): Promise<void> {
  const few: Ledger = {
    place: await database.place(),
    count: smallCount,
    // What this catalog answers is not compared.
    entities: 1,
  };
  const many: Ledger = {
    place: await database.place(),
    count: largeCount,
    entities: entityCount,
  };
  try {
    for (const ledger of [few, many]) {
      // The backend is stopped while its ledger is filled: SQLite has one writing process.
      await withServer(ledger, url => catalogFilled(url, ledger.entities));
      say(`${database.name}: a catalog holds ${ledger.entities} entities`);
      await fill(ledger.place, ledger.count);
    }
    const paths = { ...filters, byName, byQuery, proof };
    // The few are asked all of it too: every request to the many, also to their catalog, comes after one to the other process.
    const [small, large] = await withServer(few, fewUrl =>
      withServer(many, manyUrl =>
        measure([
          {
            url: fewUrl,
            count: smallCount,
            paths: { ...paths, byName: () => byName(0, 0) },
          },
          { url: manyUrl, count: largeCount, paths },
        ]),
      ),
    );
    const kept = await indexBytes(many.place);

    const peers = {
      byName: { name: 'catalog by-name, p50', value: large.byName.p50 },
      byQuery: {
        name: 'catalog by-query?limit=20, p95',
        value: large.byQuery.p95,
      },
    };
    for (const name of Object.keys(filters)) {
      const what = `${database.name}: ${name}`;
      figures.push(
        compared(`${what}, p50`, large[name].p50, peers.byName),
        compared(`${what}, p95`, large[name].p95, peers.byQuery),
        compared(
          `${what}, p50 beside ${smallCount} items`,
          large[name].p50,
          { name: `${smallCount} items`, value: small[name].p50 },
          1.2,
        ),
      );
    }
    figures.push(
      boundFigure({
        name: `${database.name}: one item with its proof, p95`,
        unit: 'ms',
        value: large.proof.p95,
        atMost: 20,
        worked: true,
      }),
      boundFigure({
        name: `${database.name}: search index on disk`,
        unit: 'bytes/item',
        value: kept / largeCount,
        atMost: 150,
        worked: true,
      }),
    );
    say(
      `${database.name}: by-name p50 ${large.byName.p50.toFixed(
        2,
      )} ms, by-query p95 ${large.byQuery.p95.toFixed(2)} ms`,
    );
  } finally {
    await few.place.remove();
    await many.place.remove();
  }
}

withDatabases(explore)
  .then(() => report(figures))
  .then(
    () => process.disconnect?.(),
    error => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );

/**
 * The page of an AI service: its main answer with 30 days of windows of 100 services in 5 versions and 20 cohorts, beside the
 * catalog's by-name and by-query?limit=20 in the same backend, request by request in turns, once it is done with what it does
 * after a start; and in Chromium the time to the status sentence beside the time to the catalog's rows, and the bytes that the
 * pages add.
 */
import { mockServices } from '@backstage/backend-test-utils';
import knexFactory, { Knex } from 'knex';
import { randomBytes } from 'node:crypto';
import { Agent, createServer, get } from 'node:http';
import { AddressInfo } from 'node:net';
// The telemetry of a month is put where the plugin keeps it, and the plugin hands no such door out.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { openDatabase } from '../../plugins/ai-assurance-backend/src/platform';
import { LevelStore } from '../../plugins/ai-assurance-backend/src/telemetry/LevelStore';
import { serve } from '../support/children';
import { cpuSecondsOf } from '../support/cpuSeconds';
import { BenchDatabase, Place, withDatabases } from '../support/databases';
import { boundFigure, Figure, medianOf, report } from '../support/figures';
import { measurePages } from '../support/pageBrowser';
import { objectivesOf, serviceRef } from '../support/pageServices';
import { scaled } from '../support/scale';
import {
  createSeries,
  latencyWindow,
  numbers,
  putLevels,
  putMinute,
  readStream,
} from '../support/telemetryMonth';

const requestCount = Number(process.env.BENCH_REQUESTS ?? 220);
const warmUpCount = 30;
/** Fewer than in a large catalog: that only makes the catalog quicker. More would take it minutes to read. */
const entityCount = scaled(2_000);
const serviceCount = scaled(100);
const dayCount = scaled(30);
/** Minutes with windows: some of each day, and the last hour whole. */
const minutesOfDay = 4;
const lastMinutes = Math.max(5, scaled(60));
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** What a stock app of Backstage 1.55 names in its index.html, without the suite; measured once, in gzip bytes. */
const stockInitialBytes = 849_000;
const token = randomBytes(24).toString('base64url');
const authorization = `Bearer ${token}`;
const figures: Figure[] = [];
const say = (text: string) => process.stderr.write(`${text}\n`);

type PathOf = (turn: number) => string;
const pathOf = (turn: number, page: string) =>
  `/ai-assurance/subjects/component/default/${serviceRef(
    (turn * 37) % serviceCount,
  ).replace(/^.*\//, '')}/${page}`;

const answers: Record<string, PathOf> = {
  main: turn => pathOf(turn, 'service'),
  'signals of an hour': turn => pathOf(turn, 'service/signals'),
  'signals of 30 days': turn =>
    pathOf(turn, 'service/signals?rangeMinutes=43200'),
};
const peers: Record<string, PathOf> = {
  byName: turn =>
    `/catalog/entities/by-name/component/default/model-${String(
      (turn * 7_919) % entityCount,
    ).padStart(5, '0')}`,
  byQuery: () => '/catalog/entities/by-query?limit=20',
};

/** One connection, kept open. */
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

/** Answer times in milliseconds. All paths take their turns, so that a change of the machine's mood meets all. */
async function measure(url: string): Promise<Record<string, Times>> {
  const paths = { ...answers, ...peers };
  const names = Object.keys(paths);
  const runs: Record<string, number[]> = Object.fromEntries(
    names.map(name => [name, []]),
  );
  for (let turn = -warmUpCount; turn < requestCount; turn += 1) {
    for (const name of names) {
      const ms = await timed(`${url}${paths[name](turn + warmUpCount)}`);
      if (turn >= 0) runs[name].push(ms);
    }
  }
  const at = (sorted: number[], share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return Object.fromEntries(
    names.map(name => {
      const sorted = runs[name].sort((a, b) => a - b);
      return [name, { p50: at(sorted, 0.5), p95: at(sorted, 0.95) }];
    }),
  );
}

/** The plugin's own database, opened beside the backend. */
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

/** A month of telemetry of every service, moved into the levels as the running plugin would. */
async function fill(place: Place): Promise<void> {
  const knex = openPluginDatabase(place);
  try {
    const db = await openDatabase(
      mockServices.database({ knex, migrations: { skip: true } }),
    );
    const levels = new LevelStore({ maxSegments: 500 });
    const next = numbers(11);
    const drawn = Array.from({ length: 200 }, (_, i) =>
      latencyWindow(i % 2 ? 2 : 40, next, 0),
    );
    const nowMs = Math.floor(Date.now() / minuteMs) * minuteMs;
    const minutes = [
      ...Array.from(
        { length: dayCount * minutesOfDay },
        (_, i) =>
          nowMs - dayMs * dayCount + Math.floor((i * dayMs) / minutesOfDay),
      ).map(atMs => Math.floor(atMs / minuteMs) * minuteMs),
      ...Array.from(
        { length: lastMinutes },
        (_, i) => nowMs - (lastMinutes - i) * minuteMs,
      ),
    ];
    const startedAt = performance.now();
    // The first service gets its month as the plugin would put it there, the others the same rows under their own series.
    const first = await createSeries(db, serviceRef(0), nowMs);
    for (const [index, startMs] of minutes.entries())
      await putMinute(
        db,
        first.seriesIds,
        startMs,
        series => drawn[(series + index) % drawn.length],
      );
    while (
      (await db.transaction(tx =>
        levels.move(tx, first.streamId, { beforeMs: nowMs, maxMinutes: 60 }),
      )) > 0
    );
    const rowsFor = await readStream(db, first);
    for (let number = 1; number < serviceCount; number += 1) {
      const own = await createSeries(db, serviceRef(number), nowMs);
      await db.transaction(tx => putLevels(tx, db.dialect, rowsFor(own)));
    }
    if (place.env.BENCH_PG) await knex.raw('ANALYZE');
    say(
      `${serviceCount} services with ${
        minutes.length
      } minutes each: filled in ${Math.round(
        (performance.now() - startedAt) / 1000,
      )} s`,
    );
  } finally {
    await knex.destroy();
  }
}

async function ask(url: string): Promise<any> {
  const response = await fetch(url, { headers: { authorization } });
  return response.json();
}

async function until(isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere()))
    await new Promise(resolve => {
      setTimeout(resolve, 1_000);
    });
}

/**
 * Until a process is quiet for three seconds in a row. A backend that starts reads and judges everything once; whoever opens
 * pages meets one that has been up for hours.
 */
async function untilQuiet(pid: number): Promise<void> {
  let before = cpuSecondsOf(pid);
  // Where the system does not say, there is no waiting for it.
  if (before === undefined) return;
  let quietSeconds = 0;
  await until(async () => {
    const used = cpuSecondsOf(pid)!;
    quietSeconds = used - before! < 0.3 ? quietSeconds + 1 : 0;
    before = used;
    return quietSeconds > 3;
  });
}

async function withServer<T>(
  place: Place,
  objectivesUrl: string,
  work: (url: string, pid: number) => Promise<T>,
): Promise<T> {
  const server = await serve('pageServer.ts', {
    ...place.env,
    BENCH_ENTITIES: String(entityCount),
    BENCH_SERVICES: String(serviceCount),
    BENCH_OBJECTIVES_URL: objectivesUrl,
    BENCH_TOKEN: token,
  });
  try {
    return await work(server.url, server.pid);
  } finally {
    await server.stop();
  }
}

function compared(
  name: string,
  value: number,
  peer: { name: string; value: number } | undefined,
): Figure {
  const ratio = peer ? value / peer.value : null;
  return {
    name,
    value,
    unit: 'ms',
    ratio,
    against: peer?.name ?? null,
    goal: peer ? 'at most 1 of it' : null,
    ok: ratio === null || ratio <= 1,
  };
}

async function answersOf(database: BenchDatabase, objectivesUrl: string) {
  const place = await database.place();
  try {
    await withServer(place, objectivesUrl, url =>
      until(async () => {
        const found = await ask(
          `${url}/catalog/entities/by-query?limit=1&filter=kind=component`,
        );
        return found.totalItems >= entityCount + serviceCount;
      }),
    );
    say(`${database.name}: the catalog is filled`);
    // The backend is stopped while its telemetry is filled: SQLite has one writing process.
    await fill(place);
    const times = await withServer(place, objectivesUrl, async (url, pid) => {
      for (const number of [0, serviceCount - 1])
        await until(async () => {
          const answer = await ask(
            `${url}/ai-assurance/subjects/component/default/${serviceRef(
              number,
            ).replace(/^.*\//, '')}/service`,
          );
          return answer.objectives?.[0]?.totalCount > 0;
        });
      say(
        `${database.name}: ${(await ask(`${url}${answers.main(0)}`)).sentence}`,
      );
      await untilQuiet(pid);
      return measure(url);
    });
    const byName = {
      name: 'catalog by-name, p50',
      value: times.byName.p50,
    };
    const byQuery = {
      name: 'catalog by-query?limit=20, p95',
      value: times.byQuery.p95,
    };
    figures.push(
      compared(`${database.name}: main answer, p50`, times.main.p50, byName),
      compared(`${database.name}: main answer, p95`, times.main.p95, byQuery),
    );
    for (const name of Object.keys(answers).slice(1))
      figures.push(
        compared(`${database.name}: ${name}, p50`, times[name].p50, undefined),
        compared(`${database.name}: ${name}, p95`, times[name].p95, undefined),
      );
  } finally {
    await place.remove();
  }
}

async function pages() {
  const times = await measurePages();
  const cold = { name: 'catalog rows, cold', value: medianOf(times.rowsCold) };
  const warm = { name: 'catalog rows, warm', value: medianOf(times.rowsWarm) };
  for (const { file, bytes } of times.chunks)
    say(`only on our tab: ${file}, ${Math.round(bytes / 1000)} kB gzip`);
  figures.push(
    compared('status sentence, cold', medianOf(times.sentenceCold), cold),
    compared('status sentence, warm', medianOf(times.sentenceWarm), warm),
    boundFigure({
      name: 'initial files',
      unit: 'kB gzip',
      value: times.initialBytes / 1000,
      atMost: (1.05 * stockInitialBytes) / 1000,
      worked: times.initialBytes > 0,
    }),
    boundFigure({
      name: 'the largest chunk that only our tab loads (the chart library, fetched apart)',
      unit: 'kB gzip',
      value: Math.max(...times.chunks.map(({ bytes }) => bytes)) / 1000,
      atMost: 150,
      worked: times.chunks.length > 0,
    }),
    {
      name: 'all that only our tab loads',
      value: times.chunks.reduce((sum, { bytes }) => sum + bytes, 0) / 1000,
      unit: 'kB gzip',
      ratio: null,
      against: null,
      goal: null,
      ok: true,
    },
  );
}

async function main() {
  const objectives = createServer((request, response) => {
    const number = Number(/\/(\d+)\.yaml/.exec(request.url ?? '')?.[1]);
    response.end(objectivesOf(number));
  });
  await new Promise<void>(resolve => {
    objectives.listen(0, '127.0.0.1', resolve);
  });
  const { port } = objectives.address() as AddressInfo;
  try {
    if (process.env.BENCH_PART !== 'browser')
      await withDatabases(database =>
        answersOf(database, `http://127.0.0.1:${port}`),
      );
    if (process.env.BENCH_PART !== 'answers') await pages();
  } finally {
    objectives.closeAllConnections();
    objectives.close();
  }
}

main()
  .then(() => report(figures))
  .then(
    () => process.disconnect?.(),
    error => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );

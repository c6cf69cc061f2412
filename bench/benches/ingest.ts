/**
 * Evidence per second through the real HTTP router, in batches, one by one and as a stream of lines, on both databases,
 * beside the least that could do it: one express process that parses, makes canonical texts, hashes and inserts.
 */
import { once } from 'node:events';
import { IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { BenchDatabase, withDatabases } from '../support/databases';
import { serve, Served } from '../support/children';
import { copyRate } from '../support/copyRate';
import { evidenceBodies } from '../support/evidenceBodies';
import {
  boundFigure,
  Figure,
  medianOf,
  ratioFigure,
  report,
} from '../support/figures';
import { load, LoadResult } from '../support/load';
import { scale, scaled, scaledSeconds } from '../support/scale';

const runCount = 3;
const authorization = 'Bearer mock-service-token';
const figures: Figure[] = [];

interface Servers {
  plugin: Served;
  floor: Served;
}

async function withServers(
  database: BenchDatabase,
  work: (servers: Servers) => Promise<void>,
): Promise<void> {
  const places = [await database.place(), await database.place()];
  const served: Served[] = [];
  try {
    served.push(await serve('pluginServer.ts', places[0].env));
    served.push(await serve('floorServer.ts', places[1].env));
    await work({ plugin: served[0], floor: served[1] });
  } finally {
    for (const one of served) await one.stop();
    for (const place of places) await place.remove();
  }
}

/** How many items the server says it has recorded. */
async function recordedCount(plugin: Served): Promise<number> {
  const answer = await fetch(`${plugin.url}/overview`, {
    headers: { authorization },
  });
  if (!answer.ok)
    throw new Error(
      `The overview answered ${answer.status}: ${await answer.text()}`,
    );
  return (await answer.json()).ledger.size;
}

async function measureLoad(
  database: BenchDatabase,
  { plugin, floor }: Servers,
  of: {
    name: string;
    itemsPerBody: number;
    connections: number;
    p99AtMostMs: number;
  },
): Promise<void> {
  const bodies = evidenceBodies(
    of.itemsPerBody,
    `build-of-${of.itemsPerBody}-`,
  );
  const run = (url: string, seconds: number) =>
    load({
      url,
      seconds,
      connections: of.connections,
      headers: {
        authorization,
        'content-type': 'application/cloudevents-batch+json',
      },
      nextBody: bodies.next,
    });
  const before = await recordedCount(plugin);
  const warmUp = await run(`${plugin.url}/evidence`, scaledSeconds(4));
  await run(floor.url, scaledSeconds(4));
  const runs: LoadResult[] = [];
  const floorRuns: LoadResult[] = [];
  for (let i = 0; i < runCount; i += 1) {
    // By turns, so that a change of the machine's mood meets both.
    floorRuns.push(await run(floor.url, scaledSeconds(6)));
    runs.push(await run(`${plugin.url}/evidence`, scaledSeconds(6)));
  }
  const answeredCount =
    [warmUp, ...runs].reduce((sum, r) => sum + r.answeredCount, 0) *
    of.itemsPerBody;
  const kept = (await recordedCount(plugin)) - before;
  const worked =
    kept >= answeredCount &&
    [warmUp, ...runs, ...floorRuns].every(r => r.failedCount === 0);
  process.stderr.write(
    `${database.name}, ${
      of.name
    }: answered for ${answeredCount} items, ${kept} recorded; p99 ${runs.map(
      r => r.p99Ms,
    )} ms, floor ${floorRuns.map(r => r.p99Ms)} ms\n`,
  );
  const rates = (all: LoadResult[]) =>
    all.map(r => (r.answeredCount * of.itemsPerBody) / r.seconds);
  figures.push(
    ratioFigure({
      name: `${database.name}: ${of.name}`,
      unit: 'items/s',
      runs: rates(runs),
      floorRuns: rates(floorRuns),
      against: 'express, parse, canonical, hash, insert',
      atLeast: 0.6,
      worked,
    }),
    boundFigure({
      name: `${database.name}: ${of.name}, 99th percentile`,
      unit: 'ms',
      value: medianOf(runs.map(r => r.p99Ms)),
      atMost: of.p99AtMostMs,
      worked,
    }),
  );
}

let streamNumber = 0;

/** One request with many lines; its answer is read to the end. */
async function pushLines(plugin: Served, itemCount: number): Promise<number> {
  const perChunk = 500;
  streamNumber += 1;
  const bodies = evidenceBodies(perChunk, `line-${streamNumber}-`);
  const chunks: Buffer[] = [];
  for (let at = 0; at < itemCount; at += perChunk) {
    const items: object[] = JSON.parse(bodies.next().toString());
    chunks.push(
      Buffer.from(items.map(item => `${JSON.stringify(item)}\n`).join('')),
    );
  }
  const startedAt = performance.now();
  // A connection of its own: what is measured in between can block this process for longer than a server keeps one open.
  const sending = request(`${plugin.url}/evidence`, {
    method: 'POST',
    agent: false,
    headers: { authorization, 'content-type': 'application/x-ndjson' },
  });
  Readable.from(chunks).pipe(sending);
  const [answer]: IncomingMessage[] = await once(sending, 'response');
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  const seconds = (performance.now() - startedAt) / 1000;
  const text = Buffer.concat(parts).toString();
  const acceptedCount = text.split('"accepted"').length - 1;
  if (answer.statusCode !== 200 || acceptedCount < chunks.length * perChunk)
    throw new Error(
      `Of ${chunks.length * perChunk} lines ${acceptedCount} were accepted: ${
        answer.statusCode
      } ${text.slice(0, 500)}`,
    );
  return (chunks.length * perChunk) / seconds;
}

async function measureStream(
  database: BenchDatabase,
  { plugin }: Servers,
): Promise<void> {
  const itemCount = scaled(100_000);
  const runs: number[] = [];
  const floorRuns: number[] = [];
  await pushLines(plugin, Math.min(itemCount, 5_000));
  for (let i = 0; i < runCount; i += 1) {
    floorRuns.push(await copyRate(database, itemCount));
    runs.push(await pushLines(plugin, itemCount));
  }
  figures.push(
    ratioFigure({
      name: `${database.name}: a stream of ${itemCount} lines`,
      unit: 'items/s',
      runs,
      floorRuns,
      against:
        database.dialect === 'postgres'
          ? 'COPY from Node, 1,000 rows a commit'
          : 'prepared insert, 1,000 rows a commit',
      atLeast: 0.3,
      worked: true,
    }),
  );
}

async function main() {
  await withDatabases(async database => {
    await withServers(database, async servers => {
      await measureLoad(database, servers, {
        name: 'batches of 100 on 10 connections',
        itemsPerBody: 100,
        connections: 10,
        p99AtMostMs: 150,
      });
      await measureLoad(database, servers, {
        name: 'single items on 50 connections',
        itemsPerBody: 1,
        connections: 50,
        p99AtMostMs: 25,
      });
      await measureStream(database, servers);
    });
  });
  if (scale !== 1)
    process.stderr.write(`Scaled by ${scale}: these figures mean nothing.\n`);
  report(figures);
}

main().then(
  () => process.disconnect?.(),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);

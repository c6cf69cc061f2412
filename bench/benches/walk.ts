/**
 * OTLP points and evidence items per second through the real HTTP server on a SQLite file, beside a bare node:http
 * server that only reads the same bodies.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../support/children';
import { evidenceBodies } from '../support/evidenceBodies';
import { Figure, medianOf, report } from '../support/figures';
import { load, LoadResult } from '../support/load';
import { otlpBodies } from '../support/otlpBodies';

const runCount = 3;
const secondsPerRun = 5;
const warmUpSeconds = 3;
const connections = 10;
const against = 'bare node:http reading the same bodies';
const authorization = 'Bearer mock-service-token';

interface Stream {
  name: string;
  unit: string;
  path: string;
  contentType: string;
  itemsPerBody: number;
  nextBody: () => Buffer;
}

async function measure(
  stream: Stream,
  pluginUrl: string,
  echoUrl: string,
): Promise<{ figures: Figure[]; sentCount: number }> {
  const run = (url: string, seconds: number) =>
    load({
      url,
      seconds,
      connections,
      headers: { authorization, 'content-type': stream.contentType },
      nextBody: stream.nextBody,
    });
  const pluginRuns: LoadResult[] = [];
  const echoRuns: LoadResult[] = [];
  const warmUp = await run(`${pluginUrl}${stream.path}`, warmUpSeconds);
  await run(echoUrl, warmUpSeconds);
  for (let i = 0; i < runCount; i += 1) {
    // By turns, so that a change of the machine's mood meets both.
    echoRuns.push(await run(echoUrl, secondsPerRun));
    pluginRuns.push(await run(`${pluginUrl}${stream.path}`, secondsPerRun));
  }
  const rate = (runs: LoadResult[]) =>
    medianOf(
      runs.map(r => (r.answeredCount * stream.itemsPerBody) / r.seconds),
    );
  const failedCount = [warmUp, ...pluginRuns, ...echoRuns].reduce(
    (sum, r) => sum + r.failedCount,
    0,
  );
  const ok = failedCount === 0;
  const value = rate(pluginRuns);
  const latency = (pick: (r: LoadResult) => number, name: string): Figure => ({
    name: `${stream.name}: ${name} answer time`,
    value: medianOf(pluginRuns.map(pick)),
    unit: 'ms',
    ratio:
      medianOf(pluginRuns.map(pick)) /
      Math.max(1, medianOf(echoRuns.map(pick))),
    against,
    goal: null,
    ok,
  });
  return {
    figures: [
      {
        name: stream.name,
        value,
        unit: stream.unit,
        ratio: value / rate(echoRuns),
        against,
        goal: null,
        ok,
      },
      latency(r => r.p50Ms, 'median'),
      latency(r => r.p99Ms, '99th percentile'),
    ],
    sentCount: [warmUp, ...pluginRuns].reduce(
      (sum, r) => sum + r.answeredCount * stream.itemsPerBody,
      0,
    ),
  };
}

/** What the server says it has stored: points of the last hour, and the size of the ledger. */
async function storedCounts(
  pluginUrl: string,
): Promise<{ points: number; refusedPoints: number; items: number }> {
  const answer = await fetch(`${pluginUrl}/overview`, {
    headers: { authorization },
  });
  if (!answer.ok)
    throw new Error(
      `The overview answered ${answer.status}: ${await answer.text()}`,
    );
  const { telemetry, ledger } = await answer.json();
  return {
    points: telemetry.pointsLastHour,
    refusedPoints: telemetry.refusedPointsLastHour,
    items: ledger.size,
  };
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-bench-'));
  try {
    const points = await otlpBodies(30);
    const items = evidenceBodies(100);
    process.stderr.write(
      `one OTLP body: ${points.pointCount} points, ${points.byteCount} bytes; one evidence body: ${items.itemCount} items, ${items.byteCount} bytes\n`,
    );
    const echo = await serve('echoServer.ts');
    const plugin = await serve('pluginServer.ts', {
      BENCH_DIRECTORY: directory,
    });
    try {
      const telemetry = await measure(
        {
          name: 'OTLP points, protobuf',
          unit: 'points/s',
          path: '/otlp/v1/metrics',
          contentType: 'application/x-protobuf',
          itemsPerBody: points.pointCount,
          nextBody: points.next,
        },
        plugin.url,
        echo.url,
      );
      const evidence = await measure(
        {
          name: 'evidence items, batches of 100',
          unit: 'items/s',
          path: '/evidence',
          contentType: 'application/cloudevents-batch+json',
          itemsPerBody: items.itemCount,
          nextBody: items.next,
        },
        plugin.url,
        echo.url,
      );
      const stored = await storedCounts(plugin.url);
      // An answer counts only if what it answered for is there. Requests that the end of a run cut off may be there too.
      const kept =
        stored.refusedPoints === 0 &&
        stored.points >= telemetry.sentCount &&
        stored.items >= evidence.sentCount;
      process.stderr.write(
        `answered for ${telemetry.sentCount} points and ${evidence.sentCount} items; stored ${stored.points} points (${stored.refusedPoints} refused) and ${stored.items} items\n`,
      );
      report(
        [...telemetry.figures, ...evidence.figures].map(figure => ({
          ...figure,
          ok: figure.ok && kept,
        })),
      );
    } finally {
      await plugin.stop();
      await echo.stop();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

main().then(
  () => process.disconnect?.(),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);

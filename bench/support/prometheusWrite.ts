import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import protobuf from 'protobufjs';
import { cpuSecondsOf } from './cpuSeconds';

// Prometheus as a scale: samples per second by its remote-write, bodies encoded beforehand.

const WriteRequest = protobuf.Root.fromJSON({
  nested: {
    Label: {
      fields: {
        name: { type: 'string', id: 1 },
        value: { type: 'string', id: 2 },
      },
    },
    Sample: {
      fields: {
        value: { type: 'double', id: 1 },
        timestamp: { type: 'int64', id: 2 },
      },
    },
    TimeSeries: {
      fields: {
        labels: { rule: 'repeated', type: 'Label', id: 1 },
        samples: { rule: 'repeated', type: 'Sample', id: 2 },
      },
    },
    WriteRequest: {
      fields: {
        timeseries: { rule: 'repeated', type: 'TimeSeries', id: 1 },
      },
    },
  },
}).lookupType('WriteRequest');

const seriesCount = 10_000;
export const samplesPerWrite = 2000;
const atOnce = 4;

/** The Snappy format without compressing anything: one literal after the other. */
function snappyLiterals(bytes: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  const length: number[] = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest >= 128 ? (rest % 128) + 128 : rest);
    if (rest < 128) break;
  }
  parts.push(Buffer.from(length));
  for (let at = 0; at < bytes.length; at += 65_536) {
    const piece = bytes.subarray(at, at + 65_536);
    const last = piece.length - 1;
    parts.push(Buffer.from([61 * 4, last % 256, Math.floor(last / 256)]));
    parts.push(Buffer.from(piece));
  }
  return Buffer.concat(parts);
}

function bodiesOf(rounds: number, startMs: number): Buffer[] {
  const labels = Array.from({ length: seriesCount }, (_, i) =>
    Object.entries({
      __name__: 'inference_latency',
      cohort: `cohort-${i % 16}`,
      device: `device-${i}`,
      le: String(2 ** (i % 12)),
      model: `assist-${i % 4}`,
    }).map(([name, value]) => ({ name, value })),
  );
  const bodies: Buffer[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let from = 0; from < seriesCount; from += samplesPerWrite) {
      const timeseries = labels
        .slice(from, from + samplesPerWrite)
        .map((own, i) => ({
          labels: own,
          samples: [
            { value: i * 0.5 + round, timestamp: startMs + round * 15_000 },
          ],
        }));
      bodies.push(snappyLiterals(WriteRequest.encode({ timeseries }).finish()));
    }
  }
  return bodies;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => {
    server.once('listening', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => {
    server.close(resolve);
  });
  return port;
}

/** Samples per second of the clock, on as many cores as it takes, and of processor time; each of every run. */
export interface PrometheusRates {
  wall: number[];
  /** Empty where the system does not say what it took. */
  perCore: number[];
}

/** Throws when a write is not taken. */
export async function prometheusRates(
  binary: string,
  options: { runs: number; rounds: number; nowMs: number },
): Promise<PrometheusRates> {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-bench-'));
  const config = join(directory, 'prometheus.yml');
  writeFileSync(config, 'global: {}\n');
  const port = await freePort();
  const child = spawn(
    binary,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--log.level=error',
    ],
    { stdio: ['ignore', process.stderr, process.stderr] },
  );
  const base = `http://127.0.0.1:${port}`;
  try {
    for (let i = 0; i < 120; i += 1) {
      const ready = await fetch(`${base}/-/ready`).catch(() => undefined);
      if (ready?.ok) break;
      await wait(250);
    }
    const write = async (body: Buffer) => {
      const answer = await fetch(`${base}/api/v1/write`, {
        method: 'POST',
        headers: {
          'content-encoding': 'snappy',
          'content-type': 'application/x-protobuf',
          'x-prometheus-remote-write-version': '0.1.0',
        },
        body: new Uint8Array(body),
      });
      await answer.arrayBuffer();
      if (!answer.ok)
        throw new Error(`Prometheus answered a write with ${answer.status}`);
    };
    const rates: PrometheusRates = { wall: [], perCore: [] };
    const spanMs = options.rounds * 15_000;
    const firstMs = options.nowMs - (options.runs + 1) * spanMs;
    for (let run = 0; run <= options.runs; run += 1) {
      const bodies = bodiesOf(options.rounds, firstMs + run * spanMs);
      const startedAt = performance.now();
      const cpuBefore = cpuSecondsOf(child.pid!);
      for (let at = 0; at < bodies.length; at += atOnce)
        await Promise.all(bodies.slice(at, at + atOnce).map(write));
      const seconds = (performance.now() - startedAt) / 1000;
      // The first makes the series.
      if (run === 0) continue;
      const samples = bodies.length * samplesPerWrite;
      rates.wall.push(samples / seconds);
      if (cpuBefore !== undefined)
        rates.perCore.push(samples / (cpuSecondsOf(child.pid!)! - cpuBefore));
    }
    return rates;
  } finally {
    const ended = new Promise(resolve => {
      child.once('exit', resolve);
    });
    child.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  }
}

import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A running engine that holds the samples it was started with. */
export interface RealEngine {
  baseUrl: string;
  stop(): Promise<void>;
  /** Stops its process where it stands: it takes connections and answers nothing. */
  freeze(): void;
  thaw(): void;
}

export interface EngineKind {
  name: string;
  /** Throws a sentence that names the variables where they do not say which binaries to start. */
  start(openMetrics: string): Promise<RealEngine>;
}

const {
  AI_ASSURANCE_TEST_PROMETHEUS: prometheus,
  AI_ASSURANCE_TEST_PROMTOOL: promtool,
  AI_ASSURANCE_TEST_VICTORIA_METRICS: victoriaMetrics,
} = process.env;

/** The engines of the contract tests; their binaries are named by environment variables, which the test command sets. */
export const engineKinds: EngineKind[] = [
  { name: 'Prometheus', start: startPrometheus },
  { name: 'VictoriaMetrics', start: startVictoriaMetrics },
];

function demanded(binary: string | undefined, variable: string): string {
  if (!binary)
    throw new Error(
      `This test starts a real engine: set ${variable} to its binary, or run npm test, which fetches it`,
    );
  return binary;
}

async function startPrometheus(openMetrics: string): Promise<RealEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-assurance-prometheus-'));
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(folder, 'samples.txt'), openMetrics);
  writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
  execFileSync(demanded(promtool, 'AI_ASSURANCE_TEST_PROMTOOL'), [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    join(folder, 'samples.txt'),
    data,
  ]);
  const port = await freePort();
  const binary = demanded(prometheus, 'AI_ASSURANCE_TEST_PROMETHEUS');
  return started(folder, `http://127.0.0.1:${port}`, '/-/ready', binary, [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=100y',
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
}

async function startVictoriaMetrics(openMetrics: string): Promise<RealEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'ai-assurance-victoria-'));
  const port = await freePort();
  const engine = await started(
    folder,
    `http://127.0.0.1:${port}`,
    '/health',
    demanded(victoriaMetrics, 'AI_ASSURANCE_TEST_VICTORIA_METRICS'),
    [
      `-storageDataPath=${join(folder, 'data')}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-retentionPeriod=100y',
      '-search.latencyOffset=0s',
    ],
  );
  // Its text import counts in milliseconds, where OpenMetrics counts in seconds.
  const lines = openMetrics
    .split('\n')
    .filter(line => line && !line.startsWith('#'))
    .map(line =>
      line.replace(/ (\S+)$/, (_, seconds) => ` ${Number(seconds) * 1000}`),
    );
  const response = await fetch(`${engine.baseUrl}/api/v1/import/prometheus`, {
    method: 'POST',
    body: lines.join('\n'),
  });
  if (response.status !== 204)
    throw new Error(`VictoriaMetrics took no samples: ${response.status}`);
  await fetch(`${engine.baseUrl}/internal/force_flush`);
  return engine;
}

async function started(
  folder: string,
  baseUrl: string,
  readyPath: string,
  command: string,
  args: string[],
): Promise<RealEngine> {
  const child = spawn(command, args, { stdio: 'ignore' });
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) break;
    const isReady = await fetch(baseUrl + readyPath).then(
      response => response.ok,
      () => false,
    );
    if (isReady)
      return {
        baseUrl,
        stop,
        freeze: () => child.kill('SIGSTOP'),
        thaw: () => child.kill('SIGCONT'),
      };
    await wait(100);
  }
  await stop();
  throw new Error(`${command} did not become ready`);
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise(resolve => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

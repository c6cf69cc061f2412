/**
 * Profiles: how far memory grows while a Parquet or CSV file of 10^7 samples is read in a stream, with two features, cohorts
 * and devices, and how long a request waits meanwhile.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boundFigure, Figure, report } from '../support/figures';
import { scale, scaled } from '../support/scale';

const rowCount = scaled(10_000_000);
const mostMebibytes = 256;
/** A request that comes meanwhile waits no longer than this for the thread that serves it. */
const mostWaitMs = 250;

interface Read {
  seconds: number;
  growthMebibytes: number;
  longestWaitMs: number;
  worked: boolean;
}

/** Runs `support/<file>` to its end; resolves to the result that it sent, if it sent one. */
function run(
  file: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Read | undefined> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, '../support', file), args, {
      execArgv: [
        '--require',
        '@backstage/cli/config/nodeTransform.cjs',
        '--expose-gc',
      ],
      env: { ...process.env, ...env },
      stdio: ['ignore', process.stderr, process.stderr, 'ipc'],
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    let sent: Read | undefined;
    child.on('message', message => {
      sent = (message as { result?: Read }).result ?? sent;
    });
    child.once('exit', code => {
      process.off('exit', kill);
      if (code === 0) resolve(sent);
      else reject(new Error(`${file} ended with code ${code}`));
    });
  });
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-bench-'));
  const figures: Figure[] = [];
  try {
    const path = join(directory, 'profile.parquet');
    const warmPath = join(directory, 'warm.parquet');
    await run('profileWriter.ts', ['plain', '1000', warmPath]);
    for (const [layout, name] of [
      ['plain', 'Parquet in groups of 2^20'],
      ['indexed', 'Parquet with an index of pages'],
      ['csv', 'CSV'],
    ]) {
      if (layout !== 'csv')
        await run('profileWriter.ts', [layout, String(rowCount), path]);
      const read = (await run(
        'profileReader.ts',
        [
          layout === 'csv' ? 'csv' : 'parquet',
          path,
          warmPath,
          String(rowCount),
        ],
        { PROFILE_DIRECTORY: directory },
      ))!;
      const isGone = readdirSync(directory).sort().join();
      figures.push(
        boundFigure({
          name: `memory growth over ${rowCount} rows, ${name}`,
          unit: 'MiB',
          value: read.growthMebibytes,
          atMost: mostMebibytes,
          worked: read.worked && isGone === 'profile.parquet,warm.parquet',
        }),
        boundFigure({
          name: `longest wait of a request meanwhile, ${name}`,
          unit: 'ms',
          value: read.longestWaitMs,
          atMost: mostWaitMs,
          worked: read.worked,
        }),
        {
          name: `rows read a second, ${name}`,
          value: rowCount / read.seconds,
          unit: 'rows/s',
          ratio: null,
          against: null,
          goal: null,
          ok: read.worked,
        },
      );
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
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

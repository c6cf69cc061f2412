// Reads one generated file of samples in a process of its own, and tells how far its memory grew, and how long the thread that
// would serve requests was ever held up meanwhile. Sends `{ result }`.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { LoggerService, UrlReaderService } from '@backstage/backend-plugin-api';
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import { SampleWish } from '../../plugins/ai-assurance-backend/src/drift/core/samples';
import { defaultLimits } from '../../plugins/ai-assurance-backend/src/drift/files/limits';
import { readSampleFile } from '../../plugins/ai-assurance-backend/src/drift/files/readSampleFile';
import { SampleReader } from '../../plugins/ai-assurance-backend/src/drift/files/SampleReader';

const wish: SampleWish = {
  feature: 'amount',
  column: 'amount',
  type: 'numeric',
  boundaries: Array.from({ length: 49 }, (_, i) => (i + 1) * 20),
  minimum: 0,
  maximum: 1000,
  cohortColumn: 'cohort',
  deviceColumn: 'device',
};
const wishes: SampleWish[] = [
  wish,
  {
    ...wish,
    feature: 'country',
    column: 'country',
    type: 'categorical',
    boundaries: [],
    minimum: undefined,
    maximum: undefined,
  },
];

/** The rows as another process makes them: no file of this size has to lie anywhere. */
function csvStream(rowCount: number): Readable {
  const { stdout } = spawn(
    process.execPath,
    [
      '--require',
      '@backstage/cli/config/nodeTransform.cjs',
      join(__dirname, 'profileWriter.ts'),
      'csv',
      String(rowCount),
    ],
    { stdio: ['ignore', 'pipe', process.stderr] },
  );
  return stdout;
}

async function read(format: 'csv' | 'parquet', path: string, rows: number) {
  const urlReader = {
    readUrl: async () => ({
      stream: () =>
        format === 'csv' ? csvStream(rows) : createReadStream(path),
      buffer: async () => Buffer.alloc(0),
    }),
  } as unknown as UrlReaderService;
  return readSampleFile({
    urlReader,
    source: {
      url: `https://files.example/profile.${format}`,
      format,
      delimiter: ',',
    },
    wishes,
    groupSizes: new Map(
      Array.from({ length: 4 }, (_, i) => [`resource:default/cohort-${i}`, 5]),
    ),
    reader: new SampleReader({
      limits: { ...defaultLimits, directory: process.env.PROFILE_DIRECTORY! },
      logger: {
        warn(message: string) {
          throw new Error(message);
        },
      } as unknown as LoggerService,
    }),
  });
}

async function main() {
  const [format, path, warmPath, rows] = process.argv.slice(2);
  const kind = format as 'csv' | 'parquet';
  const rowCount = Number(rows);
  // Code and buffers that any first read brings are not growth with the file.
  await read(kind, warmPath, 1_000);
  global.gc?.();
  const beforeBytes = process.memoryUsage().rss;
  const waits = monitorEventLoopDelay({ resolution: 5 });
  waits.enable();
  const startedAt = performance.now();
  const result = await read(kind, path, rowCount);
  const seconds = (performance.now() - startedAt) / 1000;
  waits.disable();
  // The most that the process ever held, in kibibytes.
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const [amount, country] = result!.profiles;
  const sum = (bins: number[]) => bins.reduce((a, b) => a + b, 0);
  process.send!({
    result: {
      seconds,
      longestWaitMs: waits.max / 1e6,
      growthMebibytes: (peakBytes - beforeBytes) / 2 ** 20,
      worked:
        result!.rowCount === rowCount &&
        amount.problem === undefined &&
        country.problem === undefined &&
        sum(amount.whole.bins) + amount.nullCount === rowCount &&
        country.whole.categories!.length === 40 &&
        amount.cohorts.every(
          ({ isSmall, histogram }) => !isSmall && sum(histogram!.bins) > 0,
        ),
    },
  });
}

main().then(
  () => process.disconnect?.(),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);

import { Worker, WorkerOptions } from 'node:worker_threads';

/** Starts a TypeScript file as a thread, also when the process is a test runner that reads TypeScript in ways of its own. */
export function startThread(file: string, options: WorkerOptions): Worker {
  return new Worker(file, {
    ...options,
    execArgv: [
      '--require',
      require.resolve('@backstage/cli/config/nodeTransform.cjs'),
    ],
  });
}

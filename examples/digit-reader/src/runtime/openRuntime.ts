import { join } from 'node:path';
import {
  Answer,
  Reading,
  ReadOptions,
  Request,
  RuntimeSettings,
} from './messages';
import { startThread } from './startThread';

/** A model in a runtime, ready to read. */
export interface LoadedModel {
  /** How long the runtime took to get it ready, measured, in seconds. */
  loadSeconds: number;
  /** Reads digits of 28 × 28 grey levels, in order. Throws when a reading fails. */
  read(images: Uint8Array[], options: ReadOptions): Promise<Reading[]>;
  /** Gives the memory back. Safe to repeat. */
  release(): Promise<void>;
}

/** An instance of onnxruntime-web in a thread of its own. */
export interface Runtime {
  /** Loads a model file. Throws with the runtime's own words when the bytes are no whole model. */
  load(bytes: Uint8Array): Promise<LoadedModel>;
  /** The most memory this instance held so far, in bytes: its JavaScript heap and its WebAssembly memory, measured after each piece of work. */
  peakMemoryBytes(): Promise<number>;
  /** Ends the thread. Whoever still waits for an answer gets an error. Safe to repeat. */
  close(): Promise<void>;
}

type RequestBody = Request extends infer R
  ? R extends Request
    ? Omit<R, 'id'>
    : never
  : never;

// The examples run from their source and are never built.
// eslint-disable-next-line no-restricted-syntax
const WORKER = join(__dirname, 'runtime.worker.ts');

/** What a runtime gets when a device class sets nothing. */
export const DEFAULT_RUNTIME: RuntimeSettings = {
  graphOptimizationLevel: 'all',
  numThreads: 1,
};

/** Starts a runtime with the settings of a device class. The caller MUST close it, or the process stays alive. */
export function openRuntime(
  settings: RuntimeSettings = DEFAULT_RUNTIME,
): Runtime {
  const worker = startThread(WORKER, {
    workerData: settings,
    // Enough by far for this model; without a limit the collector of each thread would wait until the machine is full.
    resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 },
  });
  const waiting = new Map<
    number,
    { resolve: (answer: Answer) => void; reject: (error: Error) => void }
  >();
  let lastId = 0;
  let ended: Error | undefined;

  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on('error', error =>
    end(error instanceof Error ? error : new Error(String(error))),
  );
  worker.on('exit', () => end(new Error('The runtime has ended')));
  worker.on('message', (answer: Answer) => {
    const asker = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('failed' in answer) asker?.reject(new Error(answer.failed));
    else asker?.resolve(answer);
  });

  const ask = (body: RequestBody) =>
    new Promise<Answer>((resolve, reject) => {
      if (ended) {
        reject(ended);
        return;
      }
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, ...body });
    });

  return {
    async load(bytes) {
      const model = ++lastId;
      const answer = (await ask({ ask: 'load', model, bytes })) as {
        seconds: number;
      };
      return {
        loadSeconds: answer.seconds,
        async read(images, options) {
          const { readings } = (await ask({
            ask: 'read',
            model,
            images,
            options,
          })) as { readings: Reading[] };
          return readings;
        },
        async release() {
          if (!ended) await ask({ ask: 'release', model });
        },
      };
    },
    async peakMemoryBytes() {
      const { peakBytes } = (await ask({ ask: 'memory' })) as {
        peakBytes: number;
      };
      return peakBytes;
    },
    async close() {
      ended ??= new Error('The runtime was closed');
      await worker.terminate();
    },
  };
}

import { basename } from 'node:path';
import { Transferable, ResourceLimits, Worker } from 'node:worker_threads';

/** A thread that has nothing to do ends after this time, and gives its memory back. */
const idleMs = 60_000;

/**
 * Whether a file holds nothing but the code of a thread, by its name. Bundled into one file, that file is the whole server: a
 * second one must not be started.
 */
export function isThreadFile(file: string, name: string): boolean {
  return basename(file).startsWith(`${name}.`);
}

export interface ThreadOptions<Word> {
  /** What it runs; {@link isThreadFile} MUST hold of it. */
  file: string;
  /** What its file looks at, to know that it was loaded as a thread. */
  data: unknown;
  limits?: ResourceLimits;
  /** Takes what it says, in order. */
  hear(word: Word): void;
  /** It could not start, broke or ended by itself. The code of one that took too much memory is {@link OUT_OF_MEMORY}. */
  broke(error: Error & { code?: string }): void;
}

/** The code of a thread that took more memory than its limits. */
export const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

/**
 * A thread that answers what is posted to it, beside the one that serves requests. It keeps the process alive while it works.
 * Once it is over nothing is heard of it any more: what an ended thread still says is not for the next.
 */
export class Thread<Word> {
  readonly #worker: Worker;
  #idle: NodeJS.Timeout | undefined;
  #isOver = false;

  /** Throws an Error where the process may have no more threads. */
  constructor({ file, data, limits, hear, broke }: ThreadOptions<Word>) {
    this.#worker = new Worker(file, {
      workerData: data,
      execArgv: sourceLoader(file),
      resourceLimits: limits,
    });
    const over = (error: Error) => {
      if (this.#isOver) return;
      void this.end();
      broke(error);
    };
    this.#worker.on('message', (word: Word) => {
      if (!this.#isOver) hear(word);
    });
    this.#worker.on('error', over);
    this.#worker.on('exit', () => over(new Error('It ended')));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** What is transferred is gone here. */
  post(message: unknown, transferred: readonly Transferable[] = []): void {
    this.#worker.postMessage(message, transferred);
  }

  /** Somebody waits for it. */
  work(): void {
    clearTimeout(this.#idle);
    this.#worker.ref();
  }

  /** Nobody does; after a minute without work it ends. */
  rest(): void {
    clearTimeout(this.#idle);
    this.#worker.unref();
    this.#idle = setTimeout(() => void this.end(), idleMs);
    this.#idle.unref();
  }

  /** Resolves when it is gone, with all that it held. Safe to repeat. */
  async end(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#idle);
    await this.#worker.terminate();
  }
}

/** In the source tree, a thread needs what loads TypeScript, as the process has it that starts it; it does not inherit all of it. */
function sourceLoader(file: string): string[] | undefined {
  return file.endsWith('.ts')
    ? ['--require', require.resolve('@backstage/cli/config/nodeTransform.cjs')]
    : undefined;
}

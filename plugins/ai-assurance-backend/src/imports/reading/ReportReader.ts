import { ReportImporter } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { LoggerService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { tooLarge, withCode } from '../../platform';
import { ImporterLists, ownImporters } from '../core/importers';
import { threadDataOf, threadFile, ThreadWord } from './importingThread';
import { readReport, ReportReading, ReportToRead } from './readReport';

/** Reports up to this size are read at once: they cost less than handing them over, some 20 ms at most. */
const smallBytes = 64 * 1024;

/** Larger reports that no thread can read are refused: they would hold up everything else for seconds. */
const largestHereBytes = 1024 * 1024;

/** Reports that are under way at once: one is read, the others wait, or their bytes still come in. */
const mostAtOnce = 8;

/** A thread that has nothing to do ends after this time, and gives its memory back. */
const idleMs = 60_000;

/** A thread that is not ready by then never will be. */
const startMs = 60_000;

const noThread =
  'This server could not start a thread for larger ones (its log says why)';

export interface ReportReaderDeps {
  /** All that there are, of the suite and of modules. */
  importers: ReportImporter[];
  /** What the suite's own importers are made from, in the thread once more. */
  lists: ImporterLists;
  /** How long reading one may take. */
  maxMs: number;
  /** How much memory reading one may take. */
  maxMebibytes: number;
  logger: LoggerService;
  /** What the thread runs; for tests. */
  file?: string;
}

interface Job {
  report: ReportToRead;
  signal: AbortSignal | undefined;
  resolve(reading: ReportReading): void;
  reject(error: Error): void;
}

/**
 * Reads reports in a thread of its own, one after the other: a large one takes seconds and hundreds of megabytes, and what is
 * in it was written by somebody else. Time, memory and the number of waiting reports are bounded. Where a thread cannot be
 * started, or an importer of a module cannot be loaded by one, small reports are read beside everything else and larger ones
 * are refused.
 */
export class ReportReader {
  readonly #deps: ReportReaderDeps;
  readonly #file: string;
  readonly #inThread: ReadonlySet<string>;
  readonly #isThreadFile: boolean;
  readonly #waiting: Job[] = [];
  #current: Job | undefined;
  #thread: Worker | undefined;
  #isReady = false;
  #isWarned = false;
  #timer: NodeJS.Timeout | undefined;
  #admitted = 0;

  constructor(deps: ReportReaderDeps) {
    this.#deps = deps;
    this.#file = deps.file ?? threadFile;
    // Bundled into one file, that file is the whole server: a second one must not be started.
    this.#isThreadFile = basename(this.#file).startsWith('importingThread.');
    this.#inThread = new Set([
      ...ownImporters(deps.lists).map(({ id }) => id),
      ...deps.importers.flatMap(({ id, file }) => (file ? [id] : [])),
    ]);
  }

  /**
   * Lets a report in, from before its bytes are taken until its answer is known. Throws `IMPORTS_BUSY` (429) when too many are
   * under way: the same may be handed in again later.
   */
  async admitted<T>(work: () => Promise<T>): Promise<T> {
    if (this.#admitted >= mostAtOnce)
      throw withCode(
        Object.assign(
          new Error(
            `${mostAtOnce} reports are being imported, and no more are taken at once. Hand this one in again in a minute.`,
          ),
          // Whoever runs the server need not act on it, as on a failure.
          { name: 'TooManyRequestsError', statusCode: 429 },
        ),
        'IMPORTS_BUSY',
      );
    this.#admitted += 1;
    try {
      return await work();
    } finally {
      this.#admitted -= 1;
    }
  }

  /**
   * Reads a report. A waiting one whose `signal` aborts is not read any more. Throws InputError `IMPORT_TOO_SLOW` and
   * `IMPORT_TOO_LARGE` for reports beyond time and memory, and `BODY_TOO_LARGE` where there is no thread.
   */
  async read(
    report: ReportToRead,
    signal?: AbortSignal,
  ): Promise<ReportReading> {
    const { length } = report.bytes;
    if (length <= smallBytes) return this.#readHere(report);
    if (!this.#inThread.has(report.format))
      return this.#readHere(
        report,
        `The importer of ${report.format} cannot be loaded by a thread of its own`,
      );
    if (!this.#isThreadFile) return this.#readHere(report, noThread);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ report, signal, resolve, reject });
      this.#next();
    });
  }

  /** Ends the thread. What waits is not read any more. */
  async close(): Promise<void> {
    const thread = this.#forget();
    const gone = new Error('The server is stopping.');
    for (const job of this.#waiting.splice(0)) job.reject(gone);
    await thread?.terminate();
  }

  #readHere(report: ReportToRead, why?: string): ReportReading {
    if (why !== undefined && report.bytes.length > largestHereBytes)
      throw tooLarge(
        `${why}, so that a report may have 1 MiB. Import it in parts, or ask whoever runs the server.`,
      );
    const { importers } = this.#deps;
    return readReport(
      importers.find(({ id }) => id === report.format)!,
      report,
    );
  }

  #next(): void {
    if (this.#current) return;
    let job = this.#waiting.shift();
    // Who asked is gone.
    while (job?.signal?.aborted) {
      job.reject(new Error('The caller went away.'));
      job = this.#waiting.shift();
    }
    clearTimeout(this.#timer);
    if (!job) {
      this.#thread?.unref();
      this.#timer = setTimeout(() => void this.close(), idleMs);
      this.#timer.unref();
      return;
    }
    this.#current = job;
    if (!this.#thread) this.#start();
    else if (this.#isReady) this.#hand(job);
  }

  #start(): void {
    const { lists, importers, maxMebibytes } = this.#deps;
    try {
      const thread = new Worker(this.#file, {
        workerData: threadDataOf(
          lists,
          importers.flatMap(({ file }) => (file === undefined ? [] : [file])),
        ),
        execArgv: sourceLoader(this.#file),
        resourceLimits: { maxOldGenerationSizeMb: maxMebibytes },
      });
      // What a thread still says that was ended is not for the next.
      const ifCurrent =
        <A>(act: (said: A) => void) =>
        (said: A) => {
          if (thread === this.#thread) act(said);
        };
      thread.on(
        'message',
        ifCurrent((word: ThreadWord) => this.#hear(word)),
      );
      thread.on(
        'error',
        ifCurrent((error: Error) => this.#broke(error)),
      );
      thread.on(
        'exit',
        ifCurrent(() => this.#broke(new Error('It ended'))),
      );
      this.#thread = thread;
      this.#isReady = false;
      this.#timer = setTimeout(
        () => this.#broke(new Error('It did not start')),
        startMs,
      );
    } catch (error) {
      this.#broke(error as Error);
    }
  }

  #hand(job: Job): void {
    const thread = this.#thread!;
    thread.ref();
    const { maxMs } = this.#deps;
    this.#timer = setTimeout(() => {
      void this.#forget()?.terminate();
      this.#end(job, () =>
        job.reject(
          withCode(
            new InputError(
              `Reading the report took longer than ${Math.round(
                maxMs / 1000,
              )} s (aiAssurance.imports.maxSeconds) and was given up; nothing was recorded. Import it in parts.`,
            ),
            'IMPORT_TOO_SLOW',
          ),
        ),
      );
    }, maxMs);
    // A copy: bytes of a pool cannot be given away.
    const bytes = new Uint8Array(job.report.bytes);
    thread.postMessage({ ...job.report, bytes }, [bytes.buffer]);
  }

  #hear(word: ThreadWord): void {
    clearTimeout(this.#timer);
    const job = this.#current;
    if (word.state === 'ready') {
      this.#isReady = true;
      if (job) this.#hand(job);
      return;
    }
    if (!job) return;
    this.#end(job, () => {
      if (word.state === 'read') job.resolve(word.reading);
      else
        job.reject(
          Object.assign(new Error(word.message), { stack: word.stack }),
        );
    });
  }

  #broke(error: Error & { code?: string }): void {
    const wasReady = this.#isReady;
    const job = this.#current;
    void this.#forget()?.terminate();
    if (wasReady) {
      if (!job) return;
      const isFull = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      this.#end(job, () =>
        job.reject(
          isFull
            ? withCode(
                new InputError(
                  `Reading the report took more than ${
                    this.#deps.maxMebibytes
                  } MiB of memory (aiAssurance.imports.maxMemoryMebibytes) and was given up; nothing was recorded. Import it in parts.`,
                ),
                'IMPORT_TOO_LARGE',
              )
            : error,
        ),
      );
      return;
    }
    if (!this.#isWarned)
      this.#deps.logger.warn(
        'The thread that reads reports could not be started; until it can, reports of up to 1 MiB are read beside everything else, and larger ones are refused',
        error,
      );
    this.#isWarned = true;
    if (!job) return;
    this.#end(job, () => {
      try {
        job.resolve(this.#readHere(job.report, noThread));
      } catch (refusal) {
        job.reject(refusal as Error);
      }
    });
  }

  #end(job: Job, answer: () => void): void {
    if (this.#current === job) this.#current = undefined;
    answer();
    this.#next();
  }

  /** The thread is not this reader's any more. */
  #forget(): Worker | undefined {
    clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = undefined;
    this.#isReady = false;
    this.#current = undefined;
    return thread;
  }
}

/** In the source tree, a thread needs what loads TypeScript, as the process has it that starts it; it does not inherit all of it. */
function sourceLoader(file: string): string[] | undefined {
  return file.endsWith('.ts')
    ? ['--require', require.resolve('@backstage/cli/config/nodeTransform.cjs')]
    : undefined;
}

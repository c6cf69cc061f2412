import { ReportImporter } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { LoggerService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  isThreadFile,
  OUT_OF_MEMORY,
  Thread,
  tooLarge,
  withCode,
} from '../../platform';
import { ImporterLists, ownImporters } from '../core/importers';
import { threadDataOf, threadFile, ThreadWord } from './importingThread';
import { readReport, ReportReading, ReportToRead } from './readReport';

/** Reports up to this size are read at once: they cost less than handing them over, some 20 ms at most. */
const smallBytes = 64 * 1024;

/** Larger reports that no thread can read are refused: they would hold up everything else for seconds. */
const largestHereBytes = 1024 * 1024;

/** Reports that are under way at once: one is read, the others wait, or their bytes still come in. */
const mostAtOnce = 8;

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
  #thread: Thread<ThreadWord> | undefined;
  #isReady = false;
  #isWarned = false;
  #timer: NodeJS.Timeout | undefined;
  #admitted = 0;

  constructor(deps: ReportReaderDeps) {
    this.#deps = deps;
    this.#file = deps.file ?? threadFile;
    this.#isThreadFile = isThreadFile(this.#file, 'importingThread');
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
    await thread?.end();
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
    if (!job) {
      this.#thread?.rest();
      return;
    }
    this.#current = job;
    if (!this.#thread || this.#thread.isOver) this.#start();
    else if (this.#isReady) this.#hand(job);
  }

  #start(): void {
    const { lists, importers, maxMebibytes } = this.#deps;
    try {
      this.#thread = new Thread<ThreadWord>({
        file: this.#file,
        data: threadDataOf(
          lists,
          importers.flatMap(({ file }) => (file === undefined ? [] : [file])),
        ),
        limits: { maxOldGenerationSizeMb: maxMebibytes },
        hear: word => this.#hear(word),
        broke: error => this.#broke(error),
      });
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
    thread.work();
    const { maxMs } = this.#deps;
    this.#timer = setTimeout(() => {
      void this.#forget()?.end();
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
    thread.post({ ...job.report, bytes }, [bytes.buffer]);
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
    void this.#forget()?.end();
    if (wasReady) {
      if (!job) return;
      const isFull = error.code === OUT_OF_MEMORY;
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
  #forget(): Thread<ThreadWord> | undefined {
    clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = undefined;
    this.#isReady = false;
    this.#current = undefined;
    return thread;
  }
}

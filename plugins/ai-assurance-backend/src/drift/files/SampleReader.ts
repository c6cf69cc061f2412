import { LoggerService } from '@backstage/backend-plugin-api';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { isThreadFile, OUT_OF_MEMORY, Thread } from '../../platform';
import { FileToFold, FoldedFile, foldFile } from './foldFile';
import { FileLimits } from './limits';
import { threadData, threadFile, ThreadWord } from './samplesThread';

/** CSV files up to this size are read sooner than a thread starts, some milliseconds at most. */
const smallBytes = 64 * 1024;

/** A thread that is not ready by then never will be. */
const startMs = 60_000;

export interface SampleReaderDeps {
  limits: FileLimits;
  logger: LoggerService;
  /** What the thread runs; for tests. */
  file?: string;
}

type Asked = Omit<FileToFold, 'limits' | 'spoolDirectory'>;

/** No thread could be started; nothing was read yet. */
class NoThread extends Error {}

/**
 * Reads files of samples, each in a thread of its own: a large one takes a core for seconds, and what is in it was written by
 * somebody else. Time and memory of the thread are bounded, and it is gone with whatever it held once the file is read. Where
 * no thread can be started, files are read beside everything else, in a stream too.
 */
export class SampleReader {
  readonly limits: FileLimits;
  readonly #logger: LoggerService;
  readonly #file: string;
  #isWarned = false;

  constructor({ limits, logger, file = threadFile }: SampleReaderDeps) {
    this.limits = limits;
    this.#logger = logger;
    this.#file = file;
  }

  /** Throws an Error that says what is wrong with the file, or the reason of the signal once that aborts. */
  async read(
    stream: Readable,
    asked: Asked,
    signal: AbortSignal,
  ): Promise<FoldedFile> {
    const file = { ...asked, limits: this.limits, spoolDirectory: undefined };
    if (file.format === 'parquet')
      return this.#withSpool(spoolDirectory =>
        this.#readLarge(stream, { ...file, spoolDirectory }, signal),
      );
    if (file.isPacked) return this.#readLarge(stream, file, signal);
    const { head, rest } = await headOf(stream);
    return rest
      ? this.#readLarge(rest, file, signal)
      : foldFile(Readable.from(head), file);
  }

  async #readLarge(
    stream: Readable,
    file: FileToFold,
    signal: AbortSignal,
  ): Promise<FoldedFile> {
    if (!isThreadFile(this.#file, 'samplesThread'))
      return foldFile(stream, file);
    try {
      return await this.#readInThread(stream, file, signal);
    } catch (error) {
      if (!(error instanceof NoThread)) throw error;
      if (!this.#isWarned)
        this.#logger.warn(
          'A thread that reads sample files could not be started; until one can, they are read beside everything else, which holds it up',
          error,
        );
      this.#isWarned = true;
      return foldFile(stream, file);
    }
  }

  async #readInThread(
    stream: Readable,
    file: FileToFold,
    signal: AbortSignal,
  ): Promise<FoldedFile> {
    const { memoryMebibytes } = this.limits;
    let thread: Thread<ThreadWord> | undefined;
    let stop: (() => void) | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<FoldedFile>((resolve, reject) => {
        let isReady = false;
        const notStarted = (error: Error) =>
          reject(new NoThread(error.message, { cause: error }));
        stop = () => reject(signal.reason as Error);
        signal.addEventListener('abort', stop, { once: true });
        timer = setTimeout(
          () => notStarted(new Error('It did not start')),
          startMs,
        );
        try {
          const begun = new Thread<ThreadWord>({
            file: this.#file,
            data: threadData,
            limits: { maxOldGenerationSizeMb: memoryMebibytes },
            hear(word) {
              if (word.state === 'read') resolve(word.folded);
              else if (word.state === 'failed') reject(new Error(word.message));
              else {
                isReady = true;
                clearTimeout(timer);
                const bytes = webStreamOf(stream);
                begun.post({ stream: bytes, file }, [bytes]);
              }
            },
            broke(error) {
              if (!isReady) notStarted(error);
              else
                reject(
                  error.code === OUT_OF_MEMORY
                    ? new Error(
                        `takes more than ${memoryMebibytes} MiB of memory to read (aiAssurance.drift.files.maxMemoryMebibytes)`,
                      )
                    : error,
                );
            },
          });
          thread = begun;
        } catch (error) {
          notStarted(error as Error);
        }
      });
    } finally {
      clearTimeout(timer);
      if (stop) signal.removeEventListener('abort', stop);
      await thread?.end();
    }
  }

  /** A directory for one file. It is gone when the file is read, however that ends. */
  async #withSpool<T>(use: (directory: string) => Promise<T>): Promise<T> {
    const own = await mkdtemp(
      join(this.limits.directory, 'ai-assurance-sample-'),
    );
    try {
      return await use(own);
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  }
}

/** The first bytes of a stream, and all of it once more where it has more than these. */
async function headOf(
  stream: Readable,
): Promise<{ head: Buffer[]; rest: Readable | undefined }> {
  const chunks = stream.iterator({ destroyOnReturn: false });
  const head: Buffer[] = [];
  let length = 0;
  while (length <= smallBytes) {
    const { done, value } = await chunks.next();
    if (done) return { head, rest: undefined };
    head.push(value);
    length += value.length;
  }
  async function* whole() {
    yield* head;
    yield* chunks;
  }
  return { head, rest: Readable.from(whole(), { objectMode: false }) };
}

/** A stream that a thread can be given; the next part is read when the last one was taken. */
function webStreamOf(stream: Readable): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        // A copy: what is handed over goes with all of the memory that it lies in.
        else controller.enqueue(new Uint8Array(value));
      },
      cancel() {
        stream.destroy();
      },
    },
    { highWaterMark: 1 },
  );
}

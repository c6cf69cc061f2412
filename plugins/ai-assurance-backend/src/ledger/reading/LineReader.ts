import { LoggerService } from '@backstage/backend-plugin-api';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Chance } from '../../platform';
import { PreparedItem, statusOf, timeTextOf } from '../core/prepare';
import { HASH_LENGTH, MAX_LINES, ReadColumns } from './columns';
import { threadData, threadFile, threadIsReady } from './readingThread';

/** A line that is a good item, ready to be recorded. */
export interface ReadLine {
  prepared: PreparedItem;
  /** When its envelope says that it was collected. */
  collectedAtMs: number;
}

/** What one line is; `undefined` for one that has to be read, and judged, where it came in. */
export type LineReading = ReadLine | undefined;

/** Fewer lines are read sooner than they are handed over. */
const MIN_LINES = 200;

/** A thread that has nothing to do ends after this time, and gives its memory back. */
const idleMs = 60_000;

export interface LineReaderDeps {
  chance: Chance;
  logger: LoggerService;
  /** What the thread runs, and how many can run at once; for tests. */
  file?: string;
  cores?: number;
}

interface Waiting {
  count: number;
  salts: Uint8Array;
  resolve(readings: LineReading[]): void;
}

const newline = 0x0a;

/**
 * Reads lines in a thread of its own, while the one that serves requests writes what was read before: parsing, checking,
 * canonical texts and hashes cost as much as the database. One thread, since only one transaction is written at a time.
 * It is started when it is first needed. Where it cannot be, or breaks, lines are left unread: the caller reads them itself.
 */
export class LineReader {
  readonly #deps: LineReaderDeps;
  readonly #file: string;
  readonly #waiting: Waiting[] = [];
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isUsable: boolean;

  constructor(deps: LineReaderDeps) {
    const { file = threadFile, cores = availableParallelism() } = deps;
    this.#deps = deps;
    this.#file = file;
    this.#isUsable = cores > 1 && isThreadFile(file);
  }

  /** Reads lines, in their order and without their line breaks. Never rejects. */
  async read(lines: Uint8Array[]): Promise<LineReading[]> {
    const count = lines.length;
    const unread: LineReading[] = new Array(count).fill(undefined);
    if (count < MIN_LINES || count > MAX_LINES) return unread;
    const thread = this.#started();
    if (!thread) return unread;
    const bytes = joined(lines);
    const salts = this.#deps.chance.bytes(count * HASH_LENGTH);
    return new Promise(resolve => {
      this.#waiting.push({ count, salts, resolve });
      thread.ref();
      clearTimeout(this.#idle);
      thread.postMessage({ bytes, count, salts }, [bytes.buffer]);
    });
  }

  /** Ends the thread. What it was asked is left unread. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#forget(undefined);
    await thread?.terminate();
  }

  #started(): Worker | undefined {
    if (this.#thread || !this.#isUsable) return this.#thread;
    try {
      const thread = new Worker(this.#file, {
        workerData: threadData,
        execArgv: sourceLoader(this.#file),
      });
      thread.unref();
      thread.on('message', (said: ReadColumns | typeof threadIsReady) => {
        // What a thread still says that was ended would be taken for the answer of the next.
        if (said !== threadIsReady && thread === this.#thread)
          this.#answer(said);
      });
      thread.on('error', error => this.#broke(thread, error));
      thread.on('exit', () => this.#broke(thread, undefined));
      this.#thread = thread;
    } catch (error) {
      this.#giveUp(error as Error);
    }
    return this.#thread;
  }

  #answer(columns: ReadColumns): void {
    const { count, salts, resolve } = this.#waiting.shift()!;
    if (this.#waiting.length === 0) {
      this.#thread?.unref();
      this.#idle = setTimeout(() => void this.close(), idleMs);
      this.#idle.unref();
    }
    resolve(linesOf(columns, count, salts));
  }

  /** A thread that this reader ended itself is not its thread any more. */
  #broke(thread: Worker, error: Error | undefined): void {
    if (thread !== this.#thread) return;
    this.#giveUp(error ?? new Error('It ended'));
  }

  #giveUp(error: Error): void {
    this.#isUsable = false;
    this.#deps.logger.warn(
      'The thread that reads lines of evidence broke; they are read beside everything else from now on, which takes longer',
      error,
    );
    this.#forget(undefined);
  }

  #forget(thread: Worker | undefined): void {
    clearTimeout(this.#idle);
    this.#thread = thread;
    for (const { count, resolve } of this.#waiting.splice(0))
      resolve(new Array(count).fill(undefined));
  }
}

/** Bundled into one file, that file is the whole server: a second one must not be started. */
function isThreadFile(file: string): boolean {
  return basename(file).startsWith('readingThread.');
}

/** In the source tree, a thread needs what loads TypeScript, as the process has it that starts it; it does not inherit all of it. */
function sourceLoader(file: string): string[] | undefined {
  return file.endsWith('.ts')
    ? ['--require', require.resolve('@backstage/cli/config/nodeTransform.cjs')]
    : undefined;
}

function joined(lines: Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0;
  for (const line of lines) length += line.length + 1;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const line of lines) {
    bytes.set(line, at);
    at += line.length;
    bytes[at] = newline;
    at += 1;
  }
  return bytes;
}

function linesOf(
  columns: ReadColumns,
  count: number,
  salts: Uint8Array,
): LineReading[] {
  const { words } = columns;
  const lines: LineReading[] = [];
  for (let at = 0; at < count; at += 1) {
    if (columns.isGood[at] === 0) {
      lines.push(undefined);
      continue;
    }
    const from = at * HASH_LENGTH;
    const to = from + HASH_LENGTH;
    const time = columns.time[at];
    const timeMs = columns.timeMs[at];
    const expiresAtMs = columns.expiresAtMs[at];
    lines.push({
      collectedAtMs: columns.collectedAtMs[at],
      prepared: {
        item: {
          id: columns.id[at],
          source: words[columns.source[at]],
          subject: words[columns.subject[at]],
          time,
          type: words[columns.type[at]],
        },
        timeMs,
        timeText: timeTextOf(time, timeMs),
        expiresAtMs: Number.isNaN(expiresAtMs) ? undefined : expiresAtMs,
        status: statusOf({ status: columns.status[at] }),
        envelope: columns.envelope[at],
        payload: columns.payload[at],
        salt: salts.subarray(from, to),
        payloadCommitment: columns.payloadCommitment.subarray(from, to),
        leafHash: columns.leafHash.subarray(from, to),
      },
    });
  }
  return lines;
}

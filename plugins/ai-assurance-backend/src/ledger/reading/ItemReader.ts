import { LoggerService } from '@backstage/backend-plugin-api';
import { availableParallelism } from 'node:os';
import { Chance, isThreadFile, Thread } from '../../platform';
import { PreparedItem, statusOf, timeTextOf } from '../core/prepare';
import {
  FEWEST_BYTES,
  HASH_LENGTH,
  MAX_ITEMS,
  ReadColumns,
  saltAt,
  TextToRead,
} from './columns';
import { threadData, threadFile, threadIsReady } from './readingThread';

/** A good item, ready to be recorded. */
export interface ReadItem {
  prepared: PreparedItem;
  /** When its envelope says that it was collected. */
  collectedAtMs: number;
}

/** What a line or a value is; `undefined` for one that has to be read, and judged, where it came in. */
export type ReadOutcome = ReadItem | undefined;

/** Fewer are read sooner than they are handed over. */
const minLines = 200;
const minListBytes = 32 * 1024;

export interface ItemReaderDeps {
  chance: Chance;
  logger: LoggerService;
  /** What the thread runs, and how many can run at once; for tests. */
  file?: string;
  cores?: number;
}

interface Waiting {
  salts: Uint8Array;
  /** Empty: what was handed over is left unread. */
  resolve(outcomes: ReadOutcome[]): void;
}

const newline = 0x0a;

/**
 * Reads items in a thread of its own, while the one that serves requests writes what was read before: parsing, checking,
 * canonical texts and hashes cost as much as the database. One thread, since only one transaction is written at a time.
 * It is started when it is first needed. Where it cannot be, or breaks, items are left unread: the caller reads them itself.
 */
export class ItemReader {
  readonly #deps: ItemReaderDeps;
  readonly #file: string;
  readonly #waiting: Waiting[] = [];
  #thread: Thread<ReadColumns | typeof threadIsReady> | undefined;
  #isUsable: boolean;

  constructor(deps: ItemReaderDeps) {
    const { file = threadFile, cores = availableParallelism() } = deps;
    this.#deps = deps;
    this.#file = file;
    this.#isUsable = cores > 1 && isThreadFile(file, 'readingThread');
  }

  /** Reads lines, in their order and without their line breaks. Never rejects. */
  async readLines(lines: Uint8Array[]): Promise<ReadOutcome[]> {
    const { length } = lines;
    const outcomes =
      length < minLines || length > MAX_ITEMS
        ? []
        : await this.#read('lines', joined(lines));
    return outcomes.length === length
      ? outcomes
      : new Array(length).fill(undefined);
  }

  /**
   * Reads a JSON list of items, in UTF-8. `undefined` when it is left unread: because it is short, or no list, or longer than
   * {@link MAX_ITEMS}. Never rejects.
   */
  async readList(bytes: Uint8Array): Promise<ReadOutcome[] | undefined> {
    if (bytes.length < minListBytes) return undefined;
    // A copy: what is handed over is gone here, and the caller may have to read it again.
    const outcomes = await this.#read('list', new Uint8Array(bytes));
    return outcomes.length === 0 ? undefined : outcomes;
  }

  async #read(
    form: TextToRead['form'],
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<ReadOutcome[]> {
    const thread = this.#started();
    if (!thread) return [];
    const mostItems = Math.min(
      Math.ceil(bytes.length / FEWEST_BYTES),
      MAX_ITEMS,
    );
    const salts = this.#deps.chance.bytes(mostItems * HASH_LENGTH);
    return new Promise(resolve => {
      this.#waiting.push({ salts, resolve });
      thread.work();
      const text: TextToRead = { form, bytes, salts };
      thread.post(text, [bytes.buffer]);
    });
  }

  /** Ends the thread. What it was asked is left unread. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#forget();
    await thread?.end();
  }

  #started(): Thread<ReadColumns | typeof threadIsReady> | undefined {
    if (!this.#isUsable || (this.#thread && !this.#thread.isOver))
      return this.#thread;
    try {
      this.#thread = new Thread<ReadColumns | typeof threadIsReady>({
        file: this.#file,
        data: threadData,
        hear: said => {
          if (said !== threadIsReady) this.#answer(said);
        },
        broke: error => this.#giveUp(error),
      });
    } catch (error) {
      this.#giveUp(error as Error);
    }
    return this.#thread;
  }

  #answer(columns: ReadColumns): void {
    const { salts, resolve } = this.#waiting.shift()!;
    if (this.#waiting.length === 0) this.#thread?.rest();
    resolve(itemsOf(columns, salts));
  }

  #giveUp(error: Error): void {
    this.#isUsable = false;
    this.#deps.logger.warn(
      'The thread that reads evidence broke; it is read beside everything else from now on, which takes longer',
      error,
    );
    this.#forget();
  }

  #forget(): void {
    this.#thread = undefined;
    for (const { resolve } of this.#waiting.splice(0)) resolve([]);
  }
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

function itemsOf(columns: ReadColumns, salts: Uint8Array): ReadOutcome[] {
  const { words } = columns;
  const items: ReadOutcome[] = [];
  let goodCount = 0;
  for (let at = 0; at < columns.isGood.length; at += 1) {
    if (columns.isGood[at] === 0) {
      items.push(undefined);
      continue;
    }
    const salt = saltAt(salts, goodCount);
    goodCount += 1;
    const from = at * HASH_LENGTH;
    const to = from + HASH_LENGTH;
    const time = columns.time[at];
    const timeMs = columns.timeMs[at];
    const expiresAtMs = columns.expiresAtMs[at];
    items.push({
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
        salt,
        payloadCommitment: columns.payloadCommitment.subarray(from, to),
        leafHash: columns.leafHash.subarray(from, to),
      },
    });
  }
  return items;
}

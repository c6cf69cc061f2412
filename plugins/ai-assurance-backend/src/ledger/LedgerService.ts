import {
  Hasher,
  LeafHasher,
  leafHasher,
  NoteSigner,
  readEvidenceItem,
  SALT_LENGTH,
} from '@ai-assurance/evidence';
import {
  Chance,
  Clock,
  createGroupWriter,
  Db,
  GroupWriter,
  instantOf,
  Outbox,
  OutboxMessage,
  Tx,
  withCode,
} from '../platform';
import { prepare, PreparedItem } from './core/prepare';
import { LedgerStore } from './LedgerStore';
import { ItemReader, ReadOutcome } from './reading/ItemReader';
import {
  AppendOutcome,
  EvidenceDraft,
  EvidenceIntake,
  GoodReading,
  Ledger,
  LedgerSigning,
} from './types';

/** Keeps a transaction, and with it the lock that all writers share, to some ten milliseconds. */
const maxItemsPerTransaction = 2000;

export interface LedgerServiceDeps {
  db: Db;
  clock: Clock;
  chance: Chance;
  outbox: Outbox;
  hash: Hasher;
  signer: NoteSigner;
  store: LedgerStore;
  reader: ItemReader;
}

/** Recording evidence: our own rooms' drafts, and items that others push. */
export class LedgerService implements Ledger, LedgerSigning, EvidenceIntake {
  readonly #deps: LedgerServiceDeps;
  readonly #hasher: LeafHasher;
  readonly #pushed: GroupWriter<PreparedItem[], AppendOutcome[]>;

  constructor(deps: LedgerServiceDeps) {
    this.#deps = deps;
    this.#hasher = leafHasher(deps.hash);
    this.#pushed = createGroupWriter({
      db: deps.db,
      work: (tx, batches) => this.#record(tx, batches),
      quickly: batches => this.#recordAlone(batches),
      weightOf: batch => batch.length,
      maxWeight: maxItemsPerTransaction,
    });
  }

  get signer(): NoteSigner {
    return this.#deps.signer;
  }

  async append(tx: Tx, drafts: EvidenceDraft[]): Promise<AppendOutcome[]> {
    const prepared = drafts.map(draft => this.#prepare(readingOfDraft(draft)));
    return this.#deps.store.append(tx, prepared, this.#deps.clock.nowMs());
  }

  async appendReadings(
    tx: Tx,
    readings: GoodReading[],
  ): Promise<AppendOutcome[]> {
    const prepared = readings.map(reading => this.#prepare(reading));
    return this.#deps.store.append(tx, prepared, this.#deps.clock.nowMs());
  }

  async record(
    items: (GoodReading | PreparedItem)[],
  ): Promise<AppendOutcome[]> {
    if (items.length === 0) return [];
    return this.#pushed.write(
      items.map(item => ('ok' in item ? this.#prepare(item) : item)),
    );
  }

  async readLines(lines: Uint8Array[]): Promise<ReadOutcome[]> {
    return this.#deps.reader.readLines(lines);
  }

  async readList(bytes: Uint8Array): Promise<ReadOutcome[] | undefined> {
    return this.#deps.reader.readList(bytes);
  }

  /** Records what several callers push in one transaction, under one head. */
  async #record(tx: Tx, batches: PreparedItem[][]): Promise<AppendOutcome[][]> {
    const { clock, outbox, store } = this.#deps;
    const items = batches.flat();
    await outbox.queue(tx, announcementOf(items));
    const outcomes = await store.append(tx, items, clock.nowMs());
    return outcomesOfEach(batches, outcomes);
  }

  /** The same in one statement, where nothing has to be looked up; `undefined` when it has to be. */
  async #recordAlone(
    batches: PreparedItem[][],
  ): Promise<AppendOutcome[][] | undefined> {
    const { db, clock, outbox, store } = this.#deps;
    const items = batches.flat();
    const outcomes = await store.appendAlone(
      db,
      items,
      outbox.rowOf(announcementOf(items)),
      clock.nowMs(),
    );
    return outcomes && outcomesOfEach(batches, outcomes);
  }

  #prepare(reading: GoodReading): PreparedItem {
    return prepare(reading, this.#deps.chance.bytes(SALT_LENGTH), this.#hasher);
  }
}

function announcementOf(items: PreparedItem[]): OutboxMessage {
  return {
    topic: 'evidence.pushed',
    subjects: [...new Set(items.map(entry => entry.item.subject))],
  };
}

function outcomesOfEach(
  batches: PreparedItem[][],
  outcomes: AppendOutcome[],
): AppendOutcome[][] {
  let at = 0;
  return batches.map(batch => outcomes.slice(at, (at += batch.length)));
}

function readingOfDraft(draft: EvidenceDraft): GoodReading {
  const reading = readEvidenceItem({
    specversion: '1.0',
    id: draft.id,
    source: draft.source,
    type: draft.type,
    subject: draft.subject,
    time: instantOf(draft.timeMs),
    datacontenttype: 'application/json',
    data: { envelope: draft.envelope, payload: draft.payload },
  });
  if (!reading.ok) {
    throw withCode(
      new Error(
        `${draft.type} about ${
          draft.subject
        } is not valid evidence: ${reading.problems.join('; ')}`,
      ),
      'INVALID_DRAFT',
    );
  }
  return reading;
}

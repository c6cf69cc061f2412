import {
  EvidenceItem,
  Hasher,
  NoteSigner,
  readEvidenceItem,
  SALT_LENGTH,
} from '@ai-assurance/evidence';
import { IngestResult } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { NotAllowedError } from '@backstage/errors';
import {
  Chance,
  Clock,
  createGroupWriter,
  Db,
  GroupWriter,
  instantOf,
  Outbox,
  Tx,
  withCode,
} from '../platform';
import { refusalOf } from './core/incoming';
import { prepare, PreparedItem } from './core/prepare';
import { LedgerStore } from './LedgerStore';
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

type ItemResult = IngestResult['results'][number];

export interface LedgerServiceDeps {
  db: Db;
  clock: Clock;
  chance: Chance;
  outbox: Outbox;
  hash: Hasher;
  signer: NoteSigner;
  store: LedgerStore;
  maxClockAheadMs: number;
  subjects: { get(entityRef: string): Promise<object | undefined> };
}

/** Recording evidence: our own rooms' drafts, and items that others push. */
export class LedgerService implements Ledger, LedgerSigning, EvidenceIntake {
  readonly #deps: LedgerServiceDeps;
  readonly #pushed: GroupWriter<PreparedItem[], AppendOutcome[]>;

  constructor(deps: LedgerServiceDeps) {
    this.#deps = deps;
    this.#pushed = createGroupWriter({
      db: deps.db,
      work: (tx, batches) => this.#record(tx, batches),
      weightOf: batch => batch.length,
      maxWeight: maxItemsPerTransaction,
    });
  }

  get signer(): NoteSigner {
    return this.#deps.signer;
  }

  async append(tx: Tx, drafts: EvidenceDraft[]): Promise<AppendOutcome[]> {
    const prepared = drafts.map(draft => this.#prepare(itemOfDraft(draft)));
    return this.#deps.store.append(tx, prepared, this.#deps.clock.nowMs());
  }

  async appendReadings(
    tx: Tx,
    readings: GoodReading[],
  ): Promise<AppendOutcome[]> {
    const prepared = readings.map(({ item }) => this.#prepare(item));
    return this.#deps.store.append(tx, prepared, this.#deps.clock.nowMs());
  }

  async record(readings: GoodReading[]): Promise<AppendOutcome[]> {
    if (readings.length === 0) return [];
    return this.#pushed.write(readings.map(({ item }) => this.#prepare(item)));
  }

  /**
   * Records what others push, and answers item by item, in order. Safe to repeat: an item that is known already changes
   * nothing. `mayPush` is asked once for each subject. Throws NotAllowedError when the caller may push none of the items
   * that could be read.
   */
  async push(
    values: unknown[],
    mayPush: (subject: string) => Promise<boolean>,
  ): Promise<IngestResult> {
    const nowMs = this.#deps.clock.nowMs();
    const results: ItemResult[] = [];
    const read: { index: number; item: EvidenceItem }[] = [];
    values.forEach((value, index) => {
      const reading = readEvidenceItem(value);
      if (reading.ok) read.push({ index, item: reading.item });
      else
        results[index] = {
          index,
          outcome: 'refused',
          code: reading.code,
          message: reading.problems.join('; '),
        };
    });

    const subjects = new Map<string, { mayPush: boolean; isKnown: boolean }>();
    for (const { item } of read) {
      if (subjects.has(item.subject)) continue;
      const allowed = await mayPush(item.subject);
      const isKnown =
        allowed && (await this.#deps.subjects.get(item.subject)) !== undefined;
      subjects.set(item.subject, { mayPush: allowed, isKnown });
    }
    if (
      read.length > 0 &&
      [...subjects.values()].every(subject => !subject.mayPush)
    ) {
      throw withCode(
        new NotAllowedError(
          `You need the permission ai-assurance.evidence.push on ${[
            ...subjects.keys(),
          ]
            .slice(0, 5)
            .join(', ')}: usually its owner holds it.`,
        ),
        'NOT_ALLOWED',
      );
    }

    const taken: { index: number; prepared: PreparedItem }[] = [];
    for (const { index, item } of read) {
      const refusal = this.#refusal(item, subjects.get(item.subject)!, nowMs);
      if (refusal) results[index] = { index, outcome: 'refused', ...refusal };
      else taken.push({ index, prepared: this.#prepare(item) });
    }
    if (taken.length > 0) {
      const outcomes = await this.#pushed.write(
        taken.map(entry => entry.prepared),
      );
      taken.forEach(({ index, prepared }, at) => {
        results[index] = resultOf(index, prepared.item, outcomes[at]);
      });
    }
    return {
      results,
      acceptedCount: results.filter(result => result.outcome === 'accepted')
        .length,
    };
  }

  /** Records what several callers push in one transaction, under one head. */
  async #record(tx: Tx, batches: PreparedItem[][]): Promise<AppendOutcome[][]> {
    const { clock, outbox, store } = this.#deps;
    const items = batches.flat();
    await outbox.queue(tx, {
      topic: 'evidence.pushed',
      subjects: [...new Set(items.map(entry => entry.item.subject))],
    });
    const outcomes = await store.append(tx, items, clock.nowMs());
    let at = 0;
    return batches.map(batch => outcomes.slice(at, (at += batch.length)));
  }

  #refusal(
    item: EvidenceItem,
    subject: { mayPush: boolean; isKnown: boolean },
    nowMs: number,
  ): { code: string; message: string } | undefined {
    if (!subject.mayPush) {
      return {
        code: 'NOT_ALLOWED',
        message: `You need the permission ai-assurance.evidence.push on ${item.subject}: usually its owner holds it.`,
      };
    }
    if (!subject.isKnown) {
      return {
        code: 'UNKNOWN_SUBJECT',
        message: `subject: ${item.subject} is not an AI service, model or device cohort in the catalog. Register it, then push again.`,
      };
    }
    return refusalOf(item, { nowMs, maxAheadMs: this.#deps.maxClockAheadMs });
  }

  #prepare(item: EvidenceItem): PreparedItem {
    return prepare(item, this.#deps.chance.bytes(SALT_LENGTH), this.#deps.hash);
  }
}

function itemOfDraft(draft: EvidenceDraft): EvidenceItem {
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
  return reading.item;
}

function resultOf(
  index: number,
  item: EvidenceItem,
  { outcome, evidenceId }: AppendOutcome,
): ItemResult {
  if (outcome !== 'conflict') return { index, outcome, evidenceId };
  return {
    index,
    outcome,
    evidenceId,
    code: 'ID_CONFLICT',
    message: `id: ${item.id} of ${item.source} is already recorded with other content, as evidence ${evidenceId}. Evidence is never changed: send the new fact under a new id.`,
  };
}

import { Ids, Tx } from '../platform';
import { Content, digestOf } from './content';
import { storable } from './core/given';
import { QuarantineBounds } from './settings';
import { QuarantineRow } from './tables';
import { Given, Sender } from './types';

const rowsPerQuery = 100;
const maxMessageLength = 2000;
const maxGivenNameLength = 300;

/** An item that is not let in, and why. */
export interface BadItem {
  given: Given;
  code: string;
  message: string;
  content: Content;
}

/** What the bounds leave no room for. */
export type KeptItem = { quarantineId: string } | 'full';

const chunksOf = <T>(items: T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / rowsPerQuery) }, (_, i) =>
    items.slice(i * rowsPerQuery, (i + 1) * rowsPerQuery),
  );

/** The only writer of the quarantine. */
export class QuarantineStore {
  readonly #deps: { ids: Ids; bounds: QuarantineBounds };

  constructor(deps: { ids: Ids; bounds: QuarantineBounds }) {
    this.#deps = deps;
  }

  /** Keeps items, or counts them where the same content of the same sender waits already. Answers in their order. */
  async keep(
    tx: Tx,
    sender: Pick<Sender, 'origin' | 'caller'>,
    items: BadItem[],
    nowMs: number,
  ): Promise<KeptItem[]> {
    const senderKey = senderKeyOf(sender);
    const counts = new Map<string, { item: BadItem; count: number }>();
    for (const item of items) {
      const count = (counts.get(item.content.digest)?.count ?? 0) + 1;
      counts.set(item.content.digest, { item, count });
    }
    const waiting = await this.#waitingIds(tx, senderKey, [...counts.keys()]);
    const fresh = [...counts.values()].filter(
      ({ item }) => !waiting.has(item.content.digest),
    );
    const taken = await this.#thatFit(tx, senderKey, fresh);
    const rows = [...counts.values()]
      .filter(entry => !fresh.includes(entry) || taken.has(entry))
      .map(({ item, count }) =>
        this.#row(sender, senderKey, item, { count, nowMs }),
      )
      // One order for all who write, or two could wait for each other.
      .sort((a, b) => (a.digest < b.digest ? -1 : 1));
    for (const chunk of chunksOf(rows)) {
      await tx<QuarantineRow>('quarantine_item')
        .insert(chunk)
        .onConflict(tx.raw("(sender, digest) WHERE state = 'waiting'") as any)
        .merge({
          received_count: tx.raw(
            'quarantine_item.received_count + excluded.received_count',
          ),
          last_received_at_ms: tx.raw('excluded.last_received_at_ms'),
          code: tx.raw('excluded.code'),
          message: tx.raw('excluded.message'),
        } as any);
    }
    // Read back: somebody else may have brought the same content a moment ago.
    const ids = await this.#waitingIds(
      tx,
      senderKey,
      rows.map(row => row.digest),
    );
    return items.map(({ content }) => {
      const quarantineId = ids.get(content.digest);
      return quarantineId === undefined ? 'full' : { quarantineId };
    });
  }

  /** Ends the waiting of an item; false when it moved on meanwhile. Its bytes are erased. */
  async resolve(
    tx: Tx,
    row: Pick<QuarantineRow, 'id' | 'row_version'>,
    resolution: {
      state: 'replayed' | 'discarded';
      resolvedBy: string;
      nowMs: number;
      discardReason?: string;
    },
  ): Promise<boolean> {
    const moved = await tx<QuarantineRow>('quarantine_item')
      .where({ id: row.id, row_version: row.row_version, state: 'waiting' })
      .update({
        state: resolution.state,
        row_version: row.row_version + 1,
        resolved_by: resolution.resolvedBy,
        resolved_at_ms: resolution.nowMs,
        discard_reason: resolution.discardReason ?? null,
        content: null,
        kept_bytes: 0,
      });
    return moved === 1;
  }

  /** Names the evidence of a resolution, in the transaction that resolved the item and so holds its row. */
  async nameEvidence(tx: Tx, id: string, evidenceId: string): Promise<void> {
    await tx<QuarantineRow>('quarantine_item')
      .where({ id })
      .update({ evidence_id: evidenceId });
  }

  /** Notes why an item still waits; false when it moved on meanwhile. */
  async stillWaits(
    tx: Tx,
    row: Pick<QuarantineRow, 'id' | 'row_version'>,
    why: { code: string; message: string },
    nowMs: number,
  ): Promise<boolean> {
    const moved = await tx<QuarantineRow>('quarantine_item')
      .where({ id: row.id, row_version: row.row_version, state: 'waiting' })
      .update({
        code: why.code,
        message: storable(why.message, maxMessageLength),
        row_version: row.row_version + 1,
        last_judged_at_ms: nowMs,
      });
    return moved === 1;
  }

  /** Puts items that were looked at, and are as they were, at the end of the queue. */
  async lookedAt(tx: Tx, ids: string[], nowMs: number): Promise<void> {
    for (const chunk of chunksOf(ids)) {
      await tx<QuarantineRow>('quarantine_item')
        .whereIn('id', chunk)
        .update({ last_judged_at_ms: nowMs });
    }
  }

  /** Forgets what was resolved before an instant. Its evidence stays in the ledger. */
  async forget(tx: Tx, resolvedBeforeMs: number): Promise<number> {
    return tx<QuarantineRow>('quarantine_item')
      .where('resolved_at_ms', '<', resolvedBeforeMs)
      .delete();
  }

  async #waitingIds(
    tx: Tx,
    sender: string,
    digests: string[],
  ): Promise<Map<string, string>> {
    const ids = new Map<string, string>();
    for (const chunk of chunksOf(digests)) {
      const rows = await tx<QuarantineRow>('quarantine_item')
        .select('quarantine_item.id', 'quarantine_item.digest')
        .where({ sender, state: 'waiting' })
        .whereIn('quarantine_item.digest', chunk);
      for (const row of rows) ids.set(row.digest, row.id);
    }
    return ids;
  }

  async #thatFit<T extends { item: BadItem }>(
    tx: Tx,
    sender: string,
    fresh: T[],
  ): Promise<Set<T>> {
    if (fresh.length === 0) return new Set();
    const used = await tx<QuarantineRow>('quarantine_item')
      .where({ sender, state: 'waiting' })
      .count({ items: '*' })
      .sum({ bytes: 'kept_bytes' })
      .first();
    let items = Number(used?.items ?? 0);
    let bytes = Number(used?.bytes ?? 0);
    const { maxItems, maxBytes } = this.#deps.bounds;
    return new Set(
      fresh.filter(({ item }) => {
        const { keptBytes } = item.content;
        if (items + 1 > maxItems || bytes + keptBytes > maxBytes) return false;
        items += 1;
        bytes += keptBytes;
        return true;
      }),
    );
  }

  #row(
    sender: Pick<Sender, 'origin' | 'caller'>,
    senderKey: string,
    item: BadItem,
    { count, nowMs }: { count: number; nowMs: number },
  ): QuarantineRow {
    const { given, content } = item;
    return {
      id: this.#deps.ids.next('qua'),
      received_at_ms: nowMs,
      last_received_at_ms: nowMs,
      received_count: count,
      origin: sender.origin,
      caller: storable(sender.caller, maxGivenNameLength),
      sender: senderKey,
      source: given.source ?? null,
      given_id: given.id ?? null,
      type: given.type ?? null,
      subject: given.subject ?? null,
      code: item.code,
      message: storable(item.message, maxMessageLength),
      content: content.text,
      encoding: content.encoding,
      size_bytes: content.sizeBytes,
      kept_bytes: content.keptBytes,
      digest: content.digest,
      state: 'waiting',
      row_version: 1,
      last_judged_at_ms: nowMs,
      resolved_by: null,
      resolved_at_ms: null,
      discard_reason: null,
      evidence_id: null,
    };
  }
}

function senderKeyOf({ origin, caller }: Pick<Sender, 'origin' | 'caller'>) {
  return digestOf(JSON.stringify([origin, caller]));
}

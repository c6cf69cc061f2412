import { Readable } from 'node:stream';
import { KeyRecord, PackManifest, startPack } from '@ai-assurance/evidence';
import { Pack } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  EvidenceDraft,
  Ledger,
  LedgerAnswers,
  LedgerEntry,
  LedgerExport,
  LedgerLookup,
  LedgerSigning,
} from '../ledger';
import { Clock, Db, Ids, instantOf, Outbox, withCode } from '../platform';
import { AuditStore } from './AuditStore';
import { periodProblem } from './core/period';
import { nativeHashing, PackFolder } from './PackFolder';

/** Source of the statements that a pack was exported; each has the id of its pack. */
const source = '/ai-assurance/audit';

export interface AuditServiceDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger & LedgerSigning;
  ledgerAnswers: LedgerAnswers & LedgerExport & LedgerLookup;
  verifierKey: string;
  /** Every key of the log, so that a pack is verified also by who trusts an earlier one. */
  keys: { list(): Promise<KeyRecord[]> };
  store: AuditStore;
  folder: PackFolder;
}

/** Exporting evidence for people outside. */
export class AuditService {
  readonly #deps: AuditServiceDeps;

  constructor(deps: AuditServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Exports the evidence about one subject that was observed in a period. Every call makes a new pack, and a new item of
   * evidence that it was made. Throws InputError `INVALID_PERIOD`, NotFoundError `NOTHING_TO_EXPORT`, and NotAllowedError
   * `PERSON_NEEDED` to machines: who took evidence out is a person.
   */
  async createPack(
    wish: { subject: string; periodStartMs: number; periodEndMs: number },
    caller: { ref: string; isUser: boolean },
  ): Promise<Pack> {
    const { clock, ids, ledgerAnswers, folder } = this.#deps;
    const nowMs = clock.nowMs();
    const problem = periodProblem(
      { startMs: wish.periodStartMs, endMs: wish.periodEndMs },
      nowMs,
    );
    if (problem) throw withCode(new InputError(problem), 'INVALID_PERIOD');
    if (!caller.isUser) {
      throw withCode(
        new NotAllowedError(
          'An export names the person who made it. Export as a signed-in user, not with a service token.',
        ),
        'PERSON_NEEDED',
      );
    }

    const head = await ledgerAnswers.head();
    const entries = ledgerAnswers
      .entries({
        subject: wish.subject,
        fromMs: wish.periodStartMs,
        toMs: wish.periodEndMs,
        size: head?.size ?? 0,
      })
      [Symbol.asyncIterator]();
    const first = await entries.next();
    if (!head || first.done) {
      throw withCode(
        new NotFoundError(
          `No evidence about ${wish.subject} was observed from ${instantOf(
            wish.periodStartMs,
          )} to ${instantOf(wish.periodEndMs)}. Check subject and period.`,
        ),
        'NOTHING_TO_EXPORT',
      );
    }

    const keyHistory = await this.#deps.keys.list();
    requireOwnKey(keyHistory, this.#deps.verifierKey);
    const packId = ids.next('pack');
    const writer = startPack(nativeHashing);
    let manifest: PackManifest | undefined;
    const lines = async function* linesOf() {
      for (
        let next: IteratorResult<LedgerEntry> = first;
        !next.done;
        next = await entries.next()
      )
        yield writer.add(next.value);
    };
    const written = await folder.write(packId, lines(), () => {
      const finished = writer.finish(
        {
          packId,
          subject: wish.subject,
          periodStart: instantOf(wish.periodStartMs),
          periodEnd: instantOf(wish.periodEndMs),
          exportedBy: caller.ref,
          exportedAt: instantOf(nowMs),
          checkpoint: head.checkpoint,
          verifierKey: this.#deps.verifierKey,
          keyHistory,
        },
        this.#deps.ledger.signer,
      );
      manifest = finished.manifest;
      return finished.files;
    });
    const pack: Pack = {
      ...wish,
      ...written,
      packId,
      itemCount: manifest!.counts.evidence,
      treeSize: head.size,
      exportedBy: caller.ref,
      exportedAtMs: nowMs,
    };
    await this.#record(pack, head.rootHash);
    return pack;
  }

  async list(asOfMs?: number): Promise<Pack[]> {
    const packs = await this.#deps.store.list(asOfMs);
    return asOfMs === undefined ? packs : this.#recordedBy(packs, asOfMs);
  }

  /** A pack is dated by when its export began; it is known since its export was recorded. */
  async #recordedBy(packs: Pack[], asOfMs: number): Promise<Pack[]> {
    const recordings = await this.#deps.ledgerAnswers.bySource(
      source,
      packs.map(({ packId }) => packId),
    );
    return packs.filter(({ packId }) => {
      const recorded = recordings.get(packId);
      return recorded !== undefined && recorded.recordedAtMs <= asOfMs;
    });
  }

  /** A pack and its bytes. Throws NotFoundError `PACK_NOT_FOUND`, or `PACK_FILE_MISSING` when the file is gone or cut. */
  async open(
    packId: string,
    asOfMs?: number,
  ): Promise<{ pack: Pack; read(): Readable }> {
    const { store, folder } = this.#deps;
    const pack = await store.byId(packId);
    const isKnown =
      pack !== undefined &&
      (asOfMs === undefined ||
        (await this.#recordedBy([pack], asOfMs)).length === 1);
    if (!isKnown)
      throw withCode(
        new NotFoundError(`There is no pack ${packId}.`),
        'PACK_NOT_FOUND',
      );
    if ((await folder.sizeOf(packId)) !== pack.sizeBytes) {
      throw withCode(
        new NotFoundError(
          `The file of pack ${packId} is gone from the pack folder or was changed there. Export it again.`,
        ),
        'PACK_FILE_MISSING',
      );
    }
    return { pack, read: () => folder.read(packId) };
  }

  async #record(pack: Pack, rootHash: string): Promise<void> {
    const { db, store, outbox, ledger, folder } = this.#deps;
    try {
      await db.transaction(async tx => {
        await store.insert(tx, pack);
        await outbox.queue(tx, {
          topic: 'audit.exported',
          subjects: [pack.subject],
        });
        await ledger.append(tx, [exportV1(pack, rootHash)]);
      });
    } catch (error) {
      await folder.remove(pack.packId); // No row, no evidence: then no file either.
      throw error;
    }
  }
}

/** A replica that still holds a key which the log has replaced must sign no pack. */
function requireOwnKey(keys: KeyRecord[], verifierKey: string): void {
  if (keys[keys.length - 1].verifierKey === verifierKey) return;
  throw withCode(
    new ConflictError(
      'The ledger signs with another key now than this replica holds, so that no pack was made. Give every replica the same key and start it again.',
    ),
    'SIGNING_KEY_ROTATED',
  );
}

function exportV1(
  pack: Pack,
  rootHash: string,
): EvidenceDraft<'io.ai-assurance.export.v1'> {
  const periodStart = instantOf(pack.periodStartMs);
  const periodEnd = instantOf(pack.periodEndMs);
  return {
    type: 'io.ai-assurance.export.v1',
    source,
    id: pack.packId,
    subject: pack.subject,
    timeMs: pack.exportedAtMs,
    envelope: {
      sourceSystem: 'ai-assurance.audit',
      windowStart: periodStart,
      windowEnd: periodEnd,
      sampleCount: pack.itemCount,
      collector: { id: 'ai-assurance.audit', version: '1' },
      collectedAt: instantOf(pack.exportedAtMs),
    },
    payload: {
      packId: pack.packId,
      exportedBy: pack.exportedBy,
      periodStart,
      periodEnd,
      itemCount: pack.itemCount,
      treeSize: pack.treeSize,
      rootHash,
      fileDigest: pack.fileDigest,
    },
  };
}

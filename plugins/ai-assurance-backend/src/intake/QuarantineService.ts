import {
  Quarantined,
  QuarantineReplay,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ConflictError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { EvidenceIntake, GoodReading, Ledger } from '../ledger';
import { Clock, Db, Outbox, Task, withCode } from '../platform';
import { conflictOf } from './core/outcome';
import { MAPPING_CODES } from './core/webhooks/mapping';
import { discardDraft } from './discardDraft';
import { IntakeService } from './IntakeService';
import {
  isTruncated,
  QuarantineAnswers,
  quarantinedOf,
} from './QuarantineAnswers';
import { QuarantineStore } from './QuarantineStore';
import { IntakeSettings } from './settings';
import { QuarantineRow } from './tables';
import { Judgement } from './types';

/** Reasons that may go away by themselves: the catalog learns a subject, time passes, a release learns a kind. */
const passingCodes = [
  'UNKNOWN_SUBJECT',
  'CLOCK_AHEAD',
  'UNKNOWN_TYPE',
  'UNKNOWN_VERSION',
  'NO_SUBJECT',
] as const;

const itemsPerSweep = 200;
const sweeper = 'ai-assurance.intake';

export interface QuarantineServiceDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Ledger & Pick<EvidenceIntake, 'appendReadings'>;
  intake: IntakeService;
  store: QuarantineStore;
  answers: QuarantineAnswers;
  settings: IntakeSettings;
  /** Makes evidence of what a webhook delivered, once more; `undefined` where that is still not possible. */
  remap(origin: string, body: unknown): Promise<unknown[] | undefined>;
  /** The entity that evidence about the suite itself is about: for items that name no subject. */
  ownEntityRef: string;
}

/** Who resolves, and about which subjects they may. `undefined` is asked where an item names none. */
export interface Resolver {
  ref: string;
  isUser: boolean;
  mayResolve(subject: string | undefined): Promise<boolean>;
}

/** The append of a replay found the id taken; the transaction is rolled back with it. */
class IdTaken extends Error {
  constructor(readonly index: number, readonly evidenceId: string) {
    super(`The id is taken by evidence ${evidenceId}`);
  }
}

/** What becomes of items that were not let in. */
export class QuarantineService {
  readonly #deps: QuarantineServiceDeps;

  constructor(deps: QuarantineServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Judges an item again. Good now: it becomes evidence, and leaves quarantine in the same transaction. Otherwise it stays,
   * with the reason of today. Throws NotFoundError, NotAllowedError, and ConflictError (`NOT_WAITING`, `STALE_VERSION`,
   * `TRUNCATED`) when it was resolved or moved on meanwhile, or cannot be judged.
   */
  async replay(
    id: string,
    rowVersion: number,
    resolver: Resolver,
  ): Promise<Quarantined> {
    const row = await this.#resolvable(id, rowVersion, resolver);
    if (isTruncated(row)) {
      throw withCode(
        new ConflictError(
          `Only the beginning of ${id} is kept, since it is larger than evidence may be. Discard it.`,
        ),
        'TRUNCATED',
      );
    }
    const judgement = await this.#judge(row);
    if (judgement.ok) {
      // What could not be read before may turn out to be about somebody else's subject.
      for (const { item } of judgement.readings)
        await this.#requireMayResolve(id, item.subject, resolver);
    }
    if (!(await this.#replayed(row, judgement, resolver.ref)))
      throw movedOn(id);
    return this.#byId(id);
  }

  /**
   * Judges waiting items of one reason again, those first that were judged longest ago. Those that the resolver may not resolve
   * are left alone.
   */
  async replayAll(
    query: { code: string; subject?: string; limit: number },
    resolver: Resolver,
  ): Promise<QuarantineReplay> {
    const { answers } = this.#deps;
    const result = {
      replayedCount: 0,
      stillWaitingCount: 0,
      notAllowedCount: 0,
    };
    const allowed = new Map<string | undefined, boolean>();
    const mayResolve = async (subject: string | undefined) => {
      const known = allowed.get(subject);
      if (known !== undefined) return known;
      const may = await resolver.mayResolve(subject);
      allowed.set(subject, may);
      return may;
    };
    const ids: string[] = [];
    // Chosen before any is judged: judging moves an item to the end of the order.
    for await (const { id, subject } of answers.waitingFor(query)) {
      if (await mayResolve(subject ?? undefined)) ids.push(id);
      else result.notAllowedCount += 1;
      if (ids.length === query.limit) break;
    }
    for (const id of ids) {
      const row = await answers.byId(id);
      if (row?.state !== 'waiting') continue;
      const judgement = await this.#judge(row);
      if (judgement.ok) {
        const rights = await Promise.all(
          judgement.readings.map(({ item }) => mayResolve(item.subject)),
        );
        if (rights.includes(false)) {
          result.notAllowedCount += 1;
          continue;
        }
      }
      // Whoever was quicker has resolved it; it counts for them.
      const state = await this.#replayed(row, judgement, resolver.ref);
      if (state === 'replayed') result.replayedCount += 1;
      else if (state === 'waiting') result.stillWaitingCount += 1;
    }
    const waiting = await answers.waitingCount(query);
    const seen = result.stillWaitingCount + result.notAllowedCount;
    return { ...result, remainingCount: Math.max(0, waiting - seen) };
  }

  /**
   * Throws an item away and records that as evidence, in one transaction. For people only: a machine cannot answer for it.
   * Throws as {@link replay} does.
   */
  async discard(
    id: string,
    request: { reason: string; rowVersion: number },
    resolver: Resolver,
  ): Promise<Quarantined> {
    const { db, clock, outbox, store, ledger, ownEntityRef } = this.#deps;
    if (!resolver.isUser) {
      throw withCode(
        new NotAllowedError(
          'Discarding needs a person, who gives a reason and answers for it. A machine that holds ai-assurance.quarantine.resolve may replay.',
        ),
        'NEEDS_PERSON',
      );
    }
    const row = await this.#resolvable(id, request.rowVersion, resolver);
    const nowMs = clock.nowMs();
    await db.transaction(async tx => {
      const moved = await store.resolve(tx, row, {
        state: 'discarded',
        resolvedBy: resolver.ref,
        discardReason: request.reason,
        nowMs,
      });
      if (!moved) throw movedOn(id);
      await outbox.queue(tx, { topic: 'quarantine.changed', subjects: [] });
      const [{ evidenceId }] = await ledger.append(tx, [
        discardDraft(row, {
          discardedBy: resolver.ref,
          reason: request.reason,
          nowMs,
          ownEntityRef,
        }),
      ]);
      // After the append, which alone knows the position; the row is held by this transaction already.
      await store.nameEvidence(tx, id, evidenceId);
    });
    return this.#byId(id);
  }

  /** Replays by themselves what may have become good, and forgets what was resolved long ago. */
  tasks(): Task[] {
    const { settings } = this.#deps;
    return [
      {
        id: 'quarantine-replay',
        everySeconds: settings.replayEverySeconds,
        run: () => this.sweep(),
      },
      {
        id: 'quarantine-retention',
        everySeconds: 3600,
        run: () => this.#forget(),
      },
    ];
  }

  /** One bounded round over what may have become good; those judged longest ago come first. */
  async sweep(): Promise<void> {
    const { answers, clock, db, store } = this.#deps;
    const rows = await answers.longestUnjudged(passingCodes, itemsPerSweep);
    const unchanged: string[] = [];
    for (const row of rows) {
      const judgement = await this.#judge(row);
      const isAsBefore = !judgement.ok && judgement.code === row.code;
      // The version stays: whoever looks at the item on a page need not load it again for nothing.
      if (isAsBefore) unchanged.push(row.id);
      else await this.#replayed(row, judgement, sweeper);
    }
    if (unchanged.length > 0)
      await db.transaction(tx => store.lookedAt(tx, unchanged, clock.nowMs()));
  }

  async #forget(): Promise<void> {
    const { clock, db, settings, store } = this.#deps;
    await db.transaction(tx =>
      store.forget(tx, clock.nowMs() - settings.resolvedRetentionMs),
    );
  }

  async #judge(row: QuarantineRow): Promise<Judgement> {
    if (row.encoding !== 'text' || row.content === null || isTruncated(row))
      return { ok: false, code: row.code, message: row.message };
    let value: unknown;
    try {
      value = JSON.parse(row.content);
    } catch {
      return { ok: false, code: row.code, message: row.message };
    }
    if (!MAPPING_CODES.includes(row.code))
      return this.#deps.intake.judge(value);
    const items = await this.#deps.remap(row.origin, value);
    if (!items || items.length === 0)
      return { ok: false, code: row.code, message: row.message };
    const readings: GoodReading[] = [];
    for (const item of items) {
      const judgement = await this.#deps.intake.judge(item);
      if (!judgement.ok) return { ...judgement, code: row.code };
      readings.push(...judgement.readings);
    }
    return { ok: true, readings };
  }

  /** Records what is good, and notes why what is not still waits. `undefined`: it moved on meanwhile. */
  async #replayed(
    row: QuarantineRow,
    judgement: Judgement,
    resolvedBy: string,
  ): Promise<'replayed' | 'waiting' | undefined> {
    if (judgement.ok) {
      try {
        const moved = await this.#record(row, judgement.readings, resolvedBy);
        return moved ? 'replayed' : undefined;
      } catch (error) {
        if (!(error instanceof IdTaken)) throw error;
        return this.#noted(
          row,
          conflictOf(judgement.readings[error.index].item, error.evidenceId),
        );
      }
    }
    return this.#noted(row, judgement);
  }

  async #noted(
    row: QuarantineRow,
    why: { code: string; message: string },
  ): Promise<'waiting' | undefined> {
    const { clock, db, outbox, store } = this.#deps;
    return db.transaction(async tx => {
      if (!(await store.stillWaits(tx, row, why, clock.nowMs())))
        return undefined;
      await outbox.queue(tx, { topic: 'quarantine.changed', subjects: [] });
      return 'waiting' as const;
    });
  }

  async #record(
    row: QuarantineRow,
    readings: GoodReading[],
    resolvedBy: string,
  ): Promise<boolean> {
    const { clock, db, ledger, outbox, store } = this.#deps;
    const nowMs = clock.nowMs();
    return db.transaction(async tx => {
      const moved = await store.resolve(tx, row, {
        state: 'replayed',
        resolvedBy,
        nowMs,
      });
      if (!moved) return false;
      await outbox.queue(tx, { topic: 'quarantine.changed', subjects: [] });
      await outbox.queue(tx, {
        topic: 'evidence.pushed',
        subjects: [...new Set(readings.map(({ item }) => item.subject))],
      });
      const outcomes = await ledger.appendReadings(tx, readings);
      const taken = outcomes.findIndex(one => one.outcome === 'conflict');
      if (taken >= 0) throw new IdTaken(taken, outcomes[taken].evidenceId);
      // After the append, which alone knows the position; the row is held by this transaction already.
      await store.nameEvidence(tx, row.id, outcomes[0].evidenceId);
      return true;
    });
  }

  async #resolvable(
    id: string,
    rowVersion: number,
    resolver: Resolver,
  ): Promise<QuarantineRow> {
    const row = await this.#deps.answers.byId(id);
    if (!row) throw noSuchItem(id);
    await this.#requireMayResolve(id, row.subject ?? undefined, resolver);
    if (row.state !== 'waiting') {
      throw withCode(
        new ConflictError(
          `${id} was ${row.state} by ${row.resolved_by} already: there is nothing left to do.`,
        ),
        'NOT_WAITING',
      );
    }
    if (row.row_version !== rowVersion) throw movedOn(id);
    return row;
  }

  async #requireMayResolve(
    id: string,
    subject: string | undefined,
    resolver: Resolver,
  ): Promise<void> {
    if (await resolver.mayResolve(subject)) return;
    throw withCode(
      new NotAllowedError(
        subject === undefined
          ? `${id} names no subject. It takes the permission ai-assurance.quarantine.resolve on everything to resolve it: usually an administrator holds it.`
          : `You need the permission ai-assurance.quarantine.resolve on ${subject}: usually its owner holds it.`,
      ),
      'NOT_ALLOWED',
    );
  }

  async #byId(id: string): Promise<Quarantined> {
    const row = await this.#deps.answers.byId(id);
    if (!row) throw noSuchItem(id);
    return quarantinedOf(row);
  }
}

/** There is no such item: it never was, or it was resolved long ago. */
export function noSuchItem(id: string): Error {
  return withCode(
    new NotFoundError(
      `There is nothing with the id ${id} in quarantine. What was resolved long ago is forgotten; its evidence is in the ledger.`,
    ),
    'NOT_FOUND',
  );
}

function movedOn(id: string): Error {
  return withCode(
    new ConflictError(
      `${id} moved on meanwhile: somebody resolved it or judged it again. Look at it as it is now, then decide.`,
    ),
    'STALE_VERSION',
  );
}

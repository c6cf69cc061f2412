import { EvidenceCollector } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { LoggerService } from '@backstage/backend-plugin-api';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { EvidenceDraft, Ledger, LedgerLookup } from '../ledger';
import { Clock, Db, Ids, Outbox } from '../platform';
import { CollectedRun, collectOnce, FoundFact, sourceOf } from './collectOnce';
import { CollectorsStore, StoredSource } from './CollectorsStore';
import { dueSources } from './core/due';
import { isSameFact } from './core/sameFact';
import { afterRun, RunFailure } from './core/transition';
import { CollectorSettings } from './settings';
import { statusDraft } from './statusDraft';

export interface CollectorsServiceDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerLookup;
  subjects: SubjectAnswers;
  store: CollectorsStore;
  logger: LoggerService;
  maxClockAheadMs: number;
}

/** Runs that are under way at once in one round. Foreign systems are asked politely; ours is not the only work here. */
const concurrency = 4;
/** A round begins no run that might not end by then: what became due meanwhile must not wait for ever. */
const maxRoundMs = 280_000;

/** Runs collectors, and keeps what they bring and how it went. */
export class CollectorsService {
  readonly #deps: CollectorsServiceDeps;
  readonly #stop = new AbortController();

  constructor(deps: CollectorsServiceDeps) {
    this.#deps = deps;
  }

  /** Aborts every run and begins no other. What a run had found is found again by the next. Safe to repeat. */
  stop(): void {
    this.#stop.abort(new Error('The portal stops'));
  }

  /**
   * Asks a collector about every subject that is due. One source that cannot be asked or kept does not hold up the others;
   * the first such fault is thrown once all are through.
   */
  async round(
    collector: EvidenceCollector,
    settings: CollectorSettings & { roundSeconds: number },
  ): Promise<void> {
    const { clock, subjects, store } = this.#deps;
    const startMs = clock.nowMs();
    const applying = (await subjects.list()).filter(subject =>
      collector.appliesTo(subject),
    );
    const states = await store.ofCollector(collector.id);
    const due = dueSources(
      applying.map(subject => ({
        subject,
        source: states.get(subject.entityRef),
        askedAtMs: states.get(subject.entityRef)?.state.askedAtMs,
      })),
      { nowMs: startMs, ...settings },
    );
    const faults: unknown[] = [];
    const next = async (): Promise<void> => {
      for (;;) {
        const isTooLate =
          clock.nowMs() - startMs + settings.timeoutSeconds * 1000 > maxRoundMs;
        const one =
          this.#stop.signal.aborted || isTooLate ? undefined : due.shift();
        if (!one) return;
        try {
          await this.run(collector, settings, one.subject, one.source);
        } catch (error) {
          faults.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, next));
    if (faults.length > 0) throw faults[0];
  }

  /** One run about one subject, and its record. */
  async run(
    collector: EvidenceCollector,
    settings: CollectorSettings,
    subject: SubjectRecord,
    before: StoredSource | undefined,
  ): Promise<void> {
    const { clock, subjects } = this.#deps;
    const askedAtMs = clock.nowMs();
    const { entityRef, kind, annotations, spec } = subject;
    const sameVersion = before?.collectorVersion === collector.version;
    const run = await collectOnce({
      collector,
      subject: { entityRef, kind, annotations, spec },
      nowMs: askedAtMs,
      lastSuccessMs: sameVersion ? before.state.successAskedAtMs : undefined,
      memory: sameVersion ? before.memory : undefined,
      maxFacts: settings.maxFacts,
      timeoutSeconds: settings.timeoutSeconds,
      maxClockAheadMs: this.#deps.maxClockAheadMs,
      isSubject: async ref => (await subjects.get(ref)) !== undefined,
      logger: this.#deps.logger.child({
        collector: collector.id,
        subject: entityRef,
      }),
      stop: this.#stop.signal,
    });
    if (run) await this.#keep(collector, entityRef, before, askedAtMs, run);
  }

  async #keep(
    collector: EvidenceCollector,
    subject: string,
    before: StoredSource | undefined,
    askedAtMs: number,
    run: CollectedRun,
  ): Promise<void> {
    const { db, clock, ids, outbox, ledger, store } = this.#deps;
    const { fresh, contradiction } = await this.#newFacts(collector, run.facts);
    const failure = run.failure ?? contradiction;
    const endedAtMs = Math.max(clock.nowMs(), askedAtMs);
    const { next, isChange, isStated } = afterRun(before?.state, {
      askedAtMs,
      endedAtMs,
      failure,
      factCount: run.facts.length,
    });
    const sameVersion = before?.collectorVersion === collector.version;
    const rememberedBefore = sameVersion ? before.memory : undefined;
    const source: StoredSource = {
      collectorId: collector.id,
      subject,
      collectorVersion: collector.version,
      state: next,
      memory: run.memory ? run.memory.value : rememberedBefore,
      evidenceId: before?.evidenceId,
    };
    const drafts: EvidenceDraft[] = [
      ...fresh,
      ...(isStated
        ? [statusDraft(source, ids.next('collection'), collector)]
        : []),
    ];
    const outcomes = await db.transaction(async tx => {
      await store.save(tx, source);
      if (isChange) {
        await store.addTransition(tx, {
          collectorId: collector.id,
          subject,
          atMs: endedAtMs,
          state: next.state,
          failureCode: failure?.code,
          successEndedAtMs: next.successEndedAtMs,
          evidenceId: undefined,
        });
      }
      if (drafts.length === 0) return [];
      await outbox.queue(tx, {
        topic: 'evidence.collected',
        subjects: [...new Set(drafts.map(draft => draft.subject))],
      });
      const appended = await ledger.append(tx, drafts);
      // Looked up just now, and this collector runs nowhere else: somebody else writes under its name. The next run tells.
      if (appended.some(one => one.outcome === 'conflict'))
        throw new Error(
          `Evidence of ${sourceOf(collector.id)} was recorded meanwhile`,
        );
      return appended;
    });
    if (isStated) {
      // The append is the last statement of its transaction, so the link to it follows the commit.
      await store.noteEvidence(
        source,
        outcomes[outcomes.length - 1].evidenceId,
        isChange ? endedAtMs : undefined,
      );
    }
    this.#tell(source, before, isChange);
  }

  /**
   * Leaves out what the ledger knows: the same fact, collected at another time. Another fact under a known id is the
   * collector's fault, unless a newer version of it reads the same answer in another way: then both stand, each under the
   * version that stated it.
   */
  async #newFacts(
    collector: EvidenceCollector,
    facts: FoundFact[],
  ): Promise<{
    fresh: EvidenceDraft[];
    contradiction: RunFailure | undefined;
  }> {
    const restatedId = (id: string) => `${id}#v${collector.version}`;
    const known = await this.#deps.ledgerAnswers.bySource(
      sourceOf(collector.id),
      facts.flatMap(({ draft }) => [draft.id, restatedId(draft.id)]),
    );
    const fresh: EvidenceDraft[] = [];
    let contradiction: RunFailure | undefined;
    for (const { draft, item } of facts) {
      const candidates = [draft.id, restatedId(draft.id)];
      const stored = candidates
        .map(id => known.get(id))
        .filter(one => one !== undefined);
      // Of an erased fact only its having been stated is left; restating it would undo the erasure.
      if (stored.some(one => one.isErased || isSameFact(one.item, item)))
        continue;
      if (stored.length === 0) {
        fresh.push(draft);
      } else if (
        stored.some(
          one => one.item.data.envelope.collector.version === collector.version,
        )
      ) {
        contradiction ??= {
          code: 'contradiction',
          message: `The fact “${draft.id.slice(
            0,
            100,
          )}” is recorded already, as evidence ${
            stored[0].evidenceId
          }, and says something else now`,
        };
      } else {
        fresh.push({ ...draft, id: restatedId(draft.id) });
      }
    }
    return { fresh, contradiction };
  }

  #tell(
    { collectorId, subject, state }: StoredSource,
    before: StoredSource | undefined,
    isChange: boolean,
  ): void {
    if (!isChange) return;
    const { logger } = this.#deps;
    if (state.failure)
      logger.warn(
        `Collector ${collectorId} fails about ${subject}: ${state.failure.code}, ${state.failure.message}`,
      );
    else if (before)
      logger.info(`Collector ${collectorId} works again about ${subject}`);
  }
}

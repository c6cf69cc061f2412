import {
  Promotion,
  RELATIONS,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { PayloadOf } from '@ai-assurance/evidence';
import { SubjectRecord } from '../cohorts';
import {
  EvidenceDraft,
  Ledger,
  LedgerAnswers,
  LedgerHistory,
  LedgerLookup,
  StoredEvidence,
} from '../ledger';
import { AsOf, Db, instantOf, Outbox } from '../platform';
import { SloAnswers } from '../slo';
import { TelemetryAnswers } from '../telemetry';
import { CohortCounts } from './core/adoption';
import { RolloutVerdict } from './core/judge';
import {
  decidePromotion,
  isOtherDecision,
  isSeenEnough,
} from './core/promotion';
import { PromotionStore, StoredPromotion } from './PromotionStore';

const type = 'io.ai-assurance.gate-decision.v1';
const room = 'ai-assurance.rollouts';
const budgetSpent = 'budget-exhausted';
const gateId = 'rollout-promotion';
const source = '/ai-assurance/rollouts';
/** Decisions read at once; nearly always the newest of them is the answer. */
const momentPage = 5;
const ledgerPage = 100;
const verdictLimit = 100;

/** Reports of this long before count as of the version that is rolled out. */
const seenWithinMs = 24 * 60 * 60_000;

const idOf = (modelRef: string, sinceMs: number) =>
  `gate-decision:${gateId}:${modelRef}:${sinceMs}`;

export interface PromotionServiceDeps {
  db: Db;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerHistory & LedgerLookup;
  telemetry: TelemetryAnswers;
  slo?: Pick<SloAnswers, 'blockades'>;
  store: PromotionStore;
}

/** Decides whether a rollout may go to more devices, and keeps each turn of that as evidence. */
export class PromotionService {
  readonly #deps: PromotionServiceDeps;

  constructor(deps: PromotionServiceDeps) {
    this.#deps = deps;
  }

  /** Decides by what was observed and by the budgets of the model and of the services that use it. Safe to repeat. */
  async decide(
    model: SubjectRecord,
    observed: RolloutVerdict & { cohorts: CohortCounts[] },
    nowMs: number,
  ): Promise<void> {
    const { db, slo, store, telemetry, outbox, ledger } = this.#deps;
    const { entityRef } = model;
    const users = model.relations[RELATIONS.modelUsedBy] ?? [];
    const blockades = (await slo?.blockades([entityRef, ...users])) ?? [];
    const before = await store.last(entityRef);
    const decidedFor = (version: string) => ({
      ...decidePromotion(
        observed,
        blockades,
        isSeenEnough(observed.cohorts, version),
      ),
      version,
    });
    // What apps run is rolled out; a label that only came along with some measurement is not.
    const running = new Set(
      observed.cohorts.flatMap(cohort =>
        cohort.versions.map(({ version }) => version),
      ),
    );
    // Nearly always it is said again of the one version that there is: nobody need be asked which is the newest. Silence is
    // told of what was decided last.
    const isAlone =
      before !== undefined && [...running].every(one => one === before.version);
    if (isAlone && !isOtherDecision(before, decidedFor(before.version))) return;
    const versions = await telemetry.versions(
      entityRef,
      nowMs - seenWithinMs,
      nowMs,
    );
    const newest = isAlone
      ? versions.findLast(({ version }) => version === before.version)
      : versions.findLast(({ version }) => running.has(version)) ??
        versions[versions.length - 1];
    const version = isAlone ? before.version : newest?.version;
    // Nothing ever reported: there is no rollout to decide about.
    if (version === undefined) return;
    const decided = decidedFor(version);
    if (!isOtherDecision(before, decided)) return;
    const after: StoredPromotion = {
      ...decided,
      sinceMs: nowMs,
      attemptNumber: before?.version === version ? before.attemptNumber + 1 : 1,
    };
    const draft = draftOf(entityRef, after, newest?.digest, observed);
    await db.transaction(async tx => {
      if (!(await store.replace(tx, entityRef, before, after))) return;
      await outbox.queue(tx, {
        topic: 'rollout.gate',
        subjects: [entityRef],
      });
      const [{ outcome }] = await ledger.append(tx, [draft]);
      if (outcome === 'conflict')
        throw new Error(
          'A decision of the same instant says something else; it will be made again',
        );
    });
  }

  /** As decided last, or last by then; `undefined`: nothing was decided. */
  async promotion(
    modelRef: string,
    asOf: AsOf | undefined,
  ): Promise<Promotion | undefined> {
    if (!asOf) {
      const last = await this.#deps.store.last(modelRef);
      if (!last) return undefined;
      const { attemptNumber, ...promotion } = last;
      return promotion;
    }
    const ledger = await this.#deps.ledgerAnswers.asOf(asOf);
    const found =
      (await this.#decided(modelRef, ledger, asOf)) ??
      (await lookThrough(modelRef, ledger));
    return found && promotionOf(found);
  }

  /** The newest decision that was recorded by then and can still be read, by its place in the index. */
  async #decided(
    modelRef: string,
    ledger: LedgerAnswers,
    asOf: AsOf,
  ): Promise<StoredEvidence | undefined> {
    const { store, ledgerAnswers } = this.#deps;
    const size = (await ledger.head())?.size ?? 0;
    let beforeMs = asOf.atMs + 1;
    for (;;) {
      const moments = await store.momentsBefore(modelRef, beforeMs, momentPage);
      if (moments.length === 0) return undefined;
      const items = await ledgerAnswers.bySource(
        source,
        moments.map(sinceMs => idOf(modelRef, sinceMs)),
      );
      for (const sinceMs of moments) {
        const item = items.get(idOf(modelRef, sinceMs));
        if (!item || item.position >= size) continue;
        if (!item.isErased) return item;
        asOf.limit('redacted-since');
      }
      beforeMs = moments[moments.length - 1];
    }
  }
}

/** The newest decision in the ledger, however far back: those of before there was an index. */
async function lookThrough(
  modelRef: string,
  ledger: LedgerAnswers,
): Promise<StoredEvidence | undefined> {
  let beforePosition: number | undefined;
  for (;;) {
    const items = await ledger.list({
      subject: modelRef,
      type,
      limit: ledgerPage,
      beforePosition,
    });
    const found = items.find(
      ({ item, isErased }) =>
        !isErased &&
        (item.data.payload as PayloadOf<typeof type>).gateId === gateId,
    );
    if (found || items.length < ledgerPage) return found;
    beforePosition = items[items.length - 1].position;
  }
}

function promotionOf({ item, timeMs }: StoredEvidence): Promotion {
  const payload = item.data.payload as PayloadOf<typeof type>;
  return {
    decision: payload.decision === 'promote' ? 'promote' : 'hold',
    reason: payload.reason,
    version: payload.version,
    sinceMs: timeMs,
    policyId: payload.policyId,
    budgets: payload.verdicts
      .filter(({ reason }) => reason === budgetSpent)
      .map(({ question }) => question),
  };
}

function draftOf(
  modelRef: string,
  promotion: StoredPromotion,
  digest: string | undefined,
  observed: RolloutVerdict,
): EvidenceDraft<typeof type> {
  const { decision, reason, version, sinceMs, policyId, budgets } = promotion;
  const verdicts = [
    {
      question: 'rollout-observation',
      status: observed.status,
      reason: observed.reason,
      evidenceId: null,
    },
    ...budgets.map(question => ({
      question,
      status: 'fail' as const,
      reason: budgetSpent,
      evidenceId: null,
    })),
  ].slice(0, verdictLimit);
  return {
    type,
    source,
    id: idOf(modelRef, sinceMs),
    subject: modelRef,
    timeMs: sinceMs,
    envelope: {
      sourceSystem: room,
      collector: { id: room, version: '1' },
      subjectVersion: version,
      ...(digest === undefined ? {} : { subjectDigest: digest }),
      collectedAt: instantOf(sinceMs),
    },
    payload: {
      gateId,
      decision,
      attemptNumber: promotion.attemptNumber,
      releaseId: null,
      rolloutId: null,
      stageId: null,
      environment: null,
      version,
      digest: digest ?? null,
      decidedBy: null,
      isOverride: false,
      overrideReason: null,
      verdicts,
      policyId,
      policyDigest: null,
      status: worstOf(verdicts.map(({ status }) => status)),
      reason,
    },
  };
}

import { SubjectKind } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { LoggerService } from '@backstage/backend-plugin-api';
import { SubjectAnswers } from '../cohorts';
import { EvidenceDraft, Ledger } from '../ledger';
import { Db, dueForRenewal, Outbox } from '../platform';
import { CohortHistory } from './CohortHistory';
import { Declared } from './core/monitors';
import { driftReportDraft, qualityReportDraft } from './drafts';
import { DriftStore, StoredMonitor, WatchedSignal } from './DriftStore';
import { groupSizesOf } from './groupSizes';
import { MonitorDeclarations } from './MonitorDeclarations';
import { fingerprintOf } from './fingerprint';
import { statusOf } from './signalAnswers';
import { monitorsOf } from './SignalGatherer';
import { JudgedSignal, SignalJudge } from './SignalJudge';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** How often points of history that are past their time are taken out. */
const pruneEveryMs = 10 * 60_000;
/** How long the history of a signal is kept minute by minute. */
export const keepHistoryMs = 7 * dayMs;

const watchedKinds: SubjectKind[] = ['ai-service', 'ai-model', 'edge-model'];

/** Signals that are judged and stored together. */
const mostSignalsTogether = 250;

/** A subject at one evaluation. */
interface Round {
  subject: string;
  declared: Declared | undefined;
  known: ReadonlyMap<string, WatchedSignal>;
}

interface Evaluation {
  nowMs: number;
  /** Fewest devices of each cohort that anything may be said about. */
  groupSizes: ReadonlyMap<string, number>;
  /** Whose evidence is written again although nothing changed. */
  renewed: ReadonlySet<WatchedSignal>;
}

interface ToRecord {
  subject: string;
  signal: JudgedSignal;
  before: WatchedSignal | undefined;
}

const isTimeToPrune = (beforeMs: number | undefined, nowMs: number) =>
  beforeMs !== undefined &&
  Math.floor(beforeMs / pruneEveryMs) < Math.floor(nowMs / pruneEveryMs);

export class DriftService {
  readonly #db: Db;
  readonly #store: DriftStore;
  readonly #cohorts: CohortHistory;
  readonly #subjects: SubjectAnswers;
  readonly #judge: SignalJudge;
  readonly #declarations: MonitorDeclarations;
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #logger: LoggerService;

  constructor(options: {
    db: Db;
    store: DriftStore;
    cohorts: CohortHistory;
    subjects: SubjectAnswers;
    judge: SignalJudge;
    declarations: MonitorDeclarations;
    outbox: Outbox;
    ledger: Ledger;
    logger: LoggerService;
  }) {
    this.#db = options.db;
    this.#store = options.store;
    this.#cohorts = options.cohorts;
    this.#subjects = options.subjects;
    this.#judge = options.judge;
    this.#declarations = options.declarations;
    this.#outbox = options.outbox;
    this.#ledger = options.ledger;
    this.#logger = options.logger;
  }

  /**
   * Judges every watched signal over the last whole minutes: those that are declared and due, and the ones that every service
   * or model is watched for once it reports them or has a reference for them. A subject that cannot be judged does not stop
   * the others. Safe to repeat.
   */
  async evaluate(nowMs: number): Promise<void> {
    const all = await this.#subjects.list();
    const subjects = all.filter(({ kind }) => watchedKinds.includes(kind));
    const declarations = await this.#declarations.refresh(subjects, nowMs);
    const groupSizes = groupSizesOf(all);
    const known = new Map<string, Map<string, WatchedSignal>>();
    const watched = await this.#store.watched();
    const renewed = dueForRenewal(watched, nowMs);
    for (const signal of watched) {
      let ofSubject = known.get(signal.subject);
      if (!ofSubject) known.set(signal.subject, (ofSubject = new Map()));
      ofSubject.set(signal.feature, signal);
    }
    const rounds = subjects.map(
      ({ entityRef }): Round => ({
        subject: entityRef,
        declared: declarations.get(entityRef)?.declared,
        known: known.get(entityRef) ?? new Map(),
      }),
    );
    for (const { entityRef } of subjects) known.delete(entityRef);
    const batches = this.#batchesOf(rounds);
    const takeTurns = async () => {
      for (let batch = batches.shift(); batch; batch = batches.shift())
        await this.#evaluateBatch(batch, { nowMs, groupSizes, renewed });
    };
    // While the database works on one batch, the next is judged.
    await Promise.all([takeTurns(), takeTurns()]);
    for (const [subject, signals] of known)
      for (const feature of signals.keys())
        await this.#store.forget(subject, feature);
  }

  /** Subjects that are judged and stored together: as many as make some hundred signals, and at least one. */
  #batchesOf(rounds: readonly Round[]): Round[][] {
    const batches: Round[][] = [];
    let signals = mostSignalsTogether;
    for (const round of rounds) {
      const own = monitorsOf(round.declared).length;
      if (signals + own > mostSignalsTogether) {
        batches.push([]);
        signals = 0;
      }
      batches[batches.length - 1].push(round);
      signals += own;
    }
    return batches;
  }

  async #evaluateBatch(
    batch: readonly Round[],
    evaluation: Evaluation,
  ): Promise<void> {
    const { nowMs, groupSizes, renewed } = evaluation;
    try {
      const judged = await this.#judge.judgeMany(batch, nowMs, groupSizes);
      await this.#recordOrSay(
        batch.flatMap(({ subject, known }, i) =>
          judged[i].map(signal => ({
            subject,
            signal,
            before: known.get(signal.answer.feature),
          })),
        ),
        renewed,
      );
      for (const [i, round] of batch.entries())
        await this.#forgetUnwatched(round, judged[i]);
    } catch (error) {
      if (batch.length > 1) {
        // Of the company that fails most may be fine.
        for (const round of batch)
          await this.#evaluateBatch([round], evaluation);
        return;
      }
      // The outermost loop: the next tick tries again, and until then evidence of these signals ages towards stale.
      this.#logger.error(
        `Drift of ${batch[0].subject} could not be judged`,
        error as Error,
      );
    }
  }

  /** Records signals in one transaction; one that cannot be recorded does not stop the others. */
  async #recordOrSay(
    signals: readonly ToRecord[],
    renewed: Evaluation['renewed'],
  ): Promise<void> {
    if (signals.length === 0) return;
    try {
      await this.#record(signals, renewed);
    } catch (error) {
      if (signals.length > 1) {
        for (const one of signals) await this.#recordOrSay([one], renewed);
        return;
      }
      const [{ subject, signal }] = signals;
      // The next tick tries again, and until then evidence of this signal ages towards stale.
      this.#logger.error(
        `Drift of ${signal.answer.feature} of ${subject} could not be judged`,
        error as Error,
      );
    }
  }

  /** A signal that is declared no longer, or nowhere reported, is no longer watched; one that is not due still is. */
  async #forgetUnwatched(
    { subject, declared, known }: Round,
    judged: readonly JudgedSignal[],
  ): Promise<void> {
    const kept = new Set([
      ...judged.map(({ answer }) => answer.feature),
      ...(declared?.monitors ?? []).map(({ feature }) => feature),
    ]);
    for (const feature of known.keys())
      if (!kept.has(feature)) await this.#store.forget(subject, feature);
  }

  /** Signals that were judged at one instant: states, history, one announcement and the evidence that is due, together or not at all. */
  async #record(
    signals: readonly ToRecord[],
    renewed: Evaluation['renewed'],
  ): Promise<void> {
    const nowMs = signals[0].signal.answer.evaluatedAtMs;
    const drafts: EvidenceDraft[] = [];
    /** Signals by the draft of their drift report. */
    const reports = new Map<EvidenceDraft, ToRecord>();
    const announced = new Set<string>();
    const monitors = signals.map((one): StoredMonitor => {
      const { subject, before } = one;
      const { answer, reference, monitor, quality } = one.signal;
      const fingerprint = fingerprintOf(one.signal);
      const isChanged = before?.fingerprint !== fingerprint;
      const isDue = isChanged || renewed.has(before);
      const own: EvidenceDraft[] = [];
      // Without a reference nothing was compared, so there is nothing to record.
      if (isDue && reference) {
        const report = driftReportDraft(subject, monitor, answer, reference);
        own.push(report);
        reports.set(report, one);
      }
      if (isDue && quality.length > 0)
        own.push(qualityReportDraft(subject, monitor, answer, quality));
      drafts.push(...own);
      if (isDue) announced.add(subject);
      const kept = isChanged ? undefined : before;
      return {
        subject,
        answer,
        fingerprint,
        evidenceAtMs: own.length > 0 ? nowMs : kept?.evidenceAtMs,
        evidenceId: kept?.evidenceId,
        lastReportedAtMs: one.signal.lastReportedAtMs,
      };
    });
    await this.#cohorts.number(
      signals.flatMap(({ signal }) =>
        (signal.answer.cohorts ?? []).map(({ cohort }) => cohort),
      ),
    );
    const outcomes = await this.#db.transaction(async tx => {
      await this.#store.saveMonitors(tx, monitors);
      await this.#store.addResults(
        tx,
        signals.map(({ subject, signal: { answer, toMs } }) => ({
          subject,
          feature: answer.feature,
          point: {
            atMs: toMs,
            value: answer.value,
            status: statusOf(answer).status,
          },
          cohorts: this.#cohorts.textOf(answer.cohorts),
        })),
      );
      const past = signals.filter(({ before }) =>
        isTimeToPrune(before?.evaluatedAtMs, nowMs),
      );
      if (past.length > 0)
        await this.#store.pruneResults(
          tx,
          past.map(({ subject, signal: { answer } }) => ({
            subject,
            feature: answer.feature,
          })),
          nowMs - keepHistoryMs,
        );
      if (announced.size > 0)
        await this.#outbox.queue(tx, {
          topic: 'drift.judged',
          subjects: [...announced],
        });
      return drafts.length > 0 ? this.#ledger.append(tx, drafts) : [];
    });
    // The append is the last statement of its transaction, so the links to it follow the commit.
    await this.#store.linkEvidence(
      outcomes.flatMap(({ evidenceId }, i) => {
        const one = reports.get(drafts[i]);
        return one
          ? [
              {
                subject: one.subject,
                feature: one.signal.answer.feature,
                evidenceId,
              },
            ]
          : [];
      }),
      nowMs,
    );
  }
}

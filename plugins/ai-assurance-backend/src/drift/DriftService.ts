import { SubjectKind } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { LoggerService } from '@backstage/backend-plugin-api';
import { SubjectAnswers } from '../cohorts';
import { Ledger } from '../ledger';
import { Db, Outbox } from '../platform';
import { features } from './core/features';
import { driftReportDraft } from './drafts';
import { DriftStore, StoredMonitor } from './DriftStore';
import { JudgedSignal, SignalJudge } from './SignalJudge';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Evidence lives for 15 minutes: two more attempts fit in when one renewal fails. */
const renewAfterMs = 5 * minuteMs;
/** How long the history of a signal is kept minute by minute. */
export const keepHistoryMs = 7 * dayMs;

const watchedKinds: SubjectKind[] = ['ai-service', 'ai-model', 'edge-model'];

export class DriftService {
  readonly #db: Db;
  readonly #store: DriftStore;
  readonly #subjects: SubjectAnswers;
  readonly #judge: SignalJudge;
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #logger: LoggerService;

  constructor(options: {
    db: Db;
    store: DriftStore;
    subjects: SubjectAnswers;
    judge: SignalJudge;
    outbox: Outbox;
    ledger: Ledger;
    logger: LoggerService;
  }) {
    this.#db = options.db;
    this.#store = options.store;
    this.#subjects = options.subjects;
    this.#judge = options.judge;
    this.#outbox = options.outbox;
    this.#ledger = options.ledger;
    this.#logger = options.logger;
  }

  /**
   * Judges every watched signal over the last whole minutes: those of services and models that reported it within a day
   * or have a reference for it. A signal that cannot be judged does not stop the others. Safe to repeat.
   */
  async evaluate(nowMs: number): Promise<void> {
    const subjects = (await this.#subjects.list()).filter(({ kind }) =>
      watchedKinds.includes(kind),
    );
    const known = new Map(
      (await this.#store.monitors()).map(monitor => [
        `${monitor.subject} ${monitor.answer.feature}`,
        monitor,
      ]),
    );
    for (const { entityRef } of subjects) {
      for (const feature of Object.keys(features)) {
        const key = `${entityRef} ${feature}`;
        const before = known.get(key);
        known.delete(key);
        try {
          await this.#evaluateSignal(entityRef, feature, before, nowMs);
        } catch (error) {
          // The outermost loop: the next tick tries again, and until then evidence of this signal ages towards stale.
          this.#logger.error(
            `Drift of ${feature} of ${entityRef} could not be judged`,
            error as Error,
          );
        }
      }
    }
    for (const gone of known.values()) {
      await this.#store.forget(gone.subject, gone.answer.feature);
    }
  }

  async #evaluateSignal(
    subject: string,
    feature: string,
    before: StoredMonitor | undefined,
    nowMs: number,
  ): Promise<void> {
    const judged = await this.#judge.judge(subject, feature, nowMs, before);
    if (!judged) {
      if (before) await this.#store.forget(subject, feature);
      return;
    }
    await this.#record(subject, judged, before);
  }

  async #record(
    subject: string,
    judged: JudgedSignal,
    before: StoredMonitor | undefined,
  ): Promise<void> {
    const { answer, reference, current, toMs } = judged;
    const nowMs = answer.evaluatedAtMs;
    const { status, reason } = answer.verdict;
    const fingerprint = JSON.stringify([status, reason, answer.referenceId]);
    const isChanged = before?.fingerprint !== fingerprint;
    const isDue =
      isChanged ||
      (before.evidenceAtMs !== undefined &&
        nowMs - before.evidenceAtMs >= renewAfterMs);
    // Without a reference nothing was compared, so there is nothing to record.
    const recorded = isDue ? reference : undefined;
    const keptEvidence = isChanged
      ? { evidenceAtMs: undefined, evidenceId: undefined }
      : { evidenceAtMs: before.evidenceAtMs, evidenceId: before.evidenceId };

    const outcomes = await this.#db.transaction(async tx => {
      await this.#store.saveMonitor(tx, {
        subject,
        answer,
        fingerprint,
        ...keptEvidence,
        ...(recorded ? { evidenceAtMs: nowMs } : {}),
        lastReportedAtMs: judged.lastReportedAtMs,
      });
      await this.#store.addResult(
        tx,
        subject,
        answer.feature,
        { atMs: toMs, value: answer.value, status },
        nowMs - keepHistoryMs,
      );
      if (isDue) {
        await this.#outbox.queue(tx, {
          topic: 'drift.judged',
          subjects: [subject],
        });
      }
      return recorded
        ? this.#ledger.append(tx, [
            driftReportDraft(subject, answer, recorded, current),
          ])
        : [];
    });
    // The append is the last statement of its transaction, so the link to it follows the commit.
    for (const { evidenceId } of outcomes) {
      await this.#store.linkEvidence(
        subject,
        answer.feature,
        nowMs,
        evidenceId,
      );
    }
  }
}

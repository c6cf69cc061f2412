import { SubjectKind } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { LoggerService } from '@backstage/backend-plugin-api';
import { sha256, toHex, utf8 } from '@ai-assurance/evidence';
import { SubjectAnswers } from '../cohorts';
import { EvidenceDraft, Ledger } from '../ledger';
import { Db, Outbox } from '../platform';
import { Declared } from './core/monitors';
import { driftReportDraft, qualityReportDraft } from './drafts';
import { DriftStore, StoredMonitor } from './DriftStore';
import { groupSizesOf } from './groupSizes';
import { MonitorDeclarations } from './MonitorDeclarations';
import { JudgedSignal, SignalJudge, statusOf } from './SignalJudge';

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
  readonly #declarations: MonitorDeclarations;
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #logger: LoggerService;

  constructor(options: {
    db: Db;
    store: DriftStore;
    subjects: SubjectAnswers;
    judge: SignalJudge;
    declarations: MonitorDeclarations;
    outbox: Outbox;
    ledger: Ledger;
    logger: LoggerService;
  }) {
    this.#db = options.db;
    this.#store = options.store;
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
    const known = new Map<string, Map<string, StoredMonitor>>();
    for (const monitor of await this.#store.monitors()) {
      const ofSubject = known.get(monitor.subject) ?? new Map();
      known.set(
        monitor.subject,
        ofSubject.set(monitor.answer.feature, monitor),
      );
    }
    for (const { entityRef } of subjects) {
      const before = known.get(entityRef) ?? new Map<string, StoredMonitor>();
      known.delete(entityRef);
      const declared = declarations.get(entityRef)?.declared;
      try {
        const judged = await this.#judge.judge(
          entityRef,
          declared,
          nowMs,
          before,
          groupSizes,
        );
        for (const signal of judged)
          await this.#recordOrSay(
            entityRef,
            signal,
            before.get(signal.answer.feature),
          );
        await this.#forgetUnwatched(entityRef, declared, judged, before);
      } catch (error) {
        // The outermost loop: the next tick tries again, and until then evidence of these signals ages towards stale.
        this.#logger.error(
          `Drift of ${entityRef} could not be judged`,
          error as Error,
        );
      }
    }
    for (const [subject, monitors] of known)
      for (const feature of monitors.keys())
        await this.#store.forget(subject, feature);
  }

  /** One signal that cannot be recorded does not stop the others. */
  async #recordOrSay(
    subject: string,
    judged: JudgedSignal,
    before: StoredMonitor | undefined,
  ): Promise<void> {
    try {
      await this.#record(subject, judged, before);
    } catch (error) {
      // The next tick tries again, and until then evidence of this signal ages towards stale.
      this.#logger.error(
        `Drift of ${judged.answer.feature} of ${subject} could not be judged`,
        error as Error,
      );
    }
  }

  /** A signal that is declared no longer, or nowhere reported, is no longer watched; one that is not due still is. */
  async #forgetUnwatched(
    subject: string,
    declared: Declared | undefined,
    judged: readonly JudgedSignal[],
    before: ReadonlyMap<string, StoredMonitor>,
  ): Promise<void> {
    const kept = new Set([
      ...judged.map(({ answer }) => answer.feature),
      ...(declared?.monitors ?? []).map(({ feature }) => feature),
    ]);
    for (const feature of before.keys())
      if (!kept.has(feature)) await this.#store.forget(subject, feature);
  }

  async #record(
    subject: string,
    judged: JudgedSignal,
    before: StoredMonitor | undefined,
  ): Promise<void> {
    const { answer, reference, monitor, quality, toMs } = judged;
    const nowMs = answer.evaluatedAtMs;
    const { status } = statusOf(answer);
    const fingerprint = fingerprintOf(judged);
    const isChanged = before?.fingerprint !== fingerprint;
    const isDue =
      isChanged ||
      (before.evidenceAtMs !== undefined &&
        nowMs - before.evidenceAtMs >= renewAfterMs);
    const drafts: EvidenceDraft[] = [];
    // Without a reference nothing was compared, so there is nothing to record.
    if (isDue && reference)
      drafts.push(driftReportDraft(subject, monitor, answer, reference));
    if (isDue && quality.length > 0)
      drafts.push(qualityReportDraft(subject, monitor, answer, quality));
    const keptEvidence = isChanged
      ? { evidenceAtMs: undefined, evidenceId: undefined }
      : { evidenceAtMs: before.evidenceAtMs, evidenceId: before.evidenceId };

    const outcomes = await this.#db.transaction(async tx => {
      await this.#store.saveMonitor(tx, {
        subject,
        answer,
        fingerprint,
        ...keptEvidence,
        ...(drafts.length > 0 ? { evidenceAtMs: nowMs } : {}),
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
      return drafts.length > 0 ? this.#ledger.append(tx, drafts) : [];
    });
    // The append is the last statement of its transaction, so the link to it follows the commit.
    if (reference && outcomes.length > 0)
      await this.#store.linkEvidence(
        subject,
        answer.feature,
        nowMs,
        outcomes[0].evidenceId,
      );
  }
}

/** What makes a change worth recording at once. */
function fingerprintOf({ answer, quality }: JudgedSignal): string {
  const { status, reason } = statusOf(answer);
  const parts: unknown[] = [status, reason, answer.referenceId];
  const details = [
    ...(answer.cohorts ?? []).map(({ cohort, verdict }) => [
      cohort,
      verdict.status,
      verdict.reason,
    ]),
    ...quality.map(({ aspect, verdict }) => [
      aspect,
      verdict.status,
      verdict.reason,
    ]),
  ];
  if (details.length > 0)
    parts.push(toHex(sha256(utf8(JSON.stringify(details)))));
  return JSON.stringify(parts);
}

import { SubjectKind } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { LoggerService } from '@backstage/backend-plugin-api';
import { SubjectAnswers } from '../cohorts';
import { Ledger } from '../ledger';
import { Db, Outbox } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { features } from './core/features';
import { DriftJudgement, Histogram, judgeDrift } from './core/judgeDrift';
import { driftReportDraft } from './drafts';
import {
  DriftStore,
  MonitorAnswer,
  StoredMonitor,
  StoredReference,
} from './DriftStore';
import { DriftSettings } from './settings';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Evidence lives for 15 minutes: two more attempts fit in when one renewal fails. */
const renewAfterMs = 5 * minuteMs;
const keepHistoryMs = 7 * dayMs;

const watchedKinds: SubjectKind[] = ['ai-service', 'ai-model', 'edge-model'];

interface Range {
  fromMs: number;
  toMs: number;
}

export class DriftService {
  readonly #db: Db;
  readonly #store: DriftStore;
  readonly #subjects: SubjectAnswers;
  readonly #telemetry: TelemetryAnswers;
  readonly #outbox: Outbox;
  readonly #ledger: Ledger;
  readonly #logger: LoggerService;
  readonly #settings: DriftSettings;

  constructor(options: {
    db: Db;
    store: DriftStore;
    subjects: SubjectAnswers;
    telemetry: TelemetryAnswers;
    outbox: Outbox;
    ledger: Ledger;
    logger: LoggerService;
    settings: DriftSettings;
  }) {
    this.#db = options.db;
    this.#store = options.store;
    this.#subjects = options.subjects;
    this.#telemetry = options.telemetry;
    this.#outbox = options.outbox;
    this.#ledger = options.ledger;
    this.#logger = options.logger;
    this.#settings = options.settings;
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
    // The minute that has begun is left out: its points are still coming in.
    const toMs = Math.floor(nowMs / minuteMs) * minuteMs;
    const range = { fromMs: toMs - this.#settings.currentWindowMs, toMs };
    const reference = await this.#store.newestReference(subject, feature);
    const current = await this.#histogram(subject, feature, range);
    const lastReportedAtMs = current
      ? toMs
      : before?.lastReportedAtMs ??
        (before ? undefined : await this.#lastReported(subject, feature, toMs));
    const isRecent =
      lastReportedAtMs !== undefined && toMs - lastReportedAtMs < dayMs;
    if (!reference && !isRecent) {
      if (before) await this.#store.forget(subject, feature);
      return;
    }
    const judged = judgeDrift({
      reference,
      current,
      windowStartMs: range.fromMs,
      windowEndMs: range.toMs,
      nowMs,
      minimumCount: this.#settings.minimumCount,
      falseAlarmRatio: this.#settings.falseAlarmRatio,
    });
    await this.#record({
      subject,
      answer: this.#answer(feature, judged, reference, current, nowMs),
      reference,
      current,
      before,
      lastReportedAtMs,
      atMs: toMs,
    });
  }

  async #histogram(
    subject: string,
    feature: string,
    range: Range,
  ): Promise<Histogram | undefined> {
    const merged = await this.#telemetry.explicit({
      subject,
      metric: features[feature].metric,
      ...range,
    });
    return merged && merged.histogram.count > 0
      ? {
          boundaries: merged.histogram.boundaries,
          bins: merged.histogram.counts,
        }
      : undefined;
  }

  /** Asked once for a signal that is not watched yet; from then on the monitor remembers. */
  async #lastReported(
    subject: string,
    feature: string,
    toMs: number,
  ): Promise<number | undefined> {
    const windows = await this.#telemetry.windows({
      subject,
      metric: features[feature].metric,
      fromMs: toMs - dayMs,
      toMs,
    });
    const last = windows[windows.length - 1];
    return last && last.startMs + minuteMs;
  }

  #answer(
    feature: string,
    judged: DriftJudgement,
    reference: StoredReference | undefined,
    current: Histogram | undefined,
    nowMs: number,
  ): MonitorAnswer {
    return {
      feature,
      // All versions of a subject are judged together until references know versions.
      version: null,
      statistic: 'psi',
      value: judged.value ?? null,
      warnLimit: judged.warnLimit,
      failLimit: judged.failLimit,
      falseAlarmRatio: this.#settings.falseAlarmRatio,
      referenceId: reference?.referenceId ?? null,
      referenceApprovedBy: reference?.approvedBy ?? null,
      referenceCount: judged.referenceCount,
      currentCount: judged.currentCount,
      minimumCount: this.#settings.minimumCount,
      boundaries: (reference ?? current)?.boundaries ?? [],
      referenceBins: reference?.bins ?? [],
      // Bins over other boundaries than the reference's would be drawn in the wrong places.
      currentBins:
        current && judged.verdict.reason !== 'source-error' ? current.bins : [],
      verdict: judged.verdict,
      evaluatedAtMs: nowMs,
    };
  }

  async #record(judged: {
    subject: string;
    answer: MonitorAnswer;
    reference: StoredReference | undefined;
    current: Histogram | undefined;
    before: StoredMonitor | undefined;
    lastReportedAtMs: number | undefined;
    atMs: number;
  }): Promise<void> {
    const { subject, answer, reference, current, before, atMs } = judged;
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
        { atMs, value: answer.value, status },
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

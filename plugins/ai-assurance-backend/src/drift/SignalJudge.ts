import { wholeMinuteMs } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { features } from './core/features';
import { DriftJudgement, Histogram, judgeDrift } from './core/judgeDrift';
import { DriftStore, MonitorAnswer, StoredReference } from './DriftStore';
import { DriftSettings } from './settings';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

interface Range {
  fromMs: number;
  toMs: number;
}

/** A signal, judged over the minutes that ended by an instant. */
export interface JudgedSignal {
  answer: MonitorAnswer;
  /** `undefined`: nothing was approved, so nothing was compared. */
  reference: StoredReference | undefined;
  /** `undefined`: no output in the window. */
  current: Histogram | undefined;
  /** End of the last window with outputs. */
  lastReportedAtMs: number | undefined;
  /** End of the judged window. */
  toMs: number;
}

/** Judges one signal by telemetry and the reference that was the newest at the instant. Writes nothing. */
export class SignalJudge {
  readonly #store: DriftStore;
  readonly #telemetry: TelemetryAnswers;
  readonly #settings: DriftSettings;

  constructor(deps: {
    store: DriftStore;
    telemetry: TelemetryAnswers;
    settings: DriftSettings;
  }) {
    this.#store = deps.store;
    this.#telemetry = deps.telemetry;
    this.#settings = deps.settings;
  }

  /**
   * `undefined` for a signal that is not watched: nobody approved a reference for it, and it was not reported within a day.
   * `before` says what is remembered of the signal; without it telemetry is asked when it was reported last.
   */
  async judge(
    subject: string,
    feature: string,
    nowMs: number,
    before?: { lastReportedAtMs: number | undefined },
  ): Promise<JudgedSignal | undefined> {
    // The minute that has begun is left out: its points are still coming in.
    const toMs = wholeMinuteMs(nowMs);
    const range = { fromMs: toMs - this.#settings.currentWindowMs, toMs };
    const reference = await this.#store.newestReference(
      subject,
      feature,
      nowMs,
    );
    const current = await this.#histogram(subject, feature, range);
    const lastReportedAtMs = current
      ? toMs
      : before?.lastReportedAtMs ??
        (before ? undefined : await this.#lastReported(subject, feature, toMs));
    const isRecent =
      lastReportedAtMs !== undefined && toMs - lastReportedAtMs < dayMs;
    if (!reference && !isRecent) return undefined;
    const judged = judgeDrift({
      reference,
      current,
      windowStartMs: range.fromMs,
      windowEndMs: range.toMs,
      nowMs,
      minimumCount: this.#settings.minimumCount,
      falseAlarmRatio: this.#settings.falseAlarmRatio,
    });
    return {
      answer: this.#answer(feature, judged, reference, current, nowMs),
      reference,
      current,
      lastReportedAtMs,
      toMs,
    };
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
}

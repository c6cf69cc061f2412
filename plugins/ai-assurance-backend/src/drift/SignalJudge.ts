import { worstOf } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { wholeMinuteMs } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { defaultMonitors } from './core/features';
import {
  DriftInput,
  DriftJudgement,
  Histogram,
  judgeTogether,
} from './core/judgeDrift';
import { pValueOf } from './core/limits';
import { Declared, Monitor } from './core/monitors';
import { judgeQuality, QualityCheck } from './core/quality';
import {
  DriftStore,
  MonitorAnswer,
  StoredMonitor,
  StoredReference,
} from './DriftStore';
import { DriftSettings } from './settings';
import { Range, SignalData, SignalSources } from './SignalSources';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** A signal, judged over the minutes that ended by an instant. */
export interface JudgedSignal {
  monitor: Monitor;
  answer: MonitorAnswer;
  /** `undefined`: nothing was approved, so nothing was compared. */
  reference: StoredReference | undefined;
  quality: QualityCheck[];
  /** End of the last window with data. */
  lastReportedAtMs: number | undefined;
  /** End of the judged window. */
  toMs: number;
}

/** One signal before it is judged with the others. */
interface Gathered {
  monitor: Monitor;
  reference: StoredReference | undefined;
  data: SignalData;
  range: Range;
  lastReportedAtMs: number | undefined;
}

/** Judges all signals of a subject together, by their sources and the references that were the newest at the instant. Writes nothing. */
export class SignalJudge {
  readonly #store: DriftStore;
  readonly #sources: SignalSources;
  readonly #telemetry: TelemetryAnswers;
  readonly #settings: DriftSettings;

  constructor(deps: {
    store: DriftStore;
    sources: SignalSources;
    telemetry: TelemetryAnswers;
    settings: DriftSettings;
  }) {
    this.#store = deps.store;
    this.#sources = deps.sources;
    this.#telemetry = deps.telemetry;
    this.#settings = deps.settings;
  }

  /** Declared monitors, and what is watched of everybody. */
  monitorsOf(declared: Declared | undefined): Monitor[] {
    const own = declared?.monitors ?? [];
    return [
      ...own,
      ...defaultMonitors.filter(
        one => !own.some(({ feature }) => feature === one.feature),
      ),
    ];
  }

  /**
   * Leaves out a signal that is watched of everybody where nobody approved a reference for it and it was not reported within
   * a day, and one that is not due yet. `known` says what is remembered; without it telemetry is asked when a signal was
   * reported last.
   */
  async judge(
    subject: string,
    declared: Declared | undefined,
    nowMs: number,
    known?: ReadonlyMap<string, StoredMonitor>,
    groupSizes: ReadonlyMap<string, number> = new Map(),
  ): Promise<JudgedSignal[]> {
    const references = await this.#store.newestReferences(subject, nowMs);
    const gathered: Gathered[] = [];
    for (const monitor of this.monitorsOf(declared)) {
      const before = known?.get(monitor.feature);
      if (!this.#isDue(monitor, before, nowMs)) continue;
      const one = await this.#gather(subject, monitor, nowMs, {
        reference: references.get(monitor.feature),
        before,
        isKnown: known !== undefined,
        groupSizes,
      });
      if (one) gathered.push(one);
    }
    return this.judgeGathered(gathered, nowMs);
  }

  #isDue(
    monitor: Monitor,
    before: StoredMonitor | undefined,
    nowMs: number,
  ): boolean {
    if (!before || monitor.everyMs === undefined) return true;
    // Ticks come a little early or late: one that is nearly due is due.
    return (
      nowMs - before.answer.evaluatedAtMs >= monitor.everyMs - minuteMs / 2
    );
  }

  async #gather(
    subject: string,
    monitor: Monitor,
    nowMs: number,
    told: {
      reference: StoredReference | undefined;
      before: StoredMonitor | undefined;
      isKnown: boolean;
      groupSizes: ReadonlyMap<string, number>;
    },
  ): Promise<Gathered | undefined> {
    // The minute that has begun is left out: its points are still coming in.
    const toMs = wholeMinuteMs(nowMs);
    const windowMs = monitor.windowMs ?? this.#settings.currentWindowMs;
    const range = { fromMs: toMs - windowMs, toMs };
    const data = await this.#sources.read(
      subject,
      monitor,
      range,
      told.groupSizes,
    );
    const isDefault = defaultMonitors.includes(monitor);
    const lastReportedAtMs =
      data.newestMs === undefined
        ? told.before?.lastReportedAtMs ??
          (told.isKnown && told.before
            ? undefined
            : await this.#lastReported(subject, monitor, toMs))
        : toMs;
    const isRecent =
      lastReportedAtMs !== undefined && toMs - lastReportedAtMs < dayMs;
    if (isDefault && !told.reference && !isRecent) return undefined;
    return {
      monitor,
      reference: told.reference,
      data,
      range,
      lastReportedAtMs,
    };
  }

  /** All signals of a subject as one family of comparisons, cohorts included. */
  judgeGathered(gathered: readonly Gathered[], nowMs: number): JudgedSignal[] {
    const inputs: DriftInput[] = [];
    const places = gathered.map(one => {
      const cohorts = [...one.data.cohorts.keys()].sort();
      const first = inputs.length;
      inputs.push(this.#inputOf(one, undefined, one.data.current, nowMs));
      for (const cohort of cohorts)
        inputs.push(
          this.#inputOf(one, cohort, one.data.cohorts.get(cohort), nowMs),
        );
      return { first, cohorts };
    });
    const judged = judgeTogether(inputs, this.#settings.falseAlarmRatio);
    return gathered.map((one, i) => {
      const { first, cohorts } = places[i];
      return this.#signal(
        one,
        judged[first],
        cohorts.map((cohort, at) => ({
          cohort,
          judgement: judged[first + 1 + at],
        })),
        nowMs,
      );
    });
  }

  #minimumOf(monitor: Monitor): number {
    return monitor.minimumCount ?? this.#settings.minimumCount;
  }

  #inputOf(
    { monitor, reference, data, range }: Gathered,
    cohort: string | undefined,
    current: Histogram | undefined,
    nowMs: number,
  ): DriftInput {
    return {
      reference: reference && referenceFor(reference, cohort),
      current,
      windowStartMs: range.fromMs,
      windowEndMs: range.toMs,
      nowMs,
      minimumCount: this.#minimumOf(monitor),
      statistic: monitor.statistic,
      isSuppressed: cohort !== undefined && data.hidden.has(cohort),
      isUnreadable: data.problem !== undefined,
    };
  }

  #signal(
    one: Gathered,
    judged: DriftJudgement,
    cohorts: { cohort: string; judgement: DriftJudgement }[],
    nowMs: number,
  ): JudgedSignal {
    const { monitor, reference, data, range } = one;
    const quality = judgeQuality({
      rules: monitor.quality,
      reference,
      current: data.current,
      nullCount: data.nullCount,
      outOfRangeCount: data.outOfRangeCount,
      outsideCount: data.outsideCount,
      newestMs: data.newestMs ?? one.lastReportedAtMs,
      nowMs,
    });
    const shown = judged.aligned ?? {
      reference: reference ?? { boundaries: [], bins: [] },
      current: data.current ?? { boundaries: [], bins: [] },
    };
    return {
      monitor,
      reference,
      quality,
      lastReportedAtMs: one.lastReportedAtMs,
      toMs: range.toMs,
      answer: {
        feature: monitor.feature,
        ...(monitor.title === undefined ? {} : { title: monitor.title }),
        part: monitor.part,
        source: monitor.source.kind,
        ...(data.problem === undefined ? {} : { sourceProblem: data.problem }),
        ...(monitor.everyMs === undefined ? {} : { everyMs: monitor.everyMs }),
        // All versions of a subject are judged together until references know versions.
        version: null,
        statistic: judged.statistic,
        value: judged.value ?? null,
        warnLimit: judged.warnLimit,
        failLimit: judged.failLimit,
        falseAlarmRatio: this.#settings.falseAlarmRatio,
        pValue: judged.pValue ?? null,
        adjustedPValue: judged.adjustedPValue ?? null,
        comparisonCount: judged.comparisonCount,
        enoughCount: judged.enoughCount ?? null,
        statistics: judged.statistics.map(told => ({
          ...told,
          pValue: pValueOf(told.statistic, judged.comparison!),
        })),
        referenceId: reference?.referenceId ?? null,
        referenceApprovedBy: reference?.approvedBy ?? null,
        referenceCount: judged.referenceCount,
        currentCount: judged.currentCount,
        minimumCount: this.#minimumOf(monitor),
        boundaries: shown.reference.boundaries.length
          ? shown.reference.boundaries
          : shown.current.boundaries,
        categories:
          shown.reference.categories ?? shown.current.categories ?? null,
        referenceBins: shown.reference.bins,
        currentBins: shown.current.bins,
        cohorts: cohorts.map(({ cohort, judgement }) =>
          cohortAnswer(cohort, judgement, data.hidden.has(cohort)),
        ),
        quality,
        verdict: judged.verdict,
        evaluatedAtMs: nowMs,
      },
    };
  }

  /** Asked once for a signal that is not watched yet; from then on the monitor remembers. */
  async #lastReported(
    subject: string,
    monitor: Monitor,
    toMs: number,
  ): Promise<number | undefined> {
    if (monitor.source.kind !== 'telemetry') return undefined;
    const windows = await this.#telemetry.windows({
      subject,
      metric: monitor.source.metric,
      fromMs: toMs - dayMs,
      toMs,
    });
    const last = windows[windows.length - 1];
    return last && last.startMs + minuteMs;
  }
}

/** Like meets like: a cohort its own window where the reference has one, else the whole. */
function referenceFor(
  reference: StoredReference,
  cohort: string | undefined,
): StoredReference {
  const bins = cohort === undefined ? undefined : reference.cohortBins[cohort];
  return bins ? { ...reference, bins } : reference;
}

function cohortAnswer(
  cohort: string,
  judged: DriftJudgement,
  isHidden: boolean,
): NonNullable<MonitorAnswer['cohorts']>[number] {
  return {
    cohort,
    value: judged.value ?? null,
    failLimit: judged.value === undefined ? null : judged.failLimit,
    pValue: judged.pValue ?? null,
    adjustedPValue: judged.adjustedPValue ?? null,
    referenceCount: isHidden ? null : judged.referenceCount,
    currentCount: isHidden ? null : judged.currentCount,
    verdict: judged.verdict,
  };
}

/** Worst of a signal and its cohorts; cohorts that cannot be judged do not hide that the whole could. */
export function statusOf(answer: MonitorAnswer): MonitorAnswer['verdict'] {
  const judged = (answer.cohorts ?? []).filter(
    ({ verdict }) => verdict.status !== 'inconclusive',
  );
  const worst = worstOf([
    answer.verdict.status,
    ...judged.map(({ verdict }) => verdict.status),
  ]);
  return worst === answer.verdict.status
    ? answer.verdict
    : judged.find(({ verdict }) => verdict.status === worst)!.verdict;
}

import { Family } from './core/family';
import { Histogram } from './core/histogram';
import { DriftInput, DriftJudgement } from './core/judgements';
import { Declared, Monitor } from './core/monitors';
import { judgeQuality, QualityCheck } from './core/quality';
import { MonitorAnswer } from './DriftStore';
import { KnownReference } from './KnownReferences';
import { DriftSettings } from './settings';
import { cohortAnswer, CohortAnswer } from './signalAnswers';
import {
  AskedSubject,
  Gathered,
  GathererDeps,
  KnownMonitor,
  SignalGatherer,
} from './SignalGatherer';

/** A signal, judged over the minutes that ended by an instant. */
export interface JudgedSignal {
  monitor: Monitor;
  answer: MonitorAnswer;
  /** `undefined`: nothing was approved, so nothing was compared. */
  reference: KnownReference | undefined;
  quality: QualityCheck[];
  /** End of the last window with data. */
  lastReportedAtMs: number | undefined;
  /** End of the judged window. */
  toMs: number;
}

/** Judges all signals of a subject together, by their sources and the references that were the newest at the instant. Writes nothing. */
export class SignalJudge {
  readonly #gatherer: SignalGatherer;
  readonly #settings: DriftSettings;

  constructor(deps: GathererDeps) {
    this.#gatherer = new SignalGatherer(deps);
    this.#settings = deps.settings;
  }

  /**
   * Judges what {@link SignalGatherer} brings together of a subject. `known` says what is remembered; without it telemetry is
   * asked when a signal was reported last.
   */
  async judge(
    subject: string,
    declared: Declared | undefined,
    nowMs: number,
    known?: ReadonlyMap<string, KnownMonitor>,
    groupSizes: ReadonlyMap<string, number> = new Map(),
  ): Promise<JudgedSignal[]> {
    const [judged] = await this.judgeMany(
      [{ subject, declared, known }],
      nowMs,
      groupSizes,
    );
    return judged;
  }

  /**
   * One cohort of every signal that is judged by cohorts, as its own answer; judged with all signals and cohorts of the subject,
   * so that value and limit are those of the evaluation.
   */
  async judgeCohort(
    asked: AskedSubject & { cohort: string },
    nowMs: number,
    groupSizes: ReadonlyMap<string, number>,
  ): Promise<JudgedSignal[]> {
    const [gathered] = await this.#gatherer.gather([asked], nowMs, groupSizes);
    const { family, places, cohortsOf } = this.#familyOf(gathered, nowMs);
    return gathered.flatMap((one, i) => {
      const at = cohortsOf[i].indexOf(asked.cohort);
      if (at < 0) return [];
      const judged = family.judgement(places[i] + 1 + at);
      return [this.#signalOfCohort(one, asked.cohort, judged, nowMs)];
    });
  }

  /** {@link judge} of many subjects, in their order, each a family of its own: a few statements read what all of them need. */
  async judgeMany(
    asked: readonly AskedSubject[],
    nowMs: number,
    groupSizes: ReadonlyMap<string, number>,
  ): Promise<JudgedSignal[][]> {
    const gathered = await this.#gatherer.gather(asked, nowMs, groupSizes);
    return gathered.map(signals => this.judgeGathered(signals, nowMs));
  }

  /** All signals of a subject as one family of comparisons, cohorts included. */
  judgeGathered(gathered: readonly Gathered[], nowMs: number): JudgedSignal[] {
    const { family, places, cohortsOf } = this.#familyOf(gathered, nowMs);
    return gathered.map((one, i) =>
      this.#signal(
        one,
        family.judgement(places[i]),
        cohortsOf[i].map((cohort, at) =>
          cohortAnswer(
            cohort,
            family.brief(places[i] + 1 + at),
            one.data.hidden.has(cohort),
          ),
        ),
        nowMs,
      ),
    );
  }

  /** The family, judged, with the place of each signal; its cohorts, by name, follow it. */
  #familyOf(
    gathered: readonly Gathered[],
    nowMs: number,
  ): { family: Family; places: number[]; cohortsOf: string[][] } {
    const cohortsOf = gathered.map(({ data }) =>
      [...data.cohorts.keys()].sort(),
    );
    const family = new Family(
      cohortsOf.reduce((sum, cohorts) => sum + 1 + cohorts.length, 0),
    );
    const places = gathered.map((one, i) => {
      const first = family.add(
        this.#inputOf(one, undefined, one.data.current, nowMs),
      );
      for (const cohort of cohortsOf[i])
        family.add(
          this.#inputOf(one, cohort, one.data.cohorts.get(cohort), nowMs),
        );
      return first;
    });
    family.judge(this.#settings.falseAlarmRatio);
    return { family, places, cohortsOf };
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
      reference,
      // Like meets like: a cohort its own window where the reference has one, else the whole.
      referenceBins:
        cohort === undefined ? undefined : reference?.binsOf(cohort),
      current,
      windowStartMs: range.fromMs,
      windowEndMs: range.toMs,
      nowMs,
      minimumCount: this.#minimumOf(monitor),
      statistic: monitor.statistic,
      isCategorical: monitor.type === 'categorical',
      isSuppressed: cohort !== undefined && data.hidden.has(cohort),
      isUnreadable: data.problem !== undefined,
    };
  }

  #signal(
    one: Gathered,
    judged: DriftJudgement,
    cohorts: CohortAnswer[],
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
    return {
      monitor,
      reference,
      quality,
      lastReportedAtMs: one.lastReportedAtMs,
      toMs: range.toMs,
      answer: {
        ...this.#answer(one, judged, data.current, nowMs),
        cohorts,
        quality,
      },
    };
  }

  /** The checks of the data are those of the whole; of a cohort too small to be shown nothing is told but that. */
  #signalOfCohort(
    one: Gathered,
    cohort: string,
    judged: DriftJudgement,
    nowMs: number,
  ): JudgedSignal {
    const { monitor, reference, data, range } = one;
    const isHidden = data.hidden.has(cohort);
    const current = isHidden ? undefined : data.cohorts.get(cohort);
    const answer = this.#answer(one, judged, current, nowMs);
    const ownBins = reference?.binsOf(cohort);
    return {
      monitor,
      reference,
      quality: [],
      lastReportedAtMs: one.lastReportedAtMs,
      toMs: range.toMs,
      answer: {
        ...answer,
        ...(isHidden
          ? { isSuppressed: true, currentCount: 0, currentBins: [] }
          : {}),
        referenceBins:
          judged.aligned?.reference.bins ??
          (ownBins ? Array.from(ownBins) : answer.referenceBins),
      },
    };
  }

  #answer(
    one: Gathered,
    judged: DriftJudgement,
    current: Histogram | undefined,
    nowMs: number,
  ): Omit<MonitorAnswer, 'cohorts' | 'quality'> {
    const { monitor, reference, data } = one;
    const shown = judged.aligned ?? {
      reference: reference ?? { boundaries: [], bins: [] },
      current: current ?? { boundaries: [], bins: [] },
    };
    return {
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
      statistics: judged.statistics,
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
      verdict: judged.verdict,
      evaluatedAtMs: nowMs,
    };
  }
}

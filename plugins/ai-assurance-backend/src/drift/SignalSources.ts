import {
  createMetricsEngine,
  MetricsEngine,
  readHttpTarget,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Config } from '@backstage/config';
import { Signal, SignalReader, TelemetryAnswers, Window } from '../telemetry';
import { engineHistograms } from './core/engineHistograms';
import { Histogram, histogramOfCategories, sumOf } from './core/histogram';
import { Monitor } from './core/monitors';
import { suppressedCohorts } from './core/suppress';
import { DriftStore } from './DriftStore';
import { SampleStore } from './SampleStore';

/** A range of time, half-open. */
export interface Range {
  fromMs: number;
  toMs: number;
}

/** What a source said of a signal in a window. */
export interface SignalData {
  current: Histogram | undefined;
  cohorts: Map<string, Histogram>;
  /** Of too few devices: nothing of them may be shown. */
  hidden: Set<string>;
  nullCount: number | undefined;
  outOfRangeCount: number | undefined;
  /** Values outside the range of the monitor, counted one by one. */
  outsideCount?: number;
  /** End of the newest data in the window. */
  newestMs: number | undefined;
  /** Why the source could not be read, in words. */
  problem: string | undefined;
  /** Nobody ever reported it. */
  isUnknown?: boolean;
}

const nothing: SignalData = {
  current: undefined,
  cohorts: new Map(),
  hidden: new Set(),
  nullCount: undefined,
  outOfRangeCount: undefined,
  newestMs: undefined,
  problem: undefined,
};

const totalOf = (histogram: Histogram) => sumOf(histogram.bins);

const engineName = 'the metrics engine of drift';
const defaultGroupSize = 5;
/** Longer windows are read one signal after the other. */
const longestTogetherMs = 6 * 3_600_000;
/** Minutes of signals that are in memory at once. */
const mostMinutesTogether = 6_000;
const windowMs = 60_000;

/** Sums histograms with equal bins; windows with other boundaries than the newest are left out. */
function foldNumeric(windows: Window[]): Map<string, Histogram> {
  const explicit = windows.filter(w => w.explicit !== undefined);
  const newest = explicit[explicit.length - 1]?.explicit?.boundaries;
  const folded = new Map<string, Histogram>();
  if (!newest) return folded;
  const shape = newest.join();
  for (const { explicit: histogram, cohort } of explicit) {
    if (
      histogram!.boundaries !== newest &&
      histogram!.boundaries.join() !== shape
    )
      continue;
    for (const key of ['', ...(cohort ? [cohort] : [])]) {
      const known = folded.get(key);
      if (known)
        histogram!.counts.forEach((count, i) => {
          known.bins[i] += count;
        });
      else
        folded.set(key, { boundaries: newest, bins: [...histogram!.counts] });
    }
  }
  return folded;
}

/** Counts by output class. */
function foldCategories(windows: Window[]): Map<string, Histogram> {
  const counts = new Map<string, Map<string, number>>();
  for (const { kind, sum, cohort, outputClass } of windows) {
    if (kind !== 'sum' || outputClass === undefined) continue;
    for (const key of ['', ...(cohort ? [cohort] : [])]) {
      let ofKey = counts.get(key);
      if (!ofKey) counts.set(key, (ofKey = new Map()));
      ofKey.set(outputClass, (ofKey.get(outputClass) ?? 0) + sum);
    }
  }
  return new Map(
    [...counts].map(([key, ofKey]) => [key, histogramOfCategories(ofKey)]),
  );
}

/** A signal and the minutes that are asked of it. */
export interface AskedSignal {
  subject: string;
  monitor: Monitor;
  range: Range;
}

function dataOfSignal(
  signal: Signal | undefined,
  monitor: Monitor,
): SignalData {
  if (!signal) return { ...nothing, isUnknown: true };
  const cohorts = new Map<string, Histogram>();
  let current: Histogram | undefined;
  if (monitor.type === 'categorical') {
    if (signal.classes.size > 0)
      current = histogramOfCategories(signal.classes);
    for (const [cohort, classes] of signal.cohortClasses)
      cohorts.set(cohort, histogramOfCategories(classes));
  } else if (signal.boundaries && signal.counts) {
    const { boundaries } = signal;
    current = { boundaries, bins: signal.counts };
    for (const [cohort, bins] of signal.cohortCounts)
      cohorts.set(cohort, { boundaries, bins });
  }
  return {
    ...nothing,
    current: current && totalOf(current) > 0 ? current : undefined,
    cohorts,
    hidden:
      signal.suppressed.size === 0
        ? nothing.hidden
        : suppressedCohorts(
            [...cohorts].map(([cohort, histogram]) => ({
              cohort,
              isSmall: signal.suppressed.has(cohort),
              count: totalOf(histogram),
            })),
          ),
    newestMs:
      signal.newestStartMs === undefined
        ? undefined
        : signal.newestStartMs + windowMs,
  };
}

/** Reads the histograms of a signal from wherever its monitor says. */
export class SignalSources {
  readonly #store: DriftStore;
  readonly #samples: SampleStore;
  readonly #telemetry: TelemetryAnswers;
  readonly #signals: SignalReader;
  readonly #engine: MetricsEngine | undefined;

  constructor(deps: {
    store: DriftStore;
    samples: SampleStore;
    telemetry: TelemetryAnswers;
    signals: SignalReader;
    config: Config;
  }) {
    this.#store = deps.store;
    this.#samples = deps.samples;
    this.#telemetry = deps.telemetry;
    this.#signals = deps.signals;
    const config = deps.config.getOptionalConfig('aiAssurance.drift.engine');
    this.#engine =
      config &&
      createMetricsEngine(
        readHttpTarget(config, {
          name: engineName,
          path: 'aiAssurance.drift.engine',
        }),
      );
  }

  /** A source that fails is an answer. `groups` keeps what is known of cohorts within one round. */
  async read(
    subject: string,
    monitor: Monitor,
    range: Range,
    groupSizes: ReadonlyMap<string, number>,
  ): Promise<SignalData> {
    try {
      const { source } = monitor;
      if (source.kind === 'telemetry')
        return await this.#fromTelemetry(subject, monitor, range);
      if (source.kind === 'profile')
        return await this.#fromProfiles(subject, monitor, range, groupSizes);
      if (source.kind === 'file')
        return await this.#fromFile(subject, monitor, range);
      return await this.#fromEngine(monitor, range);
    } catch (error) {
      return { ...nothing, problem: (error as Error).message };
    }
  }

  /** {@link read} of many signals, in their order: those of telemetry in a few statements for all. */
  async readMany(
    asked: readonly AskedSignal[],
    groupSizes: ReadonlyMap<string, number>,
  ): Promise<SignalData[]> {
    const read = new Map<AskedSignal, SignalData>();
    const together = new Map<string, AskedSignal[]>();
    for (const one of asked) {
      const { monitor, range } = one;
      if (
        monitor.source.kind !== 'telemetry' ||
        range.toMs - range.fromMs > longestTogetherMs
      ) {
        read.set(one, await this.read(one.subject, monitor, range, groupSizes));
        continue;
      }
      const key = `${range.fromMs}|${range.toMs}`;
      const same = together.get(key);
      if (same) same.push(one);
      else together.set(key, [one]);
    }
    for (const group of together.values())
      await this.#readTogether(group, read);
    return asked.map(one => read.get(one)!);
  }

  /** Signals of telemetry over one range. */
  async #readTogether(
    asked: AskedSignal[],
    read: Map<AskedSignal, SignalData>,
  ): Promise<void> {
    const [{ range }] = asked;
    const minutes = (range.toMs - range.fromMs) / windowMs;
    const atOnce = Math.max(1, Math.floor(mostMinutesTogether / minutes));
    for (let at = 0; at < asked.length; at += atOnce) {
      const part = asked.slice(at, at + atOnce);
      const signals = await this.#signals.signals(
        part.map(({ subject, monitor }) => ({
          subject,
          metric:
            monitor.source.kind === 'telemetry' ? monitor.source.metric : '',
          byCohort: monitor.isByCohort,
        })),
        range,
      );
      part.forEach((one, i) =>
        read.set(one, dataOfSignal(signals[i], one.monitor)),
      );
    }
  }

  async #fromTelemetry(
    subject: string,
    monitor: Monitor,
    range: Range,
  ): Promise<SignalData> {
    if (monitor.source.kind !== 'telemetry') return nothing;
    const { metric } = monitor.source;
    const windows = await this.#telemetry.windows({
      subject,
      metric,
      ...range,
    });
    const folded =
      monitor.type === 'categorical'
        ? foldCategories(windows)
        : foldNumeric(windows);
    const last = windows[windows.length - 1];
    const current = folded.get('');
    folded.delete('');
    const cohorts = monitor.isByCohort ? folded : new Map<string, Histogram>();
    const groups = [];
    for (const [cohort, histogram] of cohorts) {
      const group = await this.#telemetry.groupOf({
        subject,
        metric,
        ...range,
        cohort,
      });
      groups.push({
        cohort,
        isSmall: group.isSuppressed,
        count: totalOf(histogram),
      });
    }
    return {
      ...nothing,
      current: current && totalOf(current) > 0 ? current : undefined,
      cohorts,
      hidden: suppressedCohorts(groups),
      newestMs: last && last.startMs + windowMs,
    };
  }

  async #fromProfiles(
    subject: string,
    monitor: Monitor,
    range: Range,
    groupSizes: ReadonlyMap<string, number>,
  ): Promise<SignalData> {
    const profiles = (
      await this.#store.profiles(subject, monitor.feature)
    ).filter(
      ({ windowEndMs, histogram }) =>
        windowEndMs > range.fromMs &&
        windowEndMs <= range.toMs + windowMs &&
        Boolean(histogram.categories) === (monitor.type === 'categorical'),
    );
    const whole = profiles.find(({ cohort }) => cohort === undefined);
    const parts = monitor.isByCohort
      ? profiles.filter(({ cohort }) => cohort !== undefined)
      : [];
    return {
      ...nothing,
      current:
        whole && totalOf(whole.histogram) > 0 ? whole.histogram : undefined,
      cohorts: new Map(parts.map(p => [p.cohort!, p.histogram])),
      hidden: suppressedCohorts(
        parts.map(p => ({
          cohort: p.cohort!,
          // A sender that does not say how many devices there were gets no benefit of the doubt.
          isSmall:
            (p.deviceCount ?? 0) <
            (groupSizes.get(p.cohort!) ?? defaultGroupSize),
          count: totalOf(p.histogram),
        })),
      ),
      nullCount: whole?.nullCount,
      outOfRangeCount: whole?.outOfRangeCount,
      newestMs: whole?.windowEndMs,
    };
  }

  /** What the file held when it was read last; one that has not changed within the window says nothing of it. */
  async #fromFile(
    subject: string,
    monitor: Monitor,
    range: Range,
  ): Promise<SignalData> {
    const sample = await this.#samples.of(subject, monitor);
    if (!sample) return nothing;
    if (!sample.profile)
      return { ...nothing, problem: sample.problem ?? 'could not be read' };
    const { dataAtMs } = sample;
    // Asked about the past, what was seen since is not known yet.
    if (dataAtMs <= range.fromMs || dataAtMs > range.toMs + windowMs)
      return nothing;
    const { whole, cohorts, nullCount, outsideCount } = sample.profile;
    const parts = monitor.isByCohort ? cohorts : [];
    return {
      ...nothing,
      current: totalOf(whole) > 0 ? whole : undefined,
      cohorts: new Map(
        parts.map(({ cohort, histogram }) => [
          cohort,
          histogram ?? { boundaries: whole.boundaries, bins: [] },
        ]),
      ),
      hidden: suppressedCohorts(parts),
      nullCount,
      outsideCount,
      newestMs: dataAtMs,
    };
  }

  async #fromEngine(monitor: Monitor, range: Range): Promise<SignalData> {
    if (monitor.source.kind !== 'engine') return nothing;
    if (!this.#engine)
      throw new Error(
        'no engine is configured: set aiAssurance.drift.engine.baseUrl',
      );
    const { query, category, cohort: cohortLabel } = monitor.source;
    const minutes = Math.round((range.toMs - range.fromMs) / windowMs);
    const answer = await this.#engine.instant({
      query: query.replaceAll('$window', `${minutes}m`),
      atMs: range.toMs,
      signal: AbortSignal.timeout(30_000),
    });
    const histograms = engineHistograms(answer.series, {
      category,
      cohortLabel,
      atMs: range.toMs,
      sourceName: engineName,
    });
    const current = histograms.get('');
    histograms.delete('');
    return {
      ...nothing,
      current: current && totalOf(current) > 0 ? current : undefined,
      cohorts: monitor.isByCohort ? histograms : new Map(),
      // An engine does not tell how many devices a series is made of.
      hidden: new Set(histograms.keys()),
      newestMs: current ? range.toMs : undefined,
    };
  }
}

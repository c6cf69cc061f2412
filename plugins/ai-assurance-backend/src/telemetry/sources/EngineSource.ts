import {
  CollectorError,
  EngineAnswer,
  EngineSeries,
  MetricsEngine,
  QueryTemplate,
  TemplateSubject,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Clock } from '../../platform';
import { partLabel, partsOf, Sums, sumsOf } from '../core/engine/chartSums';
import {
  AskedSteps,
  demandHonest,
  histogramOf,
  LyingAnswer,
  stepOf,
} from '../core/engine/bucketSums';
import { SegmentTable } from '../core/latency';
import { Chart, hiddenPoint, Steps } from '../core/levels/chart';
import { Group, GroupPart } from '../core/levels/groups';
import { stepsOfRange } from '../core/levels/level';
import {
  BreakdownAnswer,
  SeriesAnswer,
  SeriesRange,
  SourceFailure,
  VersionBandsAnswer,
} from '../types';
import { bandsOf } from '../core/versionBands';
import { MinimumOf } from '../SeriesReads';
import { Limiter } from './Limiter';

const minuteMs = 60_000;

const maxWaiting = 100;
/** Answers kept; each is bounded by the samples that the engine may answer. */
const maxCached = 100;
const maxCachedSamples = 1_000_000;
const maxGroups = 100;
/** A failing engine is not asked the same again for so long. */
const failureMs = 5_000;

export interface EngineSourceSettings {
  name: string;
  /** Finest step; samples lie no closer than a quarter of it. */
  stepMs: number;
  secondsPerUnit: number;
  labels: { version: string | undefined; cohort: string | undefined };
  /** Each gives the expression for a window such as `5m`. */
  queries: {
    latency: (window: string) => QueryTemplate;
    errors: ((window: string) => QueryTemplate) | undefined;
    /** How many distinct devices spoke, by the labels of version and cohort. */
    devices: ((window: string) => QueryTemplate) | undefined;
  };
  cacheMs: number;
  maxConcurrent: number;
}

type By = 'version' | 'cohort' | undefined;

interface Kept {
  untilMs: number;
  answer: Promise<EngineAnswer>;
  sampleCount: number;
}

/**
 * Telemetry of subjects that a Prometheus-compatible engine holds. Whatever the engine does, an answer comes back: what it says,
 * or why and since when it says nothing that can be used. Nothing is asked twice in one answer; the next one tries again.
 */
export class EngineSource {
  readonly #clock: Clock;
  readonly #engine: MetricsEngine;
  readonly #settings: EngineSourceSettings;
  readonly #limiter: Limiter;
  readonly #minimums: () => Promise<MinimumOf>;
  readonly #kept = new Map<string, Kept>();
  #failingSinceMs: number | undefined;

  constructor(deps: {
    clock: Clock;
    engine: MetricsEngine;
    settings: EngineSourceSettings;
    /** How many devices a group has to be made of. */
    minimums: () => Promise<MinimumOf>;
  }) {
    this.#minimums = deps.minimums;
    this.#clock = deps.clock;
    this.#engine = deps.engine;
    this.#settings = deps.settings;
    this.#limiter = new Limiter({
      atOnce: deps.settings.maxConcurrent,
      maxWaiting,
    });
  }

  get name(): string {
    return this.#settings.name;
  }

  /** Since when nothing of it could be used; `undefined` while it answers, or was not asked. */
  get failingSinceMs(): number | undefined {
    return this.#failingSinceMs;
  }

  async series(
    subject: TemplateSubject,
    range: SeriesRange,
    options: { by?: 'version' | 'cohort'; cohort?: string } = {},
  ): Promise<SeriesAnswer> {
    const steps = this.#stepsOf(range);
    return this.#guarded(async () => {
      const chart = await this.#chart(subject, steps, range.toMs, options);
      const { points, groups, errorBoundRatio } = chart.read(() => 0);
      const devices =
        options.cohort === undefined
          ? undefined
          : await this.#devicesOf(subject, steps, range.toMs, options.cohort);
      const minimum = (await this.#minimums())(options.cohort ?? null);
      return {
        state: 'ready',
        source: this.name,
        fromMs: steps.fromMs,
        toMs: steps.fromMs + steps.stepCount * steps.stepMs,
        stepMs: steps.stepMs,
        level: 'engine',
        isWhole: true,
        errorBoundRatio,
        points: points.map(point =>
          devices && (devices.get(point.startMs) ?? 0) < minimum
            ? hiddenPoint(point.startMs)
            : { ...point, p95LowMs: null, p95HighMs: null },
        ),
        // Of cohorts beside each other the table tells, which hides those of few devices.
        groups: options.by === 'version' ? groups.slice(0, maxGroups) : [],
      };
    });
  }

  async versionBands(
    subject: TemplateSubject,
    range: SeriesRange,
  ): Promise<VersionBandsAnswer> {
    const steps = this.#stepsOf(range);
    return this.#guarded(async () => {
      const chart = await this.#chart(subject, steps, range.toMs, {
        by: 'version',
      });
      const { groups } = chart.read(() => 0);
      return {
        state: 'ready',
        source: this.name,
        ...bandsOf(
          steps,
          groups.map(({ key, points }) => ({
            version: key ?? 'unknown',
            digest: undefined,
            counts: points.map(point => point.count ?? 0),
          })),
        ),
      };
    });
  }

  /** Latency by version and cohort over the range, worst p95 first. */
  async breakdown(
    subject: TemplateSubject,
    { fromMs, toMs }: { fromMs: number; toMs: number },
    cohort?: string,
  ): Promise<BreakdownAnswer> {
    return this.#guarded(async () => {
      const { version, cohort: cohortLabel } = this.#settings.labels;
      if (cohort !== undefined && cohortLabel === undefined)
        throw new CollectorError(
          'misconfigured',
          `${this.name}: the config names no label that holds the cohort`,
        );
      const startMs = Math.floor(fromMs / minuteMs) * minuteMs;
      const stepMs = Math.floor((toMs - startMs) / minuteMs) * minuteMs;
      const { devices } = this.#settings.queries;
      // Where nobody knows how many devices a cohort is made of, it is not told apart.
      const isSplit = devices !== undefined || cohort !== undefined;
      const labels = [version, isSplit ? cohortLabel : undefined].filter(
        label => label !== undefined,
      );
      const table = new SegmentTable();
      let deviceCounts = new Map<string, number>();
      if (stepMs > 0) {
        const steps = { fromMs: startMs, stepMs, stepCount: 1 };
        const { series } = await this.#ask(
          this.#expression(subject, stepMs, labels),
          steps,
        );
        demandHonest(series, steps);
        const keyOf = ({ labels: own }: EngineSeries) =>
          JSON.stringify([
            (version && own[version]) || 'unknown',
            (isSplit && cohortLabel && own[cohortLabel]) || null,
          ]);
        for (const sum of sumsOf(series, keyOf, steps).values()) {
          const [ownVersion, ownCohort] = JSON.parse(sum.key!);
          if (cohort !== undefined && ownCohort !== cohort) continue;
          for (const { part } of this.#groupsOf(sum, steps))
            table.addGroup(
              {
                version: ownVersion,
                digest: undefined,
                cohort: ownCohort ?? undefined,
              },
              startMs,
              part,
            );
        }
        if (devices && cohortLabel) {
          const answer = await this.#ask(
            `max by (${labels.join(', ')}) (${devices(`${stepMs / 1000}s`).fill(
              subject,
            )})`,
            steps,
          );
          deviceCounts = new Map(
            answer.series.map(one => [keyOf(one), one.samples[0]?.value ?? 0]),
          );
        }
      }
      const isSizeUnknown = cohortLabel !== undefined && devices === undefined;
      return {
        state: 'ready',
        source: this.name,
        rows: table
          .rows(await this.#minimums(), row => {
            if (row.cohort === null) return undefined;
            return (
              deviceCounts.get(JSON.stringify([row.version, row.cohort])) ?? 0
            );
          })
          .map(row => (isSizeUnknown ? { ...row, isSizeUnknown } : row)),
      };
    });
  }

  /** At least how many devices of a cohort spoke in each step; empty where nobody knows. */
  async #devicesOf(
    subject: TemplateSubject,
    steps: Steps,
    toMs: number,
    cohort: string,
  ): Promise<Map<number, number>> {
    const { labels, queries } = this.#settings;
    const counts = new Map<number, number>();
    if (!queries.devices || !labels.cohort) return counts;
    for (const part of partsOf(steps, toMs)) {
      const { series } = await this.#ask(
        `max by (${labels.cohort}) (${queries
          .devices(`${part.stepMs / 1000}s`)
          .fill(subject)})`,
        part,
      );
      for (const one of series) {
        if (one.labels[labels.cohort] !== cohort) continue;
        for (const { atMs, value } of one.samples)
          counts.set(part.fromMs + stepOf(atMs, part) * part.stepMs, value);
      }
    }
    return counts;
  }

  #stepsOf(range: SeriesRange): Steps {
    const { fromMs, toMs, stepMs } = range;
    const steps = stepsOfRange(fromMs, toMs, stepMs);
    return steps.stepMs >= this.#settings.stepMs
      ? steps
      : stepsOfRange(fromMs, toMs, this.#settings.stepMs);
  }

  async #guarded<T extends { state: 'ready' }>(
    work: () => Promise<T>,
  ): Promise<T | { state: 'failed'; failure: SourceFailure }> {
    try {
      const answer = await work();
      this.#failingSinceMs = undefined;
      return answer;
    } catch (error) {
      const failure = this.#failureOf(error);
      return { state: 'failed', failure };
    }
  }

  #failureOf(error: unknown): SourceFailure {
    const isKnown =
      error instanceof CollectorError || error instanceof LyingAnswer;
    if (!isKnown) throw error;
    this.#failingSinceMs ??= this.#clock.nowMs();
    return {
      source: this.name,
      sinceMs: this.#failingSinceMs,
      code: error instanceof CollectorError ? error.code : 'malformed-answer',
      message:
        error instanceof CollectorError
          ? error.message
          : `${this.name}: the answer cannot be right: ${error.message}`,
    };
  }

  async #chart(
    subject: TemplateSubject,
    steps: Steps,
    toMs: number,
    options: { by?: By; cohort?: string },
  ): Promise<Chart> {
    const { labels } = this.#settings;
    const label = (name: 'version' | 'cohort') => {
      const own = labels[name];
      if (own === undefined)
        throw new CollectorError(
          'misconfigured',
          `${this.name}: the config names no label that holds the ${name}`,
        );
      return own;
    };
    const wanted = [
      ...(options.by ? [label(options.by)] : []),
      ...(options.cohort !== undefined && options.by !== 'cohort'
        ? [label('cohort')]
        : []),
    ];
    const chart = new Chart(steps);
    for (const part of partsOf(steps, toMs)) {
      const { series } = await this.#ask(
        this.#expression(subject, part.stepMs, wanted),
        part,
      );
      demandHonest(series, part);
      const isMeant = ({ labels: own }: EngineSeries) =>
        options.cohort === undefined || own[label('cohort')] === options.cohort;
      const keyOf = ({ labels: own }: EngineSeries) =>
        options.by ? own[label(options.by)] || null : null;
      for (const sum of sumsOf(series.filter(isMeant), keyOf, part).values())
        this.#draw(chart, sum, part, options.by);
    }
    return chart;
  }

  #draw(chart: Chart, sum: Sums, asked: AskedSteps, by: By): void {
    for (const { startMs, part } of this.#groupsOf(sum, asked)) {
      chart.total.addParts(startMs, [part], undefined);
      if (by) chart.group(sum.key).addParts(startMs, [part], undefined);
    }
  }

  #groupsOf(
    sum: Sums,
    asked: AskedSteps,
  ): { startMs: number; part: GroupPart }[] {
    return [...sum.buckets].flatMap(([step, cumulative]) => {
      const histogram = histogramOf(cumulative, this.#settings.secondsPerUnit);
      const failed = sum.errors.get(step) ?? 0;
      // Both are extrapolated, each by itself.
      if (failed > histogram.count * 1.05 + 1)
        throw new LyingAnswer('more requests failed than were counted');
      if (histogram.count === 0) return [];
      const startMs = asked.fromMs + step * asked.stepMs;
      const group = new Group();
      group.add(startMs, { kind: 'explicit', explicit: histogram }, 'ok');
      group.errorCount = Math.min(failed, histogram.count);
      return [{ startMs, part: group.toPart(0) }];
    });
  }

  /** One expression for all that a chart needs, so that its parts are of one moment and fail together. */
  #expression(
    subject: TemplateSubject,
    stepMs: number,
    labels: string[],
  ): string {
    const window = `${stepMs / 1000}s`;
    const { latency, errors } = this.#settings.queries;
    const part = (name: string, expression: string, by: string[]) =>
      `label_replace(sum by (${by.join(
        ', ',
      )}) (${expression}), "${partLabel}", "${name}", "", "")`;
    const buckets = part('latency', latency(window).fill(subject), [
      'le',
      ...labels,
    ]);
    return errors
      ? `${buckets} or ${part('errors', errors(window).fill(subject), labels)}`
      : buckets;
  }

  /** Asks once, however many want to know, and keeps the answer for a while. */
  #ask(query: string, steps: AskedSteps): Promise<EngineAnswer> {
    const nowMs = this.#clock.nowMs();
    const key = `${steps.fromMs}|${steps.stepMs}|${steps.stepCount}|${query}`;
    const known = this.#kept.get(key);
    if (known && known.untilMs > nowMs) return known.answer;
    const answer = this.#limiter.run(
      () =>
        this.#engine.range({
          query,
          startMs: steps.fromMs + steps.stepMs,
          endMs: steps.fromMs + steps.stepCount * steps.stepMs,
          stepMs: steps.stepMs,
          // The engine’s client has its own limit of time.
          signal: new AbortController().signal,
        }),
      () =>
        new CollectorError(
          'rate-limited',
          `${this.name}: too many questions wait for it already`,
        ),
    );
    const kept: Kept = {
      untilMs: nowMs + this.#settings.cacheMs,
      answer,
      sampleCount: 0,
    };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    answer.then(
      ({ series }) => {
        kept.sampleCount = series.reduce(
          (sum, one) => sum + one.samples.length,
          0,
        );
        this.#makeRoom();
      },
      () => {
        kept.untilMs = Math.min(kept.untilMs, nowMs + failureMs);
      },
    );
    this.#makeRoom();
    return answer;
  }

  /** The oldest answers go first. */
  #makeRoom(): void {
    let samples = 0;
    for (const { sampleCount } of this.#kept.values()) samples += sampleCount;
    for (const [key, { sampleCount }] of this.#kept) {
      if (this.#kept.size <= maxCached && samples <= maxCachedSamples) return;
      samples -= sampleCount;
      this.#kept.delete(key);
    }
  }
}

import { SubjectAnswers } from '../cohorts';
import { Clock, mapInChunks } from '../platform';
import { EngineSource } from './sources/EngineSource';
import { ConfiguredSource } from './sources/readSources';
import { TelemetryReads } from './TelemetryReads';
import {
  BreakdownAnswer,
  SeriesAnswer,
  SeriesRange,
  SourceFailure,
  TelemetryAnswers,
  VersionBandsAnswer,
} from './types';

/** Annotation of an entity that names the source of its telemetry; `embedded` for the suite’s own windows. */
export const SOURCE_ANNOTATION = 'ai-assurance.io/telemetry-source';

/** Subjects that engines are asked about at a time. */
const atOnce = 8;

/** One answer, whoever holds the telemetry of a subject: the embedded windows, or an engine of the config. */
export class SourcedReads implements TelemetryAnswers {
  readonly #embedded: TelemetryReads;
  readonly #subjects: SubjectAnswers;
  readonly #byName: Map<string, EngineSource>;
  readonly #bySubject = new Map<string, EngineSource>();
  readonly #startedAtMs: number;

  // What only the embedded windows hold.
  readonly windows: TelemetryAnswers['windows'];
  readonly windowsOfEach: TelemetryAnswers['windowsOfEach'];
  readonly firstStartMs: TelemetryAnswers['firstStartMs'];
  readonly exponential: TelemetryAnswers['exponential'];
  readonly explicit: TelemetryAnswers['explicit'];
  readonly intake: TelemetryAnswers['intake'];
  readonly groupOf: TelemetryAnswers['groupOf'];
  readonly groups: TelemetryAnswers['groups'];
  readonly overflow: TelemetryAnswers['overflow'];

  constructor(deps: {
    embedded: TelemetryReads;
    subjects: SubjectAnswers;
    sources: ConfiguredSource[];
    clock: Clock;
  }) {
    const { embedded } = deps;
    this.#embedded = embedded;
    this.#subjects = deps.subjects;
    this.#startedAtMs = deps.clock.nowMs();
    this.#byName = new Map(
      deps.sources.map(({ source }) => [source.name, source]),
    );
    for (const { source, subjects } of deps.sources)
      for (const subject of subjects) this.#bySubject.set(subject, source);
    this.windows = filter => embedded.windows(filter);
    this.windowsOfEach = (...asked) => embedded.windowsOfEach(...asked);
    this.firstStartMs = question => embedded.firstStartMs(question);
    this.exponential = filter => embedded.exponential(filter);
    this.explicit = filter => embedded.explicit(filter);
    this.intake = (sinceMs, asOfMs) => embedded.intake(sinceMs, asOfMs);
    this.groupOf = filter => embedded.groupOf(filter);
    this.groups = filter => embedded.groups(filter);
    this.overflow = (...range) => embedded.overflow(...range);
  }

  async series(
    subject: string,
    range: SeriesRange,
    options?: { by?: 'version' | 'cohort'; cohort?: string },
  ): Promise<SeriesAnswer> {
    const from = await this.#sourceOf(subject);
    if (from === undefined)
      return this.#embedded.series(subject, range, options);
    if ('failure' in from) return { state: 'failed', failure: from.failure };
    return from.source.series(from, range, options);
  }

  async versionBands(
    subject: string,
    range: SeriesRange,
  ): Promise<VersionBandsAnswer> {
    const from = await this.#sourceOf(subject);
    if (from === undefined) return this.#embedded.versionBands(subject, range);
    if ('failure' in from) return { state: 'failed', failure: from.failure };
    return from.source.versionBands(from, range);
  }

  async breakdown(
    subject: string,
    range: { fromMs: number; toMs: number },
    cohort?: string,
  ): Promise<BreakdownAnswer> {
    const from = await this.#sourceOf(subject);
    if (from === undefined)
      return this.#embedded.breakdown(subject, range, cohort);
    if ('failure' in from) return { state: 'failed', failure: from.failure };
    return from.source.breakdown(from, range, cohort);
  }

  async versions(subject: string, fromMs: number, toMs: number) {
    const from = await this.#sourceOf(subject);
    if (from === undefined)
      return this.#embedded.versions(subject, fromMs, toMs);
    if ('failure' in from) return [];
    const answer = await from.source.versionBands(from, { fromMs, toMs });
    return answer.state === 'ready'
      ? answer.bands.map(band => ({
          version: band.version,
          digest: band.digest,
          firstSeenMs: band.fromMs,
          lastSeenMs: Math.max(band.fromMs, band.toMs - answer.stepMs),
        }))
      : [];
  }

  async latencyPoints(
    subject: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ) {
    const from = await this.#sourceOf(subject);
    if (from === undefined)
      return this.#embedded.latencyPoints(subject, fromMs, toMs, cohort);
    if ('failure' in from) return [];
    const answer = await from.source.series(
      from,
      { fromMs, toMs, stepMs: (toMs - fromMs) / 199 },
      { cohort },
    );
    return answer.state === 'ready'
      ? answer.points.map(point => ({
          startMs: point.startMs,
          count: point.count ?? 0,
          errorCount: point.errorCount ?? 0,
          p50Ms: point.p50Ms,
          p95Ms: point.p95Ms,
          p99Ms: point.p99Ms,
        }))
      : [];
  }

  async traffic(
    subjects: readonly string[],
    range: { fromMs: number; toMs: number },
  ) {
    const embedded: string[] = [];
    const elsewhere: string[] = [];
    for (const subject of subjects)
      ((await this.#sourceOf(subject)) ? elsewhere : embedded).push(subject);
    const counts = await this.#embedded.traffic(embedded, range);
    await mapInChunks(
      elsewhere,
      async subject => {
        const points = await this.latencyPoints(
          subject,
          range.fromMs,
          range.toMs,
        );
        const count = points.reduce((sum, point) => sum + point.count, 0);
        if (count > 0) counts.set(subject, count);
      },
      atOnce,
    );
    return counts;
  }

  async segmentLatency(
    subject: string,
    fromMs: number,
    toMs: number,
    cohort?: string,
  ) {
    const answer = await this.breakdown(subject, { fromMs, toMs }, cohort);
    return answer.state === 'ready' ? answer.rows : [];
  }

  /** The engine that holds a subject’s telemetry; `undefined` for the embedded windows. */
  async #sourceOf(subject: string): Promise<
    | {
        source: EngineSource;
        entityRef: string;
        annotations: Record<string, string>;
      }
    | { failure: SourceFailure }
    | undefined
  > {
    if (this.#byName.size === 0) return undefined;
    const annotations = (await this.#subjects.get(subject))?.annotations ?? {};
    const named = annotations[SOURCE_ANNOTATION];
    if (named === 'embedded') return undefined;
    const source =
      named === undefined
        ? this.#bySubject.get(subject) ?? this.#bySubject.get('*')
        : this.#byName.get(named);
    if (source) return { source, entityRef: subject, annotations };
    if (named === undefined) return undefined;
    return {
      failure: {
        source: named,
        sinceMs: this.#startedAtMs,
        code: 'misconfigured',
        message: `The annotation ${SOURCE_ANNOTATION} names ${named}, which is none of aiAssurance.telemetry.sources`,
      },
    };
  }
}

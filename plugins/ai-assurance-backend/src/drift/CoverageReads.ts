import {
  Drift,
  DriftCoverage,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { SubjectRecord } from '../cohorts';
import { AsOf, Db, mapInChunks, readBigint, wholeMinuteMs } from '../platform';
import { TelemetryAnswers } from '../telemetry';
import { coverageOf, WatchingMonitor } from './core/coverage';
import { Declaration, MonitorDeclarations } from './MonitorDeclarations';
import { DriftAnswers } from './types';

/** What is watched of a subject was told of whole minutes; of many subjects it may be this old. */
const freshForMs = 60_000;
const usableForMs = 5 * 60_000;

/** Subjects whose past is told at a time. */
const atOnce = 8;

/** What of each subject is watched for drift. */
export class CoverageReads {
  readonly #deps: {
    db: Db;
    answers: DriftAnswers;
    telemetry: TelemetryAnswers;
    declarations: MonitorDeclarations;
    currentWindowMs: number;
  };
  #traffic: { atMs: number; counts: Map<string, number> } | undefined;
  #reading: Promise<Map<string, number>> | undefined;

  constructor(deps: {
    db: Db;
    answers: DriftAnswers;
    telemetry: TelemetryAnswers;
    declarations: MonitorDeclarations;
    currentWindowMs: number;
  }) {
    this.#deps = deps;
  }

  async one(
    record: SubjectRecord,
    monitors: readonly Drift[],
    declaration: Declaration | undefined,
    nowMs: number,
  ): Promise<DriftCoverage> {
    const { entityRef } = record;
    const traffic = await this.#trafficOf([entityRef], nowMs);
    const count = traffic.get(entityRef) ?? 0;
    return this.#coverage(record, monitors, declaration, count);
  }

  /** Of many at once: monitors and declarations in one statement each; traffic is at most some minutes old. */
  async all(
    records: readonly SubjectRecord[],
    nowMs: number,
    asOf: AsOf | undefined,
  ): Promise<DriftCoverage[]> {
    const declarations = await this.#deps.declarations.all();
    if (asOf) {
      const traffic = await this.#trafficOf(
        records.map(({ entityRef }) => entityRef),
        nowMs,
      );
      return mapInChunks(
        [...records],
        async record =>
          this.#coverage(
            record,
            await this.#deps.answers.monitors(record.entityRef, nowMs, asOf),
            declarations.get(record.entityRef),
            traffic.get(record.entityRef) ?? 0,
          ),
        atOnce,
      );
    }
    const [monitors, traffic] = await Promise.all([
      this.#monitors(),
      this.#trafficOfAll(records, nowMs),
    ]);
    return records.map(record =>
      this.#coverage(
        record,
        monitors.get(record.entityRef) ?? [],
        declarations.get(record.entityRef),
        traffic.get(record.entityRef) ?? 0,
      ),
    );
  }

  #coverage(
    record: SubjectRecord,
    monitors: readonly WatchingMonitor[],
    declaration: Declaration | undefined,
    trafficCount: number,
  ): DriftCoverage {
    return coverageOf({
      subject: record.entityRef,
      title: record.title,
      riskTier: record.riskTier,
      tier: record.tier,
      features: [
        ...(declaration?.declared?.features ?? []),
        ...(declaration?.declared?.monitors ?? []).map(m => m.feature),
      ],
      monitors,
      trafficCount: trafficCount === 0 ? undefined : trafficCount,
      windowMs: this.#deps.currentWindowMs,
    });
  }

  /** Of every monitor only what coverage is told from: whole answers of thousands would be many megabytes. */
  async #monitors(): Promise<Map<string, WatchingMonitor[]>> {
    const { knex, dialect } = this.#deps.db;
    const part = (path: string[], name: string) =>
      dialect === 'postgres'
        ? knex.raw(`drift_monitor.answer::json #>> ? as ${name}`, [
            `{${path.join(',')}}`,
          ])
        : knex.raw(`json_extract(drift_monitor.answer, ?) as ${name}`, [
            `$.${path.join('.')}`,
          ]);
    const rows: {
      subject: string;
      feature: string;
      status: WatchingMonitor['verdict']['status'];
      reason: string;
      current: unknown;
      reference_id: string | null;
      window_start: unknown;
      window_end: unknown;
    }[] = await knex('drift_monitor').select(
      'drift_monitor.subject',
      'drift_monitor.feature',
      part(['verdict', 'status'], 'status'),
      part(['verdict', 'reason'], 'reason'),
      part(['currentCount'], 'current'),
      part(['referenceId'], 'reference_id'),
      part(['verdict', 'facts', 'windowStartMs'], 'window_start'),
      part(['verdict', 'facts', 'windowEndMs'], 'window_end'),
    );
    const bySubject = new Map<string, WatchingMonitor[]>();
    for (const { subject, feature, status, reason, ...row } of rows) {
      const { current, window_start: start, window_end: end } = row;
      const facts =
        start === null || end === null
          ? {}
          : { windowStartMs: readBigint(start), windowEndMs: readBigint(end) };
      const monitor = {
        feature,
        currentCount: current === null ? 0 : readBigint(current),
        referenceId: row.reference_id,
        verdict: { status, reason, facts },
      };
      const known = bySubject.get(subject);
      if (known) known.push(monitor);
      else bySubject.set(subject, [monitor]);
    }
    return bySubject;
  }

  #trafficOf(
    subjects: readonly string[],
    nowMs: number,
  ): Promise<Map<string, number>> {
    const toMs = wholeMinuteMs(nowMs);
    const fromMs = toMs - this.#deps.currentWindowMs;
    return this.#deps.telemetry.traffic(subjects, { fromMs, toMs });
  }

  /** From whatever holds the telemetry of each: once for all who ask, and ahead of who asks next. */
  async #trafficOfAll(
    records: readonly SubjectRecord[],
    nowMs: number,
  ): Promise<Map<string, number>> {
    const known = this.#traffic;
    if (known && nowMs - known.atMs < freshForMs) return known.counts;
    this.#reading ??= (async () => {
      const counts = await this.#trafficOf(
        records.map(({ entityRef }) => entityRef),
        nowMs,
      );
      this.#traffic = { atMs: nowMs, counts };
      return counts;
    })().finally(() => {
      this.#reading = undefined;
    });
    if (known && nowMs - known.atMs < usableForMs) {
      // Whoever asks when it is too old for use is told what went wrong.
      this.#reading.catch(() => undefined);
      return known.counts;
    }
    return this.#reading;
  }
}

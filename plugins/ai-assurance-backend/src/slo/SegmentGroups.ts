import { SubjectAnswers } from '../cohorts';
import { groupMinimums, TelemetryAnswers } from '../telemetry';
import { segmentOf } from './core/countWindows';
import { hourMs, minuteMs } from './core/hours';
import { indicatorKey } from './core/indicatorKey';
import { shortestLongMs } from './core/judgeObjective';
import { SegmentDevices } from './core/segments';
import { indicatorsOf, Indicator } from './core/types';
import { SloEngine } from './engines';
import { Plan } from './evaluationPlan';

/**
 * How long counts of devices stand. They are the largest of a day, so they hardly move; and reading them costs more than all
 * else of an evaluation.
 */
const keptForMs = 10 * minuteMs;
const mostKept = 5_000;

interface Kept {
  atMs: number;
  /** Names of the segments that were known then. */
  names: Set<string>;
  devices: Map<string, SegmentDevices>;
}

/** How many devices a segment of an indicator is made of; by the key of the segment. */
export type DevicesOf = (
  plan: Plan,
  indicator: Indicator,
  segment: string,
) => SegmentDevices;

/** Devices by the key of the segment. */
type Counted = Map<
  string,
  { deviceCount: number | undefined; minimum: number }
>;

/** Who counts devices: telemetry by a metric, or an engine. */
type Source =
  | { key: string; metric: string; engine?: undefined }
  | { key: string; engine: SloEngine };

/** No device is known: the segment is no group of devices. */
const noDevices: SegmentDevices = {
  deviceCount: undefined,
  recentDeviceCount: undefined,
  minimum: 0,
};
/** It could not be found out, so nothing may be said. */
const unknownDevices: SegmentDevices = {
  deviceCount: 0,
  recentDeviceCount: 0,
  minimum: 1,
};

/** Its source knows no devices: it may be one device, or a thousand. */
const unknownSize: SegmentDevices = { ...unknownDevices, isSizeUnknown: true };

/** Engines are asked for the devices of a day at most: a longer window is costly, and has more of them. */
const longestAskedMs = 24 * hourMs;

const nameOf = (
  version: string | null | undefined,
  cohort: string | null | undefined,
  environment: string | null | undefined,
) => JSON.stringify([version ?? null, cohort ?? null, environment ?? null]);

const keyOf = ({ subject, definition, period, pairs }: Plan, metric: string) =>
  JSON.stringify([
    subject,
    metric,
    shortestLongMs(pairs),
    definition.window.kind === 'rolling'
      ? definition.window.lengthMs
      : period.startMs,
  ]);

/** Counts the devices of segments with a cohort, from telemetry or an engine that knows them, now and then. */
export class SegmentGroups {
  readonly #deps: {
    telemetry: Pick<TelemetryAnswers, 'groups'>;
    engines: readonly SloEngine[];
    subjects: Pick<SubjectAnswers, 'get'>;
    minimums: ReturnType<typeof groupMinimums>;
  };
  readonly #kept = new Map<string, Kept>();

  constructor(deps: {
    telemetry: Pick<TelemetryAnswers, 'groups'>;
    engines: readonly SloEngine[];
    subjects: Pick<SubjectAnswers, 'get'>;
    minimums: ReturnType<typeof groupMinimums>;
  }) {
    this.#deps = deps;
  }

  /** Of all segments of the plans. What telemetry cannot say is told as too few, so that nothing is shown of it. */
  async of(plans: Plan[], endMs: number): Promise<DevicesOf> {
    const found = new Map<string, Kept | undefined>();
    for (const plan of plans) {
      for (const indicator of indicatorsOf(plan.definition)) {
        const source = this.#sourceOf(indicator);
        if (source === undefined) continue;
        const names = (plan.lines.get(indicatorKey(indicator))?.segments ?? [])
          .map(one => one.segment)
          .filter(name => segmentOf(name).cohort !== null);
        if (names.length === 0) continue;
        const key = keyOf(plan, source.key);
        const known = found.get(key) ?? this.#fresh(key, names, endMs);
        found.set(
          key,
          known ?? (await this.#count(plan, source, key, endMs, names)),
        );
      }
    }
    return (plan, indicator, segment) => {
      if (segmentOf(segment).cohort === null) return noDevices;
      const source = this.#sourceOf(indicator);
      if (source === undefined) return unknownSize;
      const kept = found.get(keyOf(plan, source.key));
      return kept?.devices.get(segment) ?? unknownDevices;
    };
  }

  /** Who can say how many devices there are; `undefined`: nobody. */
  #sourceOf({ counter }: Indicator): Source | undefined {
    if ('metric' in counter)
      return { key: counter.metric, metric: counter.metric };
    const engine = this.#deps.engines.find(one => one.name === counter.engine);
    return engine?.devices && { key: `engine ${engine.name}`, engine };
  }

  #fresh(key: string, names: string[], endMs: number): Kept | undefined {
    const kept = this.#kept.get(key);
    if (!kept || Math.abs(endMs - kept.atMs) >= keptForMs) return undefined;
    return names.every(name => kept.names.has(name)) ? kept : undefined;
  }

  async #count(
    plan: Plan,
    source: Source,
    key: string,
    endMs: number,
    names: string[],
  ): Promise<Kept | undefined> {
    const { period, pairs } = plan;
    const recentFromMs = Math.max(
      period.startMs,
      endMs - shortestLongMs(pairs),
    );
    let all: Counted;
    let recent: Counted;
    try {
      [all, recent] = await Promise.all(
        [period.startMs, recentFromMs].map(fromMs =>
          source.engine
            ? this.#ofEngine(source.engine, plan.subject, names, fromMs, endMs)
            : this.#ofTelemetry(source.metric, plan.subject, fromMs, endMs),
        ),
      );
    } catch {
      // Whoever counts events from the same source says that it does not answer, and since when.
      return undefined;
    }
    const kept: Kept = {
      atMs: endMs,
      names: new Set(names),
      devices: new Map(
        [...all].map(([name, { deviceCount, minimum }]) => [
          name,
          {
            deviceCount,
            recentDeviceCount: recent.get(name)?.deviceCount,
            minimum,
          },
        ]),
      ),
    };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept) this.#kept.delete(oldest);
    return kept;
  }

  async #ofTelemetry(
    metric: string,
    subject: string,
    fromMs: number,
    toMs: number,
  ): Promise<Counted> {
    const groups = await this.#deps.telemetry.groups({
      subject,
      metric,
      fromMs,
      toMs,
    });
    return new Map(
      groups.map(one => [
        nameOf(one.version, one.cohort, one.environment),
        one,
      ]),
    );
  }

  /** What the engine counts of each segment; one that it does not tell apart has none. */
  async #ofEngine(
    engine: SloEngine,
    subject: string,
    names: string[],
    fromMs: number,
    toMs: number,
  ): Promise<Counted> {
    const record = await this.#deps.subjects.get(subject);
    const minimumOf = await this.#deps.minimums();
    const answers = await engine.devices!(
      { entityRef: subject, annotations: record?.annotations ?? {} },
      Math.max(fromMs, toMs - longestAskedMs),
      toMs,
    );
    const counted = new Map<string, number>();
    for (const { labels, samples } of answers) {
      const of = (label: string | undefined) =>
        (label && labels[label]) || null;
      const { version, cohort, environment } = engine.labels;
      const name = nameOf(of(version), of(cohort), of(environment));
      // One segment twice: the label that tells them apart is not the suite's, and devices may be in both.
      counted.set(
        name,
        Math.max(counted.get(name) ?? 0, samples[0]?.value ?? 0),
      );
    }
    return new Map(
      names.map(name => [
        name,
        {
          deviceCount: counted.get(name) ?? 0,
          minimum: minimumOf(segmentOf(name).cohort),
        },
      ]),
    );
  }
}

import { SegmentGroup, TelemetryAnswers } from '../telemetry';
import { segmentOf } from './core/countWindows';
import { minuteMs } from './core/hours';
import { indicatorKey } from './core/indicatorKey';
import { shortestLongMs } from './core/judgeObjective';
import { SegmentDevices } from './core/segments';
import { indicatorsOf, Indicator } from './core/types';
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

/** Counts the devices of segments with a cohort, from telemetry, now and then. */
export class SegmentGroups {
  readonly #telemetry: Pick<TelemetryAnswers, 'groups'>;
  readonly #kept = new Map<string, Kept>();

  constructor(telemetry: Pick<TelemetryAnswers, 'groups'>) {
    this.#telemetry = telemetry;
  }

  /** Of all segments of the plans. What telemetry cannot say is told as too few, so that nothing is shown of it. */
  async of(plans: Plan[], endMs: number): Promise<DevicesOf> {
    const found = new Map<string, Kept | undefined>();
    for (const plan of plans) {
      for (const indicator of indicatorsOf(plan.definition)) {
        const { counter } = indicator;
        if (!('metric' in counter)) continue;
        const names = (plan.lines.get(indicatorKey(indicator))?.segments ?? [])
          .map(one => one.segment)
          .filter(name => segmentOf(name).cohort !== null);
        if (names.length === 0) continue;
        const key = keyOf(plan, counter.metric);
        const known = found.get(key) ?? this.#fresh(key, names, endMs);
        found.set(
          key,
          known ?? (await this.#count(plan, counter.metric, endMs, names)),
        );
      }
    }
    return (plan, { counter }, segment) => {
      if (!('metric' in counter) || segmentOf(segment).cohort === null)
        return noDevices;
      const kept = found.get(keyOf(plan, counter.metric));
      return kept?.devices.get(segment) ?? unknownDevices;
    };
  }

  #fresh(key: string, names: string[], endMs: number): Kept | undefined {
    const kept = this.#kept.get(key);
    if (!kept || Math.abs(endMs - kept.atMs) >= keptForMs) return undefined;
    return names.every(name => kept.names.has(name)) ? kept : undefined;
  }

  async #count(
    plan: Plan,
    metric: string,
    endMs: number,
    names: string[],
  ): Promise<Kept | undefined> {
    const { subject, period, pairs } = plan;
    const recentFromMs = Math.max(
      period.startMs,
      endMs - shortestLongMs(pairs),
    );
    let all: SegmentGroup[];
    let recent: SegmentGroup[];
    try {
      [all, recent] = await Promise.all(
        [period.startMs, recentFromMs].map(fromMs =>
          this.#telemetry.groups({ subject, metric, fromMs, toMs: endMs }),
        ),
      );
    } catch {
      // Whoever counts events from the same telemetry says that it does not answer, and since when.
      return undefined;
    }
    const recently = new Map(
      recent.map(one => [
        nameOf(one.version, one.cohort, one.environment),
        one.deviceCount,
      ]),
    );
    const kept: Kept = {
      atMs: endMs,
      names: new Set(names),
      devices: new Map(
        all.map(one => {
          const name = nameOf(one.version, one.cohort, one.environment);
          return [
            name,
            {
              deviceCount: one.deviceCount,
              recentDeviceCount: recently.get(name),
              minimum: one.minimum,
            },
          ];
        }),
      ),
    };
    const key = keyOf(plan, metric);
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept) this.#kept.delete(oldest);
    return kept;
  }
}

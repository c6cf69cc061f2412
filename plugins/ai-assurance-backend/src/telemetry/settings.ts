import { Config, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';
import { LEVELS } from './core/levels/level';
import { LEAST_GROUP_SIZE } from './core/suppression';
import { Level } from './types';

/** How long rows of each level are kept, in milliseconds. */
export type Retention = Record<Level, number>;

export interface TelemetrySettings {
  maxBodyBytes: number;
  maxClockAheadMs: number;
  maxSegments: number;
  maxCumulativeStreams: number;
  maxWaitingRequests: number;
  maxWaitingBytes: number;
  /** Of minutes: how old a point may be. */
  retentionMs: number;
  retention: Retention;
  /** Least number of devices that anything may be said about. */
  minimumGroupSize: number;
}

const dayMs = 24 * 3_600_000;
const retentionKey = 'aiAssurance.telemetry.retention';

/**
 * Reads `aiAssurance.telemetry.retention`: `minute`, `hour` and `day`, each a duration; or one duration, as earlier versions had
 * it, which is that of minutes. Throws when a coarser level is to be kept for less time than a finer one.
 */
export function readRetention(config: Config): Retention {
  const own = config.getOptionalConfig('aiAssurance.telemetry');
  const parts =
    own?.has('retention') && typeof own.get('retention') === 'object'
      ? own.getConfig('retention')
      : undefined;
  const isByLevel = LEVELS.some(level => parts?.has(level));
  const of = (level: Level, defaultMs: number) =>
    isByLevel && parts!.has(level)
      ? durationToMilliseconds(readDurationFromConfig(parts!, { key: level }))
      : defaultMs;
  const minute =
    own?.has('retention') && !isByLevel
      ? durationToMilliseconds(
          readDurationFromConfig(own, { key: 'retention' }),
        )
      : of('minute', 30 * dayMs);
  const hour = of('hour', Math.max(minute, 180 * dayMs));
  const day = of('day', Math.max(hour, 1100 * dayMs));
  if (!(minute > 0)) throw new Error(`${retentionKey} must be above zero`);
  if (hour < minute || day < hour)
    throw new Error(
      `${retentionKey}: days must be kept at least as long as hours, and hours as minutes`,
    );
  return { minute, hour, day };
}

/** Reads `aiAssurance.telemetry`; throws when a value is of the wrong type or not positive. */
export function readSettings(config: Config): TelemetrySettings {
  const own = config.getOptionalConfig('aiAssurance.telemetry');
  const duration = (key: string, defaultMs: number) =>
    own?.has(key)
      ? durationToMilliseconds(readDurationFromConfig(own, { key }))
      : defaultMs;
  const retention = readRetention(config);
  const settings = {
    maxBodyBytes: own?.getOptionalNumber('maxBodyBytes') ?? 8 * 1024 * 1024,
    maxClockAheadMs: duration('maxClockAhead', 5 * 60_000),
    maxSegments: own?.getOptionalNumber('maxSegments') ?? 500,
    maxCumulativeStreams:
      own?.getOptionalNumber('maxCumulativeStreams') ?? 20_000,
    maxWaitingRequests: own?.getOptionalNumber('maxWaitingRequests') ?? 500,
    maxWaitingBytes:
      own?.getOptionalNumber('maxWaitingBytes') ?? 64 * 1024 * 1024,
    retentionMs: retention.minute,
    retention,
    minimumGroupSize:
      own?.getOptionalNumber('minimumGroupSize') ?? LEAST_GROUP_SIZE,
  };
  if (
    !Number.isSafeInteger(settings.minimumGroupSize) ||
    settings.minimumGroupSize < LEAST_GROUP_SIZE
  )
    throw new Error(
      `aiAssurance.telemetry.minimumGroupSize may only be raised: a whole number, at least ${LEAST_GROUP_SIZE}`,
    );
  for (const [key, value] of Object.entries(settings)) {
    if (typeof value !== 'number') continue;
    if (!(value > 0))
      throw new Error(
        `aiAssurance.telemetry.${key.replace(
          /Ms$/,
          '',
        )} must be above zero, but is ${value}`,
      );
  }
  return settings;
}

import { Config, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';

export interface TelemetrySettings {
  maxBodyBytes: number;
  maxClockAheadMs: number;
  maxSegments: number;
  retentionMs: number;
}

/** Reads `aiAssurance.telemetry`; throws when a value is of the wrong type or not positive. */
export function readSettings(config: Config): TelemetrySettings {
  const own = config.getOptionalConfig('aiAssurance.telemetry');
  const duration = (key: string, defaultMs: number) =>
    own?.has(key)
      ? durationToMilliseconds(readDurationFromConfig(own, { key }))
      : defaultMs;
  const settings = {
    maxBodyBytes: own?.getOptionalNumber('maxBodyBytes') ?? 8 * 1024 * 1024,
    maxClockAheadMs: duration('maxClockAhead', 5 * 60_000),
    maxSegments: own?.getOptionalNumber('maxSegments') ?? 500,
    retentionMs: duration('retention', 30 * 24 * 3_600_000),
  };
  for (const [key, value] of Object.entries(settings)) {
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

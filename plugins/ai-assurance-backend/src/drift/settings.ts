import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds, HumanDuration } from '@backstage/types';

export interface DriftSettings {
  currentWindowMs: number;
  minimumCount: number;
  falseAlarmRatio: number;
  referenceLifetimeMs: number;
  evaluateEverySeconds: number;
}

const minuteMs = 60_000;

/** Reads `aiAssurance.drift`. Throws `InputError` for a value that could never give an honest verdict. */
export function readDriftSettings(root: Config): DriftSettings {
  const config = root.getOptionalConfig('aiAssurance.drift');
  const duration = (key: string, otherwise: HumanDuration) =>
    durationToMilliseconds(
      config?.has(key) ? readDurationFromConfig(config, { key }) : otherwise,
    );
  const settings = {
    currentWindowMs: duration('currentWindow', { minutes: 15 }),
    minimumCount: config?.getOptionalNumber('minimumCount') ?? 200,
    falseAlarmRatio: config?.getOptionalNumber('falseAlarmRatio') ?? 0.001,
    referenceLifetimeMs: duration('referenceLifetime', { days: 90 }),
    evaluateEverySeconds:
      config?.getOptionalNumber('evaluateEverySeconds') ?? 60,
  };
  const refuse = (key: string, why: string) => {
    throw new InputError(`aiAssurance.drift.${key}: ${why}`);
  };
  if (
    settings.currentWindowMs < minuteMs ||
    settings.currentWindowMs % minuteMs !== 0
  ) {
    refuse('currentWindow', 'must be one or more whole minutes');
  }
  if (!Number.isInteger(settings.minimumCount) || settings.minimumCount < 1) {
    refuse('minimumCount', 'must be a whole number of at least 1');
  }
  if (!(settings.falseAlarmRatio > 0 && settings.falseAlarmRatio <= 0.1)) {
    refuse('falseAlarmRatio', 'must be above 0 and at most 0.1');
  }
  return settings;
}

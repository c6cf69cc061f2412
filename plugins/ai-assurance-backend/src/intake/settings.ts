import { Config, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';
import { readWebhooks, WebhookSettings } from './webhooks/settings';

/** How much of what is not let in is kept. */
export interface QuarantineBounds {
  /** Waiting items of one sender. */
  maxItems: number;
  /** Bytes of the waiting items of one sender. */
  maxBytes: number;
}

export interface IntakeSettings {
  maxClockAheadMs: number;
  /** Of one request, after decompression, unless it is a stream of lines. */
  maxBodyBytes: number;
  /** Of one stream of lines, after decompression. */
  maxStreamBytes: number;
  bounds: QuarantineBounds;
  /** How long a resolved item stays on the list. */
  resolvedRetentionMs: number;
  replayEverySeconds: number;
  /** Subjects that evidence from the events service may be about; none: it is not taken. */
  eventSubjects: string[];
  webhooks: WebhookSettings[];
}

const mebibyte = 1024 * 1024;
const dayMs = 86_400_000;

/** Reads `aiAssurance.intake`. Throws when a number cannot be used. */
export function readIntakeSettings(config: Config): IntakeSettings {
  const positive = (key: string, fallback: number) => {
    const name = `aiAssurance.intake.${key}`;
    const value = config.getOptionalNumber(name) ?? fallback;
    if (!Number.isSafeInteger(value) || value < 1)
      throw new Error(`${name}: ${value} is not a whole number of 1 or more`);
    return value;
  };
  const duration = (key: string, fallbackMs: number) =>
    config.has(key)
      ? durationToMilliseconds(readDurationFromConfig(config, { key }))
      : fallbackMs;
  return {
    maxClockAheadMs: duration(
      'aiAssurance.intake.maxClockAhead',
      duration('aiAssurance.telemetry.maxClockAhead', 5 * 60_000),
    ),
    maxBodyBytes: positive('maxBodyBytes', 4 * mebibyte),
    maxStreamBytes: positive('maxStreamBytes', 512 * mebibyte),
    bounds: {
      maxItems: positive('quarantine.maxItems', 10_000),
      maxBytes: positive('quarantine.maxBytes', 64 * mebibyte),
    },
    resolvedRetentionMs: duration(
      'aiAssurance.intake.quarantine.resolvedRetention',
      90 * dayMs,
    ),
    replayEverySeconds: positive('quarantine.replayEverySeconds', 120),
    eventSubjects: (
      config.getOptionalStringArray('aiAssurance.intake.events.subjects') ?? []
    ).map(subject => subject.toLocaleLowerCase('en-US')),
    webhooks: readWebhooks(config),
  };
}

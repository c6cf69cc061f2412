import type { DeviceClass } from '@ai-assurance/example-digit-reader';
import { openMeters } from '@ai-assurance/example-digit-reader';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { APP_VERSION, PROFILES } from './classes';

/** How often a device reports, in milliseconds. */
export const EXPORT_EVERY_MS = 15_000;

/** Who a device is while it runs one version. */
export interface DeviceIdentity {
  /** Of the installed app, not of a person or a phone: the portal only ever counts them. */
  instanceId: string;
  deviceClass: DeviceClass;
  deviceModel: string;
  subject: string;
  version: string;
  digest: string;
}

/** What a device measures. Durations in seconds, memory in bytes. */
export interface DeviceMetrics {
  loadAttempt(outcome: 'ok' | 'failed'): void;
  loadDuration(seconds: number): void;
  inference(seconds: number): void;
  /** Mean of one picture, 0…1; the picture itself never leaves the device. */
  brightness(level: number): void;
  confidence(share: number): void;
  outputClass(digit: number): void;
  session(outcome: 'ok' | 'crashed'): void;
  peakMemory(bytes: number): void;
  /** Sends what is left and ends. */
  close(): Promise<void>;
}

/** Opens the meters of one device: a resource of its own with the official SDK. The caller MUST close it. */
export function openDeviceMetrics(
  identity: DeviceIdentity,
  exporter: PushMetricExporter,
  exportEveryMs = EXPORT_EVERY_MS,
): DeviceMetrics {
  const { os } = PROFILES[identity.deviceClass];
  const provider = openMeters({
    resource: {
      'service.name': 'digit-reader-app',
      'service.version': APP_VERSION,
      'service.instance.id': identity.instanceId,
      'deployment.environment.name': 'demo',
      'ai_assurance.subject': identity.subject,
      'ai_assurance.model.version': identity.version,
      'ai_assurance.model.digest': identity.digest,
      'ai_assurance.device.class': identity.deviceClass,
      'device.model.identifier': identity.deviceModel,
      'os.name': os.name,
      'os.version': os.version,
    },
    durations: [
      'ai_assurance.inference.duration',
      'ai_assurance.model.load.duration',
    ],
    exporter,
    exportEveryMs,
  });
  const meter = provider.getMeter('ai-assurance-edge-agent', '0.1.0');
  const loadAttempts = meter.createCounter('ai_assurance.model.load.attempts', {
    description: 'Attempts to load the model, by outcome',
    unit: '{attempt}',
  });
  const loadDuration = meter.createHistogram(
    'ai_assurance.model.load.duration',
    { description: 'From whole bundle to ready model', unit: 's' },
  );
  const inference = meter.createHistogram('ai_assurance.inference.duration', {
    description: 'From whole camera frame to answer',
    unit: 's',
  });
  const brightness = meter.createHistogram('ai_assurance.input.brightness', {
    description: 'Mean light of a picture that the model was given',
    unit: '1',
  });
  const confidence = meter.createHistogram('ai_assurance.output.confidence', {
    description: 'Share that the model gave its answer',
    unit: '1',
  });
  const outputClass = meter.createCounter('ai_assurance.output.class', {
    description: 'Answers by digit',
    unit: '{output}',
  });
  const sessions = meter.createCounter('ai_assurance.sessions', {
    description: 'Times the app was used, by outcome',
    unit: '{session}',
  });
  const peakMemory = meter.createGauge('ai_assurance.process.memory.peak', {
    description: 'Most memory that the runtime held',
    unit: 'By',
  });
  return {
    loadAttempt: outcome =>
      loadAttempts.add(1, { 'ai_assurance.outcome': outcome }),
    loadDuration: seconds => loadDuration.record(seconds),
    inference: seconds => inference.record(seconds),
    brightness: level => brightness.record(level),
    confidence: share => confidence.record(share),
    outputClass: digit =>
      outputClass.add(1, { 'ai_assurance.class': String(digit) }),
    session: outcome => sessions.add(1, { 'ai_assurance.outcome': outcome }),
    peakMemory: bytes => peakMemory.record(bytes),
    close: () => provider.shutdown(),
  };
}

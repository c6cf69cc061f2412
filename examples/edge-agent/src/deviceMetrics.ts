import type {
  DeviceClass,
  PortalGate,
  PortalSettings,
} from '@ai-assurance/example-digit-reader';
import { portalHeaders } from '@ai-assurance/example-digit-reader';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
  PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { APP_VERSION, PROFILES } from './classes';

/** Upper edges of the confidence histogram: 20 bins of equal width over 0…1. */
export const CONFIDENCE_EDGES = Array.from(
  { length: 19 },
  (_, index) => (index + 1) / 20,
);

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
  confidence(share: number): void;
  outputClass(digit: number): void;
  session(outcome: 'ok' | 'crashed'): void;
  peakMemory(bytes: number): void;
  /** Sends what is left and ends. */
  close(): Promise<void>;
}

/** Status and words of a failed export. The SDK's errors carry the HTTP status as `code`. */
export function failureOf(error: Error | undefined): {
  status: number | undefined;
  message: string;
} {
  const { code } = (error ?? {}) as { code?: unknown };
  return {
    status: typeof code === 'number' ? code : undefined,
    message: error?.message || String(code ?? 'no answer'),
  };
}

/** Sends only while the gate is open, and tells the gate how it went. */
export function guarded(
  exporter: PushMetricExporter,
  gate: PortalGate,
): PushMetricExporter {
  const send = exporter.export.bind(exporter);
  exporter.export = (metrics, done) => {
    if (!gate.isOpen()) {
      gate.dropped();
      // Told to the gate and to the log of the program already: to the SDK the batch is done with.
      done({ code: 0 });
      return;
    }
    send(metrics, result => {
      if (result.code === 0) {
        gate.delivered();
      } else {
        const { status, message } = failureOf(result.error);
        gate.failed(status, message);
      }
      done({ code: 0 });
    });
  };
  return exporter;
}

/** Brings the SDK's own warnings into the log, such as points that the portal refused; the same words at most once a minute. */
export function hearDiagnostics(
  say: (line: string) => void,
  nowMs: () => number,
): void {
  const saidAtMs = new Map<string, number>();
  const hear = (...words: unknown[]) => {
    const line = words
      .map(word => (typeof word === 'string' ? word : JSON.stringify(word)))
      .join(' ')
      .slice(0, 500);
    if (nowMs() - (saidAtMs.get(line) ?? 0) < 60_000) return;
    if (saidAtMs.size > 100) saidAtMs.clear();
    saidAtMs.set(line, nowMs());
    say(`OpenTelemetry: ${line}`);
  };
  const silent = () => undefined;
  diag.setLogger(
    { error: hear, warn: hear, info: silent, debug: silent, verbose: silent },
    DiagLogLevel.WARN,
  );
}

/** The exporter of the official SDK, over OTLP/HTTP with protobuf, sending what is new since the last time. */
export function otlpExporter(settings: PortalSettings): PushMetricExporter {
  return new OTLPMetricExporter({
    url: settings.otlpUrl,
    headers: portalHeaders(settings),
    temporalityPreference: AggregationTemporality.DELTA as never,
    timeoutMillis: 8_000,
  });
}

/** Opens the meters of one device: a resource of its own with the official SDK. The caller MUST close it. */
export function openDeviceMetrics(
  identity: DeviceIdentity,
  exporter: PushMetricExporter,
  exportEveryMs = EXPORT_EVERY_MS,
): DeviceMetrics {
  const { os } = PROFILES[identity.deviceClass];
  const exponential = {
    type: AggregationType.EXPONENTIAL_HISTOGRAM,
    options: { maxSize: 160, recordMinMax: true },
  } as const;
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
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
    }),
    views: [
      {
        instrumentName: 'ai_assurance.inference.duration',
        aggregation: exponential,
      },
      {
        instrumentName: 'ai_assurance.model.load.duration',
        aggregation: exponential,
      },
      {
        instrumentName: 'ai_assurance.output.confidence',
        aggregation: {
          type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
          options: { boundaries: CONFIDENCE_EDGES, recordMinMax: true },
        },
      },
    ],
    readers: [
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: exportEveryMs,
        exportTimeoutMillis: Math.min(10_000, exportEveryMs),
      }),
    ],
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
    confidence: share => confidence.record(share),
    outputClass: digit =>
      outputClass.add(1, { 'ai_assurance.class': String(digit) }),
    session: outcome => sessions.add(1, { 'ai_assurance.outcome': outcome }),
    peakMemory: bytes => peakMemory.record(bytes),
    close: () => provider.shutdown(),
  };
}

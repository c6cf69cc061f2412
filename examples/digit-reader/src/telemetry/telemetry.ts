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
import { PortalGate, portalHeaders, PortalSettings } from '../portal/portal';

/** Upper edges of the confidence histogram: 20 bins of equal width over 0…1. */
export const CONFIDENCE_EDGES = Array.from(
  { length: 19 },
  (_, index) => (index + 1) / 20,
);

/** Upper edges of the brightness histogram: a digit inks a small part of its picture, whatever the hand. */
export const BRIGHTNESS_EDGES = Array.from(
  { length: 24 },
  (_, index) => (index + 1) / 80,
);

/** Status and words of a failed export. The SDK's errors carry the HTTP status as `code`. */
function failureOf(error: Error | undefined): {
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

/**
 * A meter provider of the official SDK: durations in the named instruments as exponential histograms, the confidence in
 * {@link CONFIDENCE_EDGES}, the brightness in {@link BRIGHTNESS_EDGES}. The caller MUST shut it down.
 */
export function openMeters(options: {
  resource: Record<string, string>;
  /** Names of the instruments that measure durations. */
  durations: string[];
  exporter: PushMetricExporter;
  exportEveryMs: number;
}): MeterProvider {
  return new MeterProvider({
    resource: resourceFromAttributes(options.resource),
    views: [
      ...options.durations.map(instrumentName => ({
        instrumentName,
        aggregation: {
          type: AggregationType.EXPONENTIAL_HISTOGRAM as const,
          options: { maxSize: 160, recordMinMax: true },
        },
      })),
      {
        instrumentName: 'ai_assurance.output.confidence',
        aggregation: {
          type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
          options: { boundaries: CONFIDENCE_EDGES, recordMinMax: true },
        },
      },
      {
        instrumentName: 'ai_assurance.input.brightness',
        aggregation: {
          type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM,
          options: { boundaries: BRIGHTNESS_EDGES, recordMinMax: true },
        },
      },
    ],
    readers: [
      new PeriodicExportingMetricReader({
        exporter: options.exporter,
        exportIntervalMillis: options.exportEveryMs,
        exportTimeoutMillis: Math.min(10_000, options.exportEveryMs),
      }),
    ],
  });
}

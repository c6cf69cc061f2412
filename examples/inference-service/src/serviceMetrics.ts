import type {
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

/** The service as the catalog knows it. */
export const SERVICE = 'component:default/digit-api';
/** Version of the service itself, not of its model. */
export const SERVICE_VERSION = '1.0.0';
/** Upper edges of the confidence histogram: 20 bins of equal width over 0…1. */
export const CONFIDENCE_EDGES = Array.from(
  { length: 19 },
  (_, index) => (index + 1) / 20,
);

/** One answered request. */
export interface AnsweredRequest {
  seconds: number;
  method: string;
  /** The route's pattern, never the address itself. */
  route: string;
  statusCode: number;
}

/** What the service measures. */
export interface ServiceMetrics {
  request(answered: AnsweredRequest): void;
  output(digit: number, confidence: number): void;
  /** Sends what is left and ends. */
  close(): Promise<void>;
}

/** The exporter of the official SDK, over OTLP/HTTP with protobuf. It sends only while the gate is open, and tells the gate how it went. */
export function guardedExporter(
  settings: PortalSettings,
  gate: PortalGate,
): PushMetricExporter {
  const exporter: PushMetricExporter = new OTLPMetricExporter({
    url: settings.otlpUrl,
    headers: portalHeaders(settings),
    temporalityPreference: AggregationTemporality.DELTA as never,
    timeoutMillis: 8_000,
  });
  const send = exporter.export.bind(exporter);
  exporter.export = (metrics, done) => {
    if (!gate.isOpen()) {
      gate.dropped();
      done({ code: 0 });
      return;
    }
    send(metrics, result => {
      if (result.code === 0) {
        gate.delivered();
      } else {
        const { code } = (result.error ?? {}) as { code?: unknown };
        gate.failed(
          typeof code === 'number' ? code : undefined,
          result.error?.message || String(code ?? 'no answer'),
        );
      }
      // The gate has said it in words; the SDK would say it again with a stack.
      done({ code: 0 });
    });
  };
  return exporter;
}

/** Brings the SDK's own warnings into the log, such as points that the portal refused. */
export function hearDiagnostics(say: (line: string) => void): void {
  const hear = (...words: unknown[]) =>
    say(
      `OpenTelemetry: ${words
        .map(word => (typeof word === 'string' ? word : JSON.stringify(word)))
        .join(' ')
        .slice(0, 500)}`,
    );
  const silent = () => undefined;
  diag.setLogger(
    { error: hear, warn: hear, info: silent, debug: silent, verbose: silent },
    DiagLogLevel.WARN,
  );
}

/** Opens the meters of the service. The caller MUST close them. */
export function openServiceMetrics(
  model: { version: string; digest: string },
  exporter: PushMetricExporter,
  exportEveryMs = 10_000,
): ServiceMetrics {
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': 'digit-api',
      'service.version': SERVICE_VERSION,
      'service.instance.id': 'digit-api-1',
      'deployment.environment.name': 'demo',
      'ai_assurance.subject': SERVICE,
      'ai_assurance.model.version': model.version,
      'ai_assurance.model.digest': model.digest,
    }),
    views: [
      {
        instrumentName: 'http.server.request.duration',
        aggregation: {
          type: AggregationType.EXPONENTIAL_HISTOGRAM,
          options: { maxSize: 160, recordMinMax: true },
        },
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
  const meter = provider.getMeter('ai-assurance-inference-service', '0.1.0');
  const duration = meter.createHistogram('http.server.request.duration', {
    description: 'From request to answer',
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
  return {
    request({ seconds, method, route, statusCode }) {
      duration.record(seconds, {
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': statusCode,
        // A request refused for what the client sent is not a failure of the service.
        ...(statusCode >= 500 ? { 'error.type': String(statusCode) } : {}),
      });
    },
    output(digit, share) {
      confidence.record(share);
      outputClass.add(1, { 'ai_assurance.class': String(digit) });
    },
    close: () => provider.shutdown(),
  };
}

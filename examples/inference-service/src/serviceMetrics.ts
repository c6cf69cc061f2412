import { openMeters } from '@ai-assurance/example-digit-reader';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';

/** The service as the catalog knows it. */
export const SERVICE = 'component:default/digit-api';
/** Version of the service itself, not of its model. */
export const SERVICE_VERSION = '1.0.0';
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
  /** What the model answered, and the mean light of the picture it was given. */
  output(digit: number, confidence: number, brightness: number): void;
  /** Sends what is left and ends. */
  close(): Promise<void>;
}

/** Opens the meters of the service. The caller MUST close them. */
export function openServiceMetrics(
  model: { version: string; digest: string },
  exporter: PushMetricExporter,
  exportEveryMs = 10_000,
  /** Told the same, for a Prometheus that scrapes. */
  scraped?: { request(version: string, answered: AnsweredRequest): void },
): ServiceMetrics {
  const provider = openMeters({
    resource: {
      'service.name': 'digit-api',
      'service.version': SERVICE_VERSION,
      'service.instance.id': 'digit-api-1',
      'deployment.environment.name': 'demo',
      'ai_assurance.subject': SERVICE,
      'ai_assurance.model.version': model.version,
      'ai_assurance.model.digest': model.digest,
    },
    durations: ['http.server.request.duration'],
    exporter,
    exportEveryMs,
  });
  const meter = provider.getMeter('ai-assurance-inference-service', '0.1.0');
  const duration = meter.createHistogram('http.server.request.duration', {
    description: 'From request to answer',
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
  return {
    request(answered) {
      const { seconds, method, route, statusCode } = answered;
      scraped?.request(model.version, answered);
      duration.record(seconds, {
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': statusCode,
        // A request refused for what the client sent is not a failure of the service.
        ...(statusCode >= 500 ? { 'error.type': String(statusCode) } : {}),
      });
    },
    output(digit, share, light) {
      brightness.record(light);
      confidence.record(share);
      outputClass.add(1, { 'ai_assurance.class': String(digit) });
    },
    close: () => provider.shutdown(),
  };
}

import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { AnsweredRequest, SERVICE } from './serviceMetrics';

/** What a Prometheus may scrape of the service. */
export interface ScrapedMetrics {
  request(version: string, answered: AnsweredRequest): void;
  close(): Promise<void>;
}

/** Bounds in seconds: the OpenTelemetry semantic conventions for `http.server.request.duration`. */
const bounds = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
];

/**
 * Serves the latency of all versions at `http://127.0.0.1:<port>/metrics`, by the official exporter. Prometheus knows no
 * resources: what tells versions apart stands on each series. Rejects when the port is taken. The caller MUST close it.
 */
export async function openScrapedMetrics(
  port: number,
): Promise<ScrapedMetrics> {
  const exporter = new PrometheusExporter({
    host: '127.0.0.1',
    port,
    preventServerStart: true,
  });
  await exporter.startServer();
  const provider = new MeterProvider({ readers: [exporter] });
  const duration = provider
    .getMeter('ai-assurance-inference-service', '0.1.0')
    .createHistogram('http.server.request.duration', {
      description: 'From request to answer',
      unit: 's',
      advice: { explicitBucketBoundaries: bounds },
    });
  return {
    request(version, { seconds, method, route, statusCode }) {
      duration.record(seconds, {
        subject: SERVICE,
        model_version: version,
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': statusCode,
        ...(statusCode >= 500 ? { 'error.type': String(statusCode) } : {}),
      });
    },
    close: () => provider.shutdown(),
  };
}

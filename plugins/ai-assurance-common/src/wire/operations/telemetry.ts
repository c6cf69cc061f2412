import { define } from './define';

/** Telemetry in. */
export const telemetryOperations = define({
  pushMetrics: {
    method: 'post',
    path: '/otlp/v1/metrics',
    summary: 'OTLP/HTTP metrics, protobuf or JSON',
    permissions: ['ai-assurance.telemetry.write'],
    rawBody: ['application/x-protobuf', 'application/json'],
    rawResponse: 'application/x-protobuf',
  },
});

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
  pushLogs: {
    method: 'post',
    path: '/otlp/v1/logs',
    summary:
      'OTLP/HTTP logs, protobuf or JSON: gen_ai.evaluation.result events become evidence',
    permissions: ['ai-assurance.evidence.push'],
    rawBody: ['application/x-protobuf', 'application/json'],
    rawResponse: 'application/x-protobuf',
  },
});

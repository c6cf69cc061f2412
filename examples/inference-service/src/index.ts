/** Serves the digit reader over HTTP, instrumented with OpenTelemetry. */
export { createService, ROUTE } from './service';
export type { ServiceParts } from './service';
export { Load, REQUESTS_PER_SECOND } from './load';
export { openServiceMetrics, SERVICE, SERVICE_VERSION } from './serviceMetrics';
export type { AnsweredRequest, ServiceMetrics } from './serviceMetrics';

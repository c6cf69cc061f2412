/** Serves the digit reader over HTTP, instrumented with OpenTelemetry. */
export { createService, ROUTE } from './service';
export type { ServiceParts } from './service';
export { LiveVersion } from './liveVersion';
export type { ServedVersion, Switch } from './liveVersion';
export { ROLLBACK_ROUTE, Rollbacks } from './rollbacks';
export { Load, REQUESTS_PER_SECOND } from './load';
export { openServiceMetrics, SERVICE, SERVICE_VERSION } from './serviceMetrics';
export type { AnsweredRequest, ServiceMetrics } from './serviceMetrics';

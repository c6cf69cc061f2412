/** Runs the digit reader as devices would and reports over OpenTelemetry. */
export { APP_VERSION, PROFILES } from './classes';
export type { ClassProfile } from './classes';
export { EXPORT_EVERY_MS } from './deviceMetrics';
export {
  DEVICES_PER_CLASS,
  EDGE_MODEL,
  Fleet,
  SESSION_EVERY_MS,
  versionFor,
} from './fleet';

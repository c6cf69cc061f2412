/**
 * Collects evidence by queries to a Prometheus-compatible engine: costs, data quality and deployed versions.
 *
 * @packageDocumentation
 */
export { prometheusCollectorModule as default } from './module';

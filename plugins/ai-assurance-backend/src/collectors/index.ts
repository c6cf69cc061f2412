export { createCollectors, type CollectorsDeps } from './createCollectors';
export { createCollectorRegistry, type CollectorRegistry } from './registry';

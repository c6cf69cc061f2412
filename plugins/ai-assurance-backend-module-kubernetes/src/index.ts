/**
 * Collects evidence from Kubernetes through Backstage's own Kubernetes plugin: KServe inference services, Argo rollouts and
 * their analysis runs.
 *
 * @packageDocumentation
 */
export { kubernetesCollectorModule as default } from './module';

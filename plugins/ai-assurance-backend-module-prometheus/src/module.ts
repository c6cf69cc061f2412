import { evidenceCollectorsExtensionPoint } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { createPrometheusCollectors } from './createCollectors';

/**
 * Collects evidence by queries to a Prometheus-compatible engine. Does nothing without `aiAssurance.prometheus`.
 *
 * @public
 */
export const prometheusCollectorModule = createBackendModule({
  pluginId: 'ai-assurance',
  moduleId: 'prometheus',
  register(env) {
    env.registerInit({
      deps: {
        collectors: evidenceCollectorsExtensionPoint,
        config: coreServices.rootConfig,
      },
      async init({ collectors, config }) {
        for (const collector of createPrometheusCollectors(config))
          collectors.addCollector(collector);
      },
    });
  },
});

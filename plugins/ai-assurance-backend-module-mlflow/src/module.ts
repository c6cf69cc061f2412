import { evidenceCollectorsExtensionPoint } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { createMlflowCollectors } from './createCollectors';

/**
 * Collects evidence from an MLflow model registry. Does nothing without `aiAssurance.mlflow`.
 *
 * @public
 */
export const mlflowCollectorModule = createBackendModule({
  pluginId: 'ai-assurance',
  moduleId: 'mlflow',
  register(env) {
    env.registerInit({
      deps: {
        collectors: evidenceCollectorsExtensionPoint,
        config: coreServices.rootConfig,
      },
      async init({ collectors, config }) {
        for (const collector of createMlflowCollectors(config))
          collectors.addCollector(collector);
      },
    });
  },
});

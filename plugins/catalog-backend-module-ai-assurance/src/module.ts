import { aiAssuranceCatalogModel } from '@ai-assurance/backstage-plugin-ai-assurance-common/alpha';
import { createBackendModule } from '@backstage/backend-plugin-api';
import { CatalogModelSources } from '@backstage/catalog-model/alpha';
import { catalogModelExtensionPoint } from '@backstage/plugin-catalog-node/alpha';

/**
 * Teaches the catalog the typed variants of AI Assurance and their relations.
 *
 * The first model layer that a catalog is given replaces the built-in validation of all kinds by the model system; the
 * stock kinds come along unchanged.
 *
 * @public
 */
export const catalogModuleAiAssurance = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'ai-assurance',
  register(env) {
    env.registerInit({
      deps: { model: catalogModelExtensionPoint },
      async init({ model }) {
        model.addModelSource(
          CatalogModelSources.static([aiAssuranceCatalogModel]),
        );
      },
    });
  },
});

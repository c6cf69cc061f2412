import { RELATIONS } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import {
  ALL_RELATION_PAIRS,
  ALL_RELATIONS,
  catalogGraphApiRef,
  DefaultCatalogGraphApi,
} from '@backstage/plugin-catalog-graph';

/** The relations graph hides relations that it has not been told about: this tells it about those of the suite. */
export const catalogGraphModule = createFrontendModule({
  pluginId: 'catalog-graph',
  extensions: [
    ApiBlueprint.make({
      params: define =>
        define({
          api: catalogGraphApiRef,
          deps: {},
          factory: () =>
            new DefaultCatalogGraphApi({
              knownRelations: [...ALL_RELATIONS, ...Object.values(RELATIONS)],
              knownRelationPairs: [
                ...ALL_RELATION_PAIRS,
                [RELATIONS.usesModel, RELATIONS.modelUsedBy],
                [RELATIONS.derivedFrom, RELATIONS.derivationOf],
                [RELATIONS.trainedOn, RELATIONS.trains],
                [RELATIONS.targetsCohort, RELATIONS.targetOfModel],
              ],
              // Typed as optional, but the graph breaks without it.
              defaultRelationTypes: { exclude: [] },
            }),
        }),
    }),
  ],
});

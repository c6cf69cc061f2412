import { ExtensionDefinition } from '@backstage/frontend-plugin-api';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';

const evaluationsTab = EntityContentBlueprint.make({
  name: 'evaluations',
  params: {
    path: '/evaluations',
    title: 'Evaluations',
    filter: {
      $any: [
        { kind: 'component', 'spec.type': 'ai-service' },
        { kind: 'resource', 'spec.type': 'ai-model' },
        { kind: 'resource', 'spec.type': 'edge-model' },
      ],
    },
    loader: () =>
      import('./EvaluationsTab').then(module => <module.EvaluationsTab />),
  },
});

/** The tab of evaluations on models, and on the services that use them. */
export const evaluationExtensions: ExtensionDefinition[] = [evaluationsTab];

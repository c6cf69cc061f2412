import { SubPageBlueprint } from '@backstage/frontend-plugin-api';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { driftRouteRef } from '../routes';

/** What is watched for drift across the portfolio. */
export const driftCoveragePage = SubPageBlueprint.make({
  name: 'drift',
  params: {
    path: 'drift',
    title: 'Drift',
    routeRef: driftRouteRef,
    loader: () =>
      import('./CoveragePage').then(module => <module.CoveragePage />),
  },
});

/** Drift of one service or model. */
export const driftTab = EntityContentBlueprint.make({
  name: 'drift',
  params: {
    path: '/drift',
    title: 'Drift',
    filter: {
      $any: [
        { kind: 'component', 'spec.type': 'ai-service' },
        { kind: 'resource', 'spec.type': 'ai-model' },
        { kind: 'resource', 'spec.type': 'edge-model' },
      ],
    },
    loader: () => import('./DriftTab').then(module => <module.DriftTab />),
  },
});

import { ExtensionDefinition } from '@backstage/frontend-plugin-api';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';

/** The entities that the suite assures. */
const subjects = {
  $any: [
    { kind: 'component', 'spec.type': 'ai-service' },
    { kind: 'resource', 'spec.type': 'ai-model' },
    { kind: 'resource', 'spec.type': 'edge-model' },
    { kind: 'resource', 'spec.type': 'device-cohort' },
  ],
};

const tabPath = '/assurance';
const loadTab = () => import('./AssuranceTab');

// Who comes by the address of a tab waits for sign-in and entity before the tab is asked for: its code comes meanwhile.
if (window.location.pathname.endsWith(tabPath)) {
  // What fails here is asked for again, and told then, where the tab is drawn.
  loadTab().catch(() => {});
}

const assuranceTab = EntityContentBlueprint.make({
  name: 'assurance',
  params: {
    path: tabPath,
    title: 'Assurance',
    filter: subjects,
    loader: () => loadTab().then(module => <module.AssuranceTab />),
  },
});

const assuranceCard = EntityCardBlueprint.make({
  name: 'assurance',
  params: {
    type: 'content',
    // A service has the card of its health instead, which says the same and more.
    filter: { $all: [subjects, { kind: 'resource' }] },
    loader: () =>
      import('./AssuranceCard').then(module => <module.AssuranceCard />),
  },
});

const healthCard = EntityCardBlueprint.make({
  name: 'service-health',
  params: {
    type: 'content',
    filter: { kind: 'component', 'spec.type': 'ai-service' },
    loader: () => import('./HealthCard').then(module => <module.HealthCard />),
  },
});

const objectivesCard = EntityCardBlueprint.make({
  name: 'objectives',
  params: {
    type: 'content',
    filter: {
      $all: [
        subjects,
        { 'metadata.annotations.ai-assurance.io/slo': { $exists: true } },
      ],
    },
    loader: () =>
      import('./ObjectivesCard').then(module => <module.ObjectivesCard />),
  },
});

/** Tabs and cards on the pages of catalog entities. */
export const entityExtensions: ExtensionDefinition[] = [
  assuranceTab,
  assuranceCard,
  healthCard,
  objectivesCard,
];

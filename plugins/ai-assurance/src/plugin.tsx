import {
  AiAssuranceClient,
  aiAssuranceApiRef,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  ApiBlueprint,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
  SubPageBlueprint,
} from '@backstage/frontend-plugin-api';
import { RiShieldCheckLine } from '@remixicon/react';
import { driftCoveragePage, driftTab } from './drift';
import { entityExtensions } from './entity';
import { evaluationExtensions } from './evaluations';
import {
  auditRouteRef,
  driftRouteRef,
  evidenceRouteRef,
  overviewRouteRef,
  quarantineRouteRef,
  releasesRouteRef,
  rootRouteRef,
  scorecardsRouteRef,
  sourcesRouteRef,
} from './routes';

const clientApi = ApiBlueprint.make({
  params: define =>
    define({
      api: aiAssuranceApiRef,
      deps: { discoveryApi: discoveryApiRef, fetchApi: fetchApiRef },
      factory: ({ discoveryApi, fetchApi }) =>
        new AiAssuranceClient({ discoveryApi, fetchApi }),
    }),
});

const page = PageBlueprint.make({
  params: {
    path: '/ai-assurance',
    title: 'AI Assurance',
    icon: <RiShieldCheckLine />,
    routeRef: rootRouteRef,
  },
});

const overviewPage = SubPageBlueprint.make({
  name: 'overview',
  params: {
    path: 'overview',
    title: 'Overview',
    routeRef: overviewRouteRef,
    loader: () =>
      import('./overview/OverviewPage').then(module => <module.OverviewPage />),
  },
});

const scorecardsPage = SubPageBlueprint.make({
  name: 'scorecards',
  params: {
    path: 'scorecards',
    title: 'Scorecards',
    routeRef: scorecardsRouteRef,
    loader: () =>
      import('./scorecards/ScorecardsPage').then(module => (
        <module.ScorecardsPage />
      )),
  },
});

const releasesPage = SubPageBlueprint.make({
  name: 'releases',
  params: {
    path: 'releases',
    title: 'Releases',
    routeRef: releasesRouteRef,
    loader: () =>
      import('./releases/ReleasesPage').then(module => <module.ReleasesPage />),
  },
});

const evidencePage = SubPageBlueprint.make({
  name: 'evidence',
  params: {
    path: 'evidence',
    title: 'Evidence',
    routeRef: evidenceRouteRef,
    loader: () =>
      import('./evidence/EvidencePage').then(module => <module.EvidencePage />),
  },
});

const quarantinePage = SubPageBlueprint.make({
  name: 'quarantine',
  params: {
    path: 'quarantine',
    title: 'Quarantine',
    routeRef: quarantineRouteRef,
    loader: () =>
      import('./quarantine/QuarantinePage').then(module => (
        <module.QuarantinePage />
      )),
  },
});

const sourcesPage = SubPageBlueprint.make({
  name: 'sources',
  params: {
    path: 'sources',
    title: 'Sources',
    routeRef: sourcesRouteRef,
    loader: () =>
      import('./sources/SourcesPage').then(module => <module.SourcesPage />),
  },
});

const auditPage = SubPageBlueprint.make({
  name: 'audit',
  params: {
    path: 'audit',
    title: 'Audit',
    routeRef: auditRouteRef,
    loader: () =>
      import('./audit/AuditPage').then(module => <module.AuditPage />),
  },
});

/**
 * The AI Assurance pages, entity tabs and cards, for the new frontend system.
 *
 * @public
 */
export const aiAssurancePlugin = createFrontendPlugin({
  pluginId: 'ai-assurance',
  title: 'AI Assurance',
  icon: <RiShieldCheckLine />,
  info: { packageJson: () => import('../package.json') },
  extensions: [
    clientApi,
    page,
    overviewPage,
    scorecardsPage,
    driftCoveragePage,
    releasesPage,
    evidencePage,
    quarantinePage,
    sourcesPage,
    auditPage,
    ...entityExtensions,
    driftTab,
    ...evaluationExtensions,
  ],
  routes: {
    root: rootRouteRef,
    overview: overviewRouteRef,
    scorecards: scorecardsRouteRef,
    releases: releasesRouteRef,
    evidence: evidenceRouteRef,
    quarantine: quarantineRouteRef,
    sources: sourcesRouteRef,
    drift: driftRouteRef,
    audit: auditRouteRef,
  },
});

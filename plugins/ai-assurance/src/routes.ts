import { createRouteRef } from '@backstage/frontend-plugin-api';

/** The portfolio overview, root of the plugin's pages. */
export const rootRouteRef = createRouteRef();
export const overviewRouteRef = createRouteRef();
export const scorecardsRouteRef = createRouteRef();
export const releasesRouteRef = createRouteRef();
export const evidenceRouteRef = createRouteRef();
export const quarantineRouteRef = createRouteRef();
export const sourcesRouteRef = createRouteRef();
export const auditRouteRef = createRouteRef();
export const driftRouteRef = createRouteRef();

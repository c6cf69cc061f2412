export { registerSearchRoutes } from './routes';
export { createSearch, type EvidenceSearch } from './createSearch';
export { type EvidenceListPage, type EvidenceListQuery } from './EvidenceList';
export { type EvidenceFacets } from './facets';

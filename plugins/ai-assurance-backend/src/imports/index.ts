export { createImports, type ImportDeps } from './createImports';
export { createImporterRegistry } from './registry';
export { readRiskLists, type RiskEntry } from './readReferences';

import { createExtensionPoint } from '@backstage/backend-plugin-api';
import { EvidenceCollector } from './collector';
import { ReportImporter } from './importer';
import { RollbackManager } from './rollback/rollbackManager';

/** Adds collectors to the suite. @public */
export interface EvidenceCollectorsExtensionPoint {
  /** Throws when a collector of this id was added already, or the id is not well-formed. */
  addCollector(collector: EvidenceCollector): void;
}

/** Where modules add their collectors. @public */
export const evidenceCollectorsExtensionPoint =
  createExtensionPoint<EvidenceCollectorsExtensionPoint>({
    id: 'ai-assurance.evidence-collectors',
  });

/** Adds importers of reports to the suite. @public */
export interface ReportImportersExtensionPoint {
  /** Throws when an importer of this id was added already, or the id is not well-formed. */
  addImporter(importer: ReportImporter): void;
}

/** Where modules add their importers. @public */
export const reportImportersExtensionPoint =
  createExtensionPoint<ReportImportersExtensionPoint>({
    id: 'ai-assurance.report-importers',
  });

/** Adds systems that put earlier versions back. @public */
export interface RollbackManagersExtensionPoint {
  /** Throws when a manager of this id was added already. */
  addManager(manager: RollbackManager): void;
}

/** Where modules add systems that put earlier versions back. @public */
export const rollbackManagersExtensionPoint =
  createExtensionPoint<RollbackManagersExtensionPoint>({
    id: 'ai-assurance.rollback-managers',
  });

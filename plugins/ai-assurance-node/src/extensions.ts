import { createExtensionPoint } from '@backstage/backend-plugin-api';
import { EvidenceCollector } from './collector';

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

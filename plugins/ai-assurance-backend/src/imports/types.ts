import { ImportStatement } from '@ai-assurance/backstage-plugin-ai-assurance-node';

/** One report as it was handed in. */
export interface ImportRequest {
  format: string;
  bytes: Uint8Array;
  stated: ImportStatement;
  /** Only say what would be recorded. */
  isPreview: boolean;
}

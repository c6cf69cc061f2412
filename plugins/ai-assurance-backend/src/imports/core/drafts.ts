import {
  AnyImportedFact,
  ImportStatement,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { digestOfValue } from './parts';

/** What turns a fact of a report into an item of evidence. */
export interface DraftContext {
  importer: Pick<ReportImporter, 'id' | 'version' | 'tool'>;
  reportDigest: string;
  stated: ImportStatement;
  nowMs: number;
  instantOf(ms: number): string;
}

/** Names where evidence of a format comes from. */
export const importSource = (format: string) =>
  `/ai-assurance/imports/${format}`;

/**
 * The item of evidence of a fact. Its id is made from the report's digest and from what was stated about it, so that the same
 * report handed in again is known already; the moment of the import is in no id.
 */
export function draftOfFact(fact: AnyImportedFact, context: DraftContext) {
  const { importer, stated, nowMs, reportDigest, instantOf } = context;
  const mark = digestOfValue({
    report: reportDigest,
    importer: importer.version,
    stated,
    key: fact.key,
  }).slice(7, 39);
  const { subjectVersion, subjectDigest, windowStart, windowEnd } = stated;
  return {
    type: fact.type,
    source: importSource(importer.id),
    id: `import:${mark}`,
    subject: stated.subject,
    timeMs: fact.timeMs ?? nowMs,
    envelope: {
      sourceSystem: importer.tool,
      asked: `import of ${reportDigest}`,
      ...(subjectVersion && { subjectVersion }),
      ...(subjectDigest && { subjectDigest }),
      ...(windowStart && windowEnd && { windowStart, windowEnd }),
      ...fact.envelope,
      collector: {
        id: `ai-assurance.import-${importer.id}`,
        version: importer.version,
      },
      collectedAt: instantOf(nowMs),
    },
    payload: fact.payload,
  };
}

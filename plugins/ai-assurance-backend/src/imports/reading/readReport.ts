import {
  ImportError,
  ImportReading,
  ImportStatement,
  instantOf,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  CanonicalError,
  digestOf,
  readEvidenceItem,
} from '@ai-assurance/evidence';
import { draftOfFact } from '../core/drafts';
import { MAX_FACTS } from '../core/parts';

// This file and all that it imports are loaded by the importing thread as well: no platform, no framework.

/** A report may be dated ahead of this clock by as much as evidence may. */
const maxAheadMs = 5 * 60_000;

/** A report that waits to be read. */
export interface ReportToRead {
  format: string;
  bytes: Uint8Array;
  stated: ImportStatement;
  nowMs: number;
}

export type FactDraft = ReturnType<typeof draftOfFact>;

/** What a report gave: drafts that are good items of evidence, or why none. */
export type ReportReading =
  | {
      ok: true;
      reportDigest: string;
      drafts: FactDraft[];
      notes: string[];
    }
  | { ok: false; code: string; message: string };

/**
 * Reads a report, and checks what it gave against the schemas of kinds. What is wrong with the report is an answer; a fault of
 * our own is thrown.
 */
export function readReport(
  importer: ReportImporter,
  { bytes, stated, nowMs }: ReportToRead,
): ReportReading {
  try {
    const text = textOf(bytes);
    const reportDigest = digestOf(bytes);
    const reading = importer.read({ text, digest: reportDigest }, stated);
    requireFew(reading);
    const drafts = reading.facts.map(fact =>
      draftOfFact(fact, { importer, reportDigest, stated, nowMs, instantOf }),
    );
    for (const draft of drafts) requireGood(draft, nowMs);
    return { ok: true, reportDigest, drafts, notes: [...reading.notes] };
  } catch (error) {
    if (error instanceof ImportError)
      return { ok: false, code: error.code, message: error.message };
    const why = unrecordable(error);
    if (why === undefined) throw error;
    return { ok: false, code: 'BROKEN_REPORT', message: why };
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ImportError('NOT_RECOGNISED', 'The file is no text in UTF-8.');
  }
}

function requireFew({ facts }: ImportReading): void {
  if (facts.length > MAX_FACTS)
    throw new ImportError(
      'BROKEN_REPORT',
      `The report states ${facts.length} facts; ${MAX_FACTS} are allowed. Import it in parts.`,
    );
}

/** What the schema of a kind refuses was in the report: it is told there, not as a fault of the suite. */
function requireGood(draft: FactDraft, nowMs: number): void {
  if (!Number.isSafeInteger(draft.timeMs) || draft.timeMs > nowMs + maxAheadMs)
    throw new ImportError(
      'BROKEN_REPORT',
      'The report is dated in the future of this server: one of the clocks is wrong.',
    );
  const reading = readEvidenceItem({
    specversion: '1.0',
    id: draft.id,
    source: draft.source,
    type: draft.type,
    subject: draft.subject,
    time: instantOf(draft.timeMs),
    datacontenttype: 'application/json',
    data: { envelope: draft.envelope, payload: draft.payload },
  });
  if (!reading.ok)
    throw new ImportError(
      'BROKEN_REPORT',
      `The report says what cannot be: ${reading.problems.join('; ')}`,
    );
}

/** What is in no report that a tool wrote, and that no importer looks for; `undefined` for a fault of our own. */
function unrecordable(error: unknown): string | undefined {
  if (error instanceof CanonicalError)
    return `The report holds what cannot be recorded: ${error.message}`;
  // The only depth that there is.
  return error instanceof RangeError && /call stack/.test(error.message)
    ? 'The report is nested too deeply.'
    : undefined;
}

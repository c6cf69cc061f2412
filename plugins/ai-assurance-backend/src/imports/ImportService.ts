import {
  ImportResult,
  EvidenceImportItem,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ImportError,
  ImportReading,
  ReportImporter,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  CanonicalError,
  digestOf,
  readEvidenceItem,
} from '@ai-assurance/evidence';
import { InputError, NotFoundError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { EvidenceDraft, Ledger, LedgerLookup } from '../ledger';
import { Clock, Db, instantOf, Outbox, withCode } from '../platform';
import { draftOfFact, importSource } from './core/drafts';
import { MAX_FACTS } from './core/parts';
import { ImportRequest } from './types';

/** A report may be dated ahead of this clock by as much as evidence may. */
const maxAheadMs = 5 * 60_000;

export interface ImportServiceDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Pick<Ledger, 'append'>;
  ledgerAnswers: LedgerLookup;
  subjects: Pick<SubjectAnswers, 'get'>;
  importers: ReportImporter[];
}

/** Turns reports of other tools into evidence. */
export class ImportService {
  readonly #deps: ImportServiceDeps;

  constructor(deps: ImportServiceDeps) {
    this.#deps = deps;
  }

  /** The importer of a format. Throws NotFoundError `UNKNOWN_FORMAT` naming those there are. */
  importerOf(format: string): ReportImporter {
    const found = this.#deps.importers.find(({ id }) => id === format);
    if (found) return found;
    throw withCode(
      new NotFoundError(
        `There is no format ${format}. Formats are ${this.#deps.importers
          .map(({ id }) => id)
          .join(', ')}.`,
      ),
      'UNKNOWN_FORMAT',
    );
  }

  /**
   * Reads a report and records its facts, all or none; a preview only says what they would be. Safe to repeat: the same bytes
   * with the same statement are known already. Throws InputError with the codes of `ImportError`, `UNKNOWN_SUBJECT`,
   * `BAD_STATEMENT` and `NOT_UTF8`.
   */
  async import(request: ImportRequest): Promise<ImportResult> {
    const importer = this.importerOf(request.format);
    const { stated } = request;
    await this.#requireSubject(stated.subject);
    requireWindow(stated);
    const text = textOf(request.bytes);
    const reportDigest = digestOf(request.bytes);
    const reading = readReport(
      importer,
      { text, digest: reportDigest },
      request,
    );
    const nowMs = this.#deps.clock.nowMs();
    const drafts = reading.facts.map(
      fact =>
        draftOfFact(fact, {
          importer,
          reportDigest,
          stated,
          nowMs,
          instantOf,
        }) as EvidenceDraft,
    );
    requireGood(drafts, nowMs);
    const items = request.isPreview
      ? drafts.map(draft => itemOf(draft, 'preview', null))
      : await this.#record(importer, drafts);
    return {
      format: importer.id,
      reportDigest,
      items,
      notes: [...reading.notes],
    };
  }

  async #requireSubject(subject: string): Promise<void> {
    if (await this.#deps.subjects.get(subject)) return;
    throw withCode(
      new InputError(
        `query.subject: ${subject} is not an AI service, model or device cohort in the catalog. Register it first.`,
      ),
      'UNKNOWN_SUBJECT',
    );
  }

  async #record(
    importer: ReportImporter,
    drafts: EvidenceDraft[],
  ): Promise<EvidenceImportItem[]> {
    const { db, ledger, ledgerAnswers, outbox } = this.#deps;
    const known = await ledgerAnswers.bySource(
      importSource(importer.id),
      drafts.map(({ id }) => id),
    );
    const fresh = drafts.filter(({ id }) => !known.has(id));
    const outcomes =
      fresh.length === 0
        ? []
        : await db.transaction(async tx => {
            await outbox.queue(tx, {
              topic: 'evidence.imported',
              subjects: [...new Set(fresh.map(({ subject }) => subject))],
            });
            return ledger.append(tx, fresh);
          });
    return drafts.map(draft => {
      const before = known.get(draft.id);
      if (before) return itemOf(draft, 'already-known', before.evidenceId);
      const { outcome, evidenceId } = outcomes[fresh.indexOf(draft)];
      // Two at once: the other one's differs only in the moment of the import.
      return itemOf(
        draft,
        outcome === 'accepted' ? 'accepted' : 'already-known',
        evidenceId,
      );
    });
  }
}

function itemOf(
  draft: EvidenceDraft,
  outcome: EvidenceImportItem['outcome'],
  evidenceId: string | null,
): EvidenceImportItem {
  const { status } = draft.payload as { status?: EvidenceImportItem['status'] };
  const { metric } = draft.payload as { metric?: string };
  return {
    outcome,
    evidenceId,
    type: draft.type,
    metric: metric ?? null,
    status: status ?? null,
    sampleCount: draft.envelope.sampleCount ?? null,
  };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw withCode(
      new InputError('The file is no text in UTF-8.'),
      'NOT_RECOGNISED',
    );
  }
}

function requireWindow({ windowStart, windowEnd }: ImportRequest['stated']) {
  if ((windowStart === undefined) !== (windowEnd === undefined))
    throw withCode(
      new InputError(
        'query: a stretch of time has both windowStart and windowEnd, or neither.',
      ),
      'BAD_STATEMENT',
    );
  if (
    windowStart &&
    windowEnd &&
    Date.parse(windowEnd) <= Date.parse(windowStart)
  )
    throw withCode(
      new InputError('query.windowEnd: lies not after windowStart.'),
      'BAD_STATEMENT',
    );
}

function readReport(
  importer: ReportImporter,
  report: { text: string; digest: string },
  { stated }: ImportRequest,
): ImportReading {
  let reading: ImportReading;
  try {
    reading = importer.read(report, stated);
  } catch (error) {
    if (error instanceof ImportError)
      throw withCode(new InputError(error.message), error.code);
    const why = unrecordable(error);
    if (why === undefined) throw error;
    throw withCode(new InputError(why), 'BROKEN_REPORT');
  }
  if (reading.facts.length > MAX_FACTS)
    throw withCode(
      new InputError(
        `The report states ${reading.facts.length} facts; ${MAX_FACTS} are allowed. Import it in parts.`,
      ),
      'BROKEN_REPORT',
    );
  return reading;
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

/** What the schema of a kind refuses was in the report: it is told there, not as a fault of the suite. */
function requireGood(drafts: EvidenceDraft[], nowMs: number): void {
  for (const draft of drafts) {
    if (
      !Number.isSafeInteger(draft.timeMs) ||
      draft.timeMs > nowMs + maxAheadMs
    )
      throw withCode(
        new InputError(
          'The report is dated in the future of this server: one of the clocks is wrong.',
        ),
        'BROKEN_REPORT',
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
      throw withCode(
        new InputError(
          `The report says what cannot be: ${reading.problems.join('; ')}`,
        ),
        'BROKEN_REPORT',
      );
  }
}

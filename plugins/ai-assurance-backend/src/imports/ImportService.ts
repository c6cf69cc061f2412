import {
  ImportResult,
  EvidenceImportItem,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { ReportImporter } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { InputError, NotFoundError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { EvidenceDraft, Ledger, LedgerLookup } from '../ledger';
import { Clock, Db, Outbox, withCode } from '../platform';
import { importSource } from './core/drafts';
import { ReportReader } from './reading/ReportReader';
import { ImportRequest } from './types';

export interface ImportServiceDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Pick<Ledger, 'append'>;
  ledgerAnswers: LedgerLookup;
  subjects: Pick<SubjectAnswers, 'get'>;
  importers: ReportImporter[];
  reader: ReportReader;
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

  /** Lets a report in before its bytes are taken; see {@link ReportReader.admitted}. */
  admitted<T>(work: () => Promise<T>): Promise<T> {
    return this.#deps.reader.admitted(work);
  }

  /**
   * Reads a report and records its facts, all or none; a preview only says what they would be. Safe to repeat: the same bytes
   * with the same statement are known already. Throws InputError with the codes of `ImportError`, `UNKNOWN_SUBJECT`,
   * `BAD_STATEMENT`, and those of {@link ReportReader.read}.
   */
  async import(
    request: ImportRequest,
    signal?: AbortSignal,
  ): Promise<ImportResult> {
    const importer = this.importerOf(request.format);
    const { format, bytes, stated } = request;
    await this.#requireSubject(stated.subject);
    requireWindow(stated);
    const reading = await this.#deps.reader.read(
      { format, bytes, stated, nowMs: this.#deps.clock.nowMs() },
      signal,
    );
    if (!reading.ok)
      throw withCode(new InputError(reading.message), reading.code);
    const drafts = reading.drafts as EvidenceDraft[];
    const items = request.isPreview
      ? drafts.map(draft => itemOf(draft, 'preview', null))
      : await this.#record(importer, drafts);
    return {
      format: importer.id,
      reportDigest: reading.reportDigest,
      items,
      notes: reading.notes,
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

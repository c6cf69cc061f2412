import {
  Objective,
  OpenSloLoss,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, readBigint, Tx } from '../platform';
import { SloDefinition } from './core/types';
import { SeriesStore } from './SeriesStore';
import { SloDocumentHistoryRow, SloDocumentRow } from './tables';

/** Documents of a subject as last read. */
export interface StoredDocuments {
  subject: string;
  /** Where they were read from, in words. */
  source: string;
  etag: string | undefined;
  definitions: SloDefinition[];
  parseProblems: string[];
  /** What the documents say and nothing makes use of. */
  lost: OpenSloLoss[];
  readProblem: string | undefined;
  attemptedAtMs: number;
  readAtMs: number | undefined;
}

export interface StoredStatus {
  objective: Objective;
  fingerprint: string;
  evidenceAtMs: number;
  /** `undefined` between a change and the commit of its evidence. */
  evidenceId: string | undefined;
  /** What its row held before the evaluation, but for numbers; `undefined`: there was none, or it is not known. */
  storedForm: string | undefined;
}

/** What a subject had declared since an instant. */
export interface DeclaredThen {
  definitions: SloDefinition[];
  /** In words. */
  problems: string[];
}

/** Changes of documents kept of one subject: an address that answers now and then must not fill the database. */
const historyLimit = 500;
const touchedAtOnce = 500;

/** What is wrong with documents, worst first. */
export function problemsOf(
  documents: Pick<StoredDocuments, 'readProblem' | 'parseProblems'>,
): string[] {
  const { readProblem, parseProblems } = documents;
  return readProblem === undefined
    ? parseProblems
    : [readProblem, ...parseProblems];
}

export function documentsFromRow(row: SloDocumentRow): StoredDocuments {
  return {
    subject: row.subject,
    source: row.source,
    etag: row.etag ?? undefined,
    definitions: JSON.parse(row.definitions),
    parseProblems: JSON.parse(row.parse_problems),
    lost: JSON.parse(row.lost),
    readProblem: row.read_problem ?? undefined,
    attemptedAtMs: readBigint(row.attempted_at_ms),
    readAtMs: row.read_at_ms === null ? undefined : readBigint(row.read_at_ms),
  };
}

/** Documents of subjects: as they are, and as they were. */
export class SloStore {
  readonly #db: Db;
  readonly #series: SeriesStore;

  constructor(db: Db, series: SeriesStore) {
    this.#db = db;
    this.#series = series;
  }

  async documents(subject: string): Promise<StoredDocuments | undefined> {
    const row: SloDocumentRow | undefined = await this.#db
      .knex('slo_document')
      .where({ subject })
      .first('slo_document.*');
    return row && documentsFromRow(row);
  }

  async allDocuments(): Promise<StoredDocuments[]> {
    const rows: SloDocumentRow[] = await this.#db
      .knex('slo_document')
      .select('slo_document.*')
      .orderBy('slo_document.subject');
    return rows.map(documentsFromRow);
  }

  /** Replaces the documents of a subject, and remembers them where they say something else than before. */
  async saveDocuments(documents: StoredDocuments): Promise<void> {
    await this.#db.transaction(async tx => {
      await this.#saveDocuments(tx, documents);
      await this.#remember(tx, documents.subject, documents.attemptedAtMs, {
        definitions: documents.definitions,
        problems: problemsOf(documents),
      });
    });
  }

  /** Notes that the documents of these subjects were read and are as they were. */
  async touch(subjects: string[], nowMs: number): Promise<void> {
    for (let i = 0; i < subjects.length; i += touchedAtOnce) {
      await this.#db
        .knex('slo_document')
        .whereIn('slo_document.subject', subjects.slice(i, i + touchedAtOnce))
        .update({ attempted_at_ms: nowMs, read_at_ms: nowMs });
    }
  }

  async #saveDocuments(tx: Tx, documents: StoredDocuments): Promise<void> {
    await tx('slo_document')
      .insert({
        subject: documents.subject,
        source: documents.source,
        etag: documents.etag ?? null,
        definitions: JSON.stringify(documents.definitions),
        parse_problems: JSON.stringify(documents.parseProblems),
        lost: JSON.stringify(documents.lost),
        read_problem: documents.readProblem ?? null,
        attempted_at_ms: documents.attemptedAtMs,
        read_at_ms: documents.readAtMs ?? null,
      })
      .onConflict('subject')
      .merge();
  }

  /** Adds what is declared to the history unless it is what the history says already. */
  async #remember(
    tx: Tx,
    subject: string,
    nowMs: number,
    { definitions, problems }: DeclaredThen,
  ): Promise<void> {
    const said = {
      definitions: JSON.stringify(definitions),
      problems: JSON.stringify(problems),
    };
    const [last]: SloDocumentHistoryRow[] = await tx('slo_document_history')
      .where({ subject })
      .orderBy('slo_document_history.known_from_ms', 'desc')
      .limit(1)
      .select('slo_document_history.*');
    if (
      last?.definitions === said.definitions &&
      last.problems === said.problems
    )
      return;
    await tx('slo_document_history')
      .insert({ subject, known_from_ms: nowMs, ...said })
      .onConflict(['subject', 'known_from_ms'])
      .merge();
    const beyond: SloDocumentHistoryRow[] = await tx('slo_document_history')
      .where({ subject })
      .orderBy('slo_document_history.known_from_ms', 'desc')
      .offset(historyLimit)
      .limit(1)
      .select('slo_document_history.*');
    if (beyond.length > 0) {
      await tx('slo_document_history')
        .where({ subject })
        .andWhere(
          'slo_document_history.known_from_ms',
          '<=',
          readBigint(beyond[0].known_from_ms),
        )
        .delete();
    }
  }

  /** What a subject had declared at an instant; `undefined` before the first that was kept. */
  async declaredAt(
    subject: string,
    atMs: number,
  ): Promise<DeclaredThen | undefined> {
    const row: SloDocumentHistoryRow | undefined = await this.#db
      .knex('slo_document_history')
      .where({ subject })
      .andWhere('slo_document_history.known_from_ms', '<=', atMs)
      .orderBy('slo_document_history.known_from_ms', 'desc')
      .first('slo_document_history.*');
    return (
      row && {
        definitions: JSON.parse(row.definitions),
        problems: JSON.parse(row.problems),
      }
    );
  }

  /** Forgets a subject that no longer has documents. Its evidence stays in the ledger, and what it declared in the history. */
  async forget(subject: string, nowMs: number): Promise<void> {
    await this.#db.transaction(async tx => {
      await this.#series.forget(tx, subject, () => false, []);
      for (const table of [
        'slo_status',
        'slo_source',
        'slo_alert',
        'slo_document',
      ]) {
        await tx(table).where(`${table}.subject`, subject).delete();
      }
      await this.#remember(tx, subject, nowMs, {
        definitions: [],
        problems: [],
      });
    });
  }
}

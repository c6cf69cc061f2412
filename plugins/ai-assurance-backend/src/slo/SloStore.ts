import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, readBigint, Tx } from '../platform';
import { EventCounts, SloDefinition } from './core/types';
import {
  SloDocumentHistoryRow,
  SloDocumentRow,
  SloFoldRow,
  SloStatusRow,
} from './tables';

/** Documents of a subject as last read. */
export interface StoredDocuments {
  subject: string;
  /** Where they were read from, in words. */
  source: string;
  etag: string | undefined;
  definitions: SloDefinition[];
  parseProblems: string[];
  readProblem: string | undefined;
  attemptedAtMs: number;
  readAtMs: number | undefined;
}

/** How far the minutes of an indicator were derived: `[fromMs, toMs)`. */
export interface Fold {
  fromMs: number;
  toMs: number;
  rebuiltAtMs: number;
}

export interface StoredStatus {
  objective: Objective;
  fingerprint: string;
  evidenceAtMs: number;
  /** `undefined` between a change and the commit of its evidence. */
  evidenceId: string | undefined;
}

export interface MinuteCounts extends EventCounts {
  startMs: number;
}

/** What a subject had declared since an instant. */
export interface DeclaredThen {
  definitions: SloDefinition[];
  /** In words. */
  problems: string[];
}

const insertBatch = 500;
/** Changes of documents kept of one subject: an address that answers now and then must not fill the database. */
const historyLimit = 500;

/** What is wrong with documents, worst first. */
export function problemsOf(documents: StoredDocuments): string[] {
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
    readProblem: row.read_problem ?? undefined,
    attemptedAtMs: readBigint(row.attempted_at_ms),
    readAtMs: row.read_at_ms === null ? undefined : readBigint(row.read_at_ms),
  };
}

export function statusFromRow(row: SloStatusRow): StoredStatus {
  return {
    objective: JSON.parse(row.answer),
    fingerprint: row.fingerprint,
    evidenceAtMs: readBigint(row.evidence_at_ms),
    evidenceId: row.evidence_id ?? undefined,
  };
}

export class SloStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
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

  async #saveDocuments(tx: Tx, documents: StoredDocuments): Promise<void> {
    await tx('slo_document')
      .insert({
        subject: documents.subject,
        source: documents.source,
        etag: documents.etag ?? null,
        definitions: JSON.stringify(documents.definitions),
        parse_problems: JSON.stringify(documents.parseProblems),
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
      for (const table of [
        'slo_status',
        'slo_fold',
        'slo_minute',
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

  async fold(subject: string, indicator: string): Promise<Fold | undefined> {
    const row: SloFoldRow | undefined = await this.#db
      .knex('slo_fold')
      .where({ subject, indicator })
      .first();
    return row
      ? {
          fromMs: readBigint(row.from_ms),
          toMs: readBigint(row.to_ms),
          rebuiltAtMs: readBigint(row.rebuilt_at_ms),
        }
      : undefined;
  }

  /** Puts `minutes` in the place of everything in `[fromMs, toMs)`. Safe to repeat. */
  async replaceMinutes(
    subject: string,
    indicator: string,
    range: { fromMs: number; toMs: number },
    minutes: MinuteCounts[],
  ): Promise<void> {
    await this.#db.transaction(async tx => {
      await tx('slo_minute')
        .where({ subject, indicator })
        .andWhere('slo_minute.start_ms', '>=', range.fromMs)
        .andWhere('slo_minute.start_ms', '<', range.toMs)
        .delete();
      for (let i = 0; i < minutes.length; i += insertBatch) {
        await tx('slo_minute').insert(
          minutes.slice(i, i + insertBatch).map(minute => ({
            subject,
            indicator,
            start_ms: minute.startMs,
            good_count: minute.goodCount,
            total_count: minute.totalCount,
          })),
        );
      }
    });
  }

  /** Records how far the minutes reach and drops those before the range. */
  async saveFold(
    subject: string,
    indicator: string,
    fold: Fold,
  ): Promise<void> {
    await this.#db.transaction(async tx => {
      await tx('slo_minute')
        .where({ subject, indicator })
        .andWhere('slo_minute.start_ms', '<', fold.fromMs)
        .delete();
      await tx('slo_fold')
        .insert({
          subject,
          indicator,
          from_ms: fold.fromMs,
          to_ms: fold.toMs,
          rebuilt_at_ms: fold.rebuiltAtMs,
        })
        .onConflict(['subject', 'indicator'])
        .merge();
    });
  }

  /** Sums over `[endMs - length, endMs)` for each length, in one pass, and the newest minute that counted anything. */
  async sums(
    subject: string,
    indicator: string,
    endMs: number,
    lengthsMs: number[],
  ): Promise<{ counts: EventCounts[]; lastCountedMs: number | undefined }> {
    const { knex } = this.#db;
    const columns = lengthsMs.flatMap((lengthMs, i) =>
      (['good', 'total'] as const).map(name =>
        knex.raw(
          `coalesce(sum(case when slo_minute.start_ms >= ? then slo_minute.${name}_count else 0 end), 0) as ${name}_${i}`,
          [endMs - lengthMs],
        ),
      ),
    );
    const row: any = await knex('slo_minute')
      .where({ subject, indicator })
      .andWhere('slo_minute.start_ms', '>=', endMs - Math.max(...lengthsMs))
      .andWhere('slo_minute.start_ms', '<', endMs)
      .andWhere('slo_minute.total_count', '>', 0)
      .select([
        ...columns,
        knex.raw('max(slo_minute.start_ms) as last_counted_ms'),
      ])
      .first();
    return {
      counts: lengthsMs.map((_, i) => ({
        goodCount: readBigint(row[`good_${i}`]),
        totalCount: readBigint(row[`total_${i}`]),
      })),
      lastCountedMs:
        row.last_counted_ms === null
          ? undefined
          : readBigint(row.last_counted_ms),
    };
  }

  async statuses(subject: string): Promise<StoredStatus[]> {
    const rows: SloStatusRow[] = await this.#db
      .knex('slo_status')
      .where({ subject })
      .select('slo_status.*');
    return rows.map(statusFromRow);
  }

  async saveStatus(
    tx: Tx,
    subject: string,
    status: StoredStatus,
  ): Promise<void> {
    await tx('slo_status')
      .insert({
        subject,
        slo_name: status.objective.sloName,
        objective_name: status.objective.objectiveName,
        answer: JSON.stringify(status.objective),
        fingerprint: status.fingerprint,
        evidence_id: status.evidenceId ?? null,
        evidence_at_ms: status.evidenceAtMs,
        evaluated_at_ms: status.objective.evaluatedAtMs,
      })
      .onConflict(['subject', 'slo_name', 'objective_name'])
      .merge();
  }

  async dropStatus(
    tx: Tx,
    subject: string,
    objective: Objective,
  ): Promise<void> {
    await tx('slo_status')
      .where({
        subject,
        slo_name: objective.sloName,
        objective_name: objective.objectiveName,
      })
      .delete();
  }

  /** Links a status with its evidence, unless it has moved on. */
  async linkEvidence(
    subject: string,
    objective: Objective,
    evidenceId: string,
  ): Promise<void> {
    await this.#db
      .knex('slo_status')
      .where({
        subject,
        slo_name: objective.sloName,
        objective_name: objective.objectiveName,
        evidence_at_ms: objective.evaluatedAtMs,
      })
      .update({ evidence_id: evidenceId });
  }
}

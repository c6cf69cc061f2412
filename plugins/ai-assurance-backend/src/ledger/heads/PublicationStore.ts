import { Publication } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, readBigint, Tx } from '../../platform';
import { PublicationRow, TargetRow } from './tables';
import { PublicationTarget } from './targets';

/** Answers kept of each target; the newest are what anybody asks for. */
const answersKept = 10_000;

/** How publishing to a target goes. */
export interface TargetState {
  heldSize: number;
  lastSize: number | undefined;
  lastAtMs: number | undefined;
  failingSinceMs: number | undefined;
  failureCount: number;
  code: string | undefined;
  message: string | undefined;
  nextAttemptMs: number | undefined;
}

const fresh: TargetState = {
  heldSize: 0,
  lastSize: undefined,
  lastAtMs: undefined,
  failingSinceMs: undefined,
  failureCount: 0,
  code: undefined,
  message: undefined,
  nextAttemptMs: undefined,
};

/** What was published, and how it goes. */
export class PublicationStore {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async stateOf(target: string): Promise<TargetState> {
    const row = await this.#db
      .knex<TargetRow>('ledger_target')
      .where('ledger_target.target', target)
      .first();
    if (!row) return fresh;
    return {
      heldSize: bigint(row.witness_size) ?? 0,
      lastSize: bigint(row.last_size),
      lastAtMs: bigint(row.last_at_ms),
      failingSinceMs: bigint(row.failing_since_ms),
      failureCount: row.failure_count,
      code: row.code ?? undefined,
      message: row.message ?? undefined,
      nextAttemptMs: bigint(row.next_attempt_ms),
    };
  }

  async saveState(tx: Tx, target: string, state: TargetState): Promise<void> {
    await tx<TargetRow>('ledger_target')
      .insert({
        target,
        witness_size: state.heldSize,
        last_size: state.lastSize ?? null,
        last_at_ms: state.lastAtMs ?? null,
        failing_since_ms: state.failingSinceMs ?? null,
        failure_count: state.failureCount,
        code: state.code ?? null,
        message: state.message ?? null,
        next_attempt_ms: state.nextAttemptMs ?? null,
      })
      .onConflict('target')
      .merge();
  }

  /** Keeps an answer; the oldest beyond 10,000 of a target are let go. Safe to repeat. */
  async keep(
    tx: Tx,
    publication: {
      target: PublicationTarget;
      size: number;
      answer: string | undefined;
      atMs: number;
    },
  ): Promise<void> {
    const { target, size, answer, atMs } = publication;
    await tx<PublicationRow>('ledger_publication')
      .insert({
        target: target.name,
        size,
        type: target.type,
        answer: answer ?? null,
        published_at_ms: atMs,
      })
      .onConflict(['target', 'size'])
      .merge();
    const oldest = await tx<PublicationRow>('ledger_publication')
      .select('ledger_publication.size')
      .where('ledger_publication.target', target.name)
      .orderBy('ledger_publication.size', 'desc')
      .offset(answersKept)
      .first();
    if (oldest)
      await tx<PublicationRow>('ledger_publication')
        .where('ledger_publication.target', target.name)
        .andWhere('ledger_publication.size', '<=', readBigint(oldest.size))
        .delete();
  }

  /** Cosignature lines that witnesses gave to the heads of these sizes. */
  async cosignaturesOf(sizes: number[]): Promise<Map<number, string>> {
    const rows: PublicationRow[] = await this.#db
      .knex<PublicationRow>('ledger_publication')
      .where('ledger_publication.type', 'witness')
      .whereIn('ledger_publication.size', sizes)
      .orderBy('ledger_publication.target');
    const lines = new Map<number, string>();
    for (const row of rows) {
      const size = readBigint(row.size);
      lines.set(size, (lines.get(size) ?? '') + (row.answer ?? ''));
    }
    return lines;
  }

  /** Size of the newest head that a witness cosigned, up to a size. */
  async newestCosigned(upTo: number): Promise<number | undefined> {
    const row = await this.#db
      .knex<PublicationRow>('ledger_publication')
      .select('ledger_publication.size')
      .where('ledger_publication.type', 'witness')
      .andWhere('ledger_publication.size', '<=', upTo)
      .orderBy('ledger_publication.size', 'desc')
      .first();
    return row && readBigint(row.size);
  }

  /** How each target is doing now. */
  async publications(targets: PublicationTarget[]): Promise<Publication[]> {
    return Promise.all(
      targets.map(async ({ name, type }) => {
        const {
          lastSize,
          lastAtMs,
          failingSinceMs,
          code,
          message,
          nextAttemptMs,
        } = await this.stateOf(name);
        return {
          target: name,
          type,
          lastSize,
          lastAtMs,
          failingSinceMs,
          code,
          message,
          nextAttemptMs,
        };
      }),
    );
  }

  /** What had been published to each target by an instant. Failures of the past are not kept. */
  async publicationsAt(
    targets: PublicationTarget[],
    atMs: number,
  ): Promise<Publication[]> {
    return Promise.all(
      targets.map(async ({ name, type }) => {
        const row = await this.#db
          .knex<PublicationRow>('ledger_publication')
          .where('ledger_publication.target', name)
          .andWhere('ledger_publication.published_at_ms', '<=', atMs)
          .orderBy('ledger_publication.size', 'desc')
          .first();
        if (!row) return { target: name, type };
        return {
          target: name,
          type,
          lastSize: readBigint(row.size),
          lastAtMs: readBigint(row.published_at_ms),
        };
      }),
    );
  }
}

function bigint(value: unknown | null): number | undefined {
  return value === null || value === undefined ? undefined : readBigint(value);
}

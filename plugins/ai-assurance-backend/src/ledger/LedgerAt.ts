import { EvidenceType } from '@ai-assurance/evidence';
import { AsOf, Db, readBigint } from '../platform';
import { HeadRow } from './tables';
import {
  EvidenceQuery,
  LedgerAnswers,
  LedgerHead,
  LedgerNewest,
  NewestQuestion,
} from './types';

/** The newest head that was signed by an instant; `undefined` before the first. What it covers was known then. */
export async function headAt(
  db: Db,
  atMs: number,
): Promise<LedgerHead | undefined> {
  const row: HeadRow | undefined = await db
    .knex<HeadRow>('ledger_head')
    .where('ledger_head.signed_at_ms', '<=', atMs)
    .orderBy([
      { column: 'ledger_head.signed_at_ms', order: 'desc' },
      { column: 'ledger_head.size', order: 'desc' },
    ])
    .first();
  return row && headOf(row);
}

export function headOf(row: HeadRow): LedgerHead {
  return {
    size: readBigint(row.size),
    rootHash: row.root_hash,
    checkpoint: row.note,
    signedAtMs: readBigint(row.signed_at_ms),
  };
}

/**
 * The ledger as it was under one of its heads: items beyond it do not exist. Positions and times of recording rise
 * together, so every question is the same question about lower positions, and costs no more. What was redacted since is
 * noted as a limit of the answer: then, it could be read.
 */
export class LedgerAt implements LedgerAnswers, LedgerNewest {
  readonly #now: LedgerAnswers & LedgerNewest;
  readonly #head: LedgerHead | undefined;
  readonly #asOf: AsOf;

  constructor(
    now: LedgerAnswers & LedgerNewest,
    head: LedgerHead | undefined,
    asOf: AsOf,
  ) {
    this.#now = now;
    this.#head = head;
    this.#asOf = asOf;
  }

  get size(): number {
    return this.#head?.size ?? 0;
  }

  async latest(subject: string, type: EvidenceType) {
    return (await this.list({ subject, type, limit: 1 }))[0];
  }

  async list(query: EvidenceQuery) {
    if (this.size === 0) return [];
    return this.#seen(
      await this.#now.list({
        ...query,
        beforePosition: Math.min(query.beforePosition ?? this.size, this.size),
      }),
    );
  }

  async newestOfEach(questions: readonly NewestQuestion[], limit: number) {
    if (this.size === 0) return questions.map(() => []);
    const found = await this.#now.newestOfEach(
      questions.map(({ beforePosition = this.size, ...question }) => ({
        ...question,
        beforePosition: Math.min(beforePosition, this.size),
      })),
      limit,
    );
    return found.map(facts => this.#seen(facts));
  }

  async byId(evidenceId: string) {
    const found = await this.#now.byId(evidenceId);
    return found && found.position < this.size
      ? this.#seen([found])[0]
      : undefined;
  }

  async head() {
    return this.#head;
  }

  #seen<Item extends { isErased?: true }>(items: Item[]): Item[] {
    if (items.some(({ isErased }) => isErased))
      this.#asOf.limit('redacted-since');
    return items;
  }
}

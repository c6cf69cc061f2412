import { Knex } from 'knex';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Clock, Db, readBigint } from '../../platform';
import { lockCounter } from '../keys';
import { ItemRecord, isErased, recordsOf } from '../rows';
import { ItemRow } from '../tables';
import { Words } from '../words';
import { cutoffMs, kindOf, RetentionRule, ruleFor } from './core/retention';
import { Retention } from './readRetention';
import { RedactionService } from './RedactionService';
import { RetentionRow } from './tables';

const pageSize = 500;
const itemsPerRedaction = 1000;
const monthMs = 30 * 86_400_000;

export interface TrimmerDeps {
  db: Db;
  clock: Clock;
  logger: LoggerService;
  words: Words;
  retention: Retention;
  redactions: RedactionService;
  forget: ConstructorParameters<typeof RedactionService>[0]['forget'];
  /** Risk tier of a subject; `undefined` when it has none or is not known any more. */
  riskTierOf(entityRef: string): Promise<string | undefined>;
  /** Position of the first item that was recorded at or after an instant. */
  positionBefore(recordedAtMs: number): Promise<number>;
  /** Most items that one run looks at for a rule, so that a run stays short. */
  itemsPerRun: number;
}

/** Erases what is past its retention. */
export class Trimmer {
  readonly #deps: TrimmerDeps;

  constructor(deps: TrimmerDeps) {
    this.#deps = deps;
  }

  /** Safe to repeat; goes on where the last run ended. Answers how many items were erased. */
  async run(): Promise<number> {
    const { clock, logger, retention } = this.#deps;
    const nowMs = clock.nowMs();
    const tiers = new Map<string, string | undefined>();
    let erasedCount = 0;
    for (const rule of retention.rules)
      erasedCount += await this.#apply(rule, nowMs, tiers);
    if (erasedCount > 0)
      logger.info(
        `Retention erased the payloads of ${erasedCount} items of evidence; their leaves and proofs stay.`,
      );
    return erasedCount;
  }

  async #apply(
    rule: RetentionRule,
    nowMs: number,
    tiers: Map<string, string | undefined>,
  ): Promise<number> {
    const { db, positionBefore, itemsPerRun } = this.#deps;
    const cutoff = cutoffMs(rule, nowMs);
    const end = await positionBefore(cutoff);
    const progress = await this.#progress(rule, nowMs);
    let next = progress.next;
    const past: ItemRecord[] = [];
    for (let seen = 0; seen < itemsPerRun && next < end; seen += pageSize) {
      const page = await this.#page(db.knex, rule, next, end);
      next = page.length < pageSize ? end : page[page.length - 1].position + 1;
      for (const item of page) {
        // Observed later than it was recorded, by a clock that ran ahead: it waits, and so does what follows.
        if (item.timeMs >= cutoff) {
          next = Math.min(next, item.position);
          break;
        }
        if (item.payload !== undefined && (await this.#isOf(rule, item, tiers)))
          past.push(item);
      }
      if (page.some(item => item.timeMs >= cutoff)) break;
    }
    if (next === progress.next && past.length === 0) return 0;
    return this.#erase(rule, past, { ...progress, next }, nowMs);
  }

  async #isOf(
    rule: RetentionRule,
    item: ItemRecord,
    tiers: Map<string, string | undefined>,
  ): Promise<boolean> {
    const { retention, riskTierOf } = this.#deps;
    const { subject } = item;
    if (!tiers.has(subject)) tiers.set(subject, await riskTierOf(subject));
    const own = ruleFor(retention.rules, kindOf(item.type), tiers.get(subject));
    return own?.ruleId === rule.ruleId;
  }

  /** One transaction: redactions by subject, the erasure, and how far it went. */
  async #erase(
    rule: RetentionRule,
    past: ItemRecord[],
    progress: { next: number; begunAtMs: number },
    nowMs: number,
  ): Promise<number> {
    const { db, redactions, forget, retention } = this.#deps;
    const { ruleId, retentionDays, legalFloorDays, legalBasis } = rule;
    return db.transaction(async tx => {
      await tx<RetentionRow>('ledger_retention')
        .insert({
          rule_id: ruleId,
          rules_digest: retention.rulesDigest,
          next_position: progress.next,
          begun_at_ms: progress.begunAtMs,
        })
        .onConflict('rule_id')
        .merge();
      if (past.length === 0) return 0;
      await forget(
        tx,
        past.map(item => item.position),
      );
      await lockCounter(tx);
      const still = await unerased(tx, past);
      for (const [subject, items] of bySubject(still))
        for (let at = 0; at < items.length; at += itemsPerRedaction)
          await redactions.erase(
            tx,
            items.slice(at, at + itemsPerRedaction),
            subject,
            nowMs,
            {
              cause: 'retention',
              ruleId,
              rulesDigest: retention.rulesDigest,
              retentionDays,
              legalFloorDays,
              legalBasis,
            },
          );
      return still.length;
    });
  }

  async #progress(
    rule: RetentionRule,
    nowMs: number,
  ): Promise<{ next: number; begunAtMs: number }> {
    const { db, retention } = this.#deps;
    const row = await db
      .knex<RetentionRow>('ledger_retention')
      .where('ledger_retention.rule_id', rule.ruleId)
      .first();
    const begunAtMs = row && readBigint(row.begun_at_ms);
    const isCurrent =
      begunAtMs !== undefined &&
      row!.rules_digest === retention.rulesDigest &&
      nowMs - begunAtMs < monthMs;
    return isCurrent
      ? { next: readBigint(row!.next_position), begunAtMs }
      : { next: 0, begunAtMs: nowMs };
  }

  async #page(
    knex: Knex,
    rule: RetentionRule,
    from: number,
    end: number,
  ): Promise<ItemRecord[]> {
    const { words } = this.#deps;
    const types = await typesOf(knex, rule.kinds);
    if (types.length === 0) return [];
    const rows: ItemRow[] = await knex<ItemRow>('ledger_item')
      .select('ledger_item.*')
      .whereIn('ledger_item.type', types)
      .andWhere('ledger_item.position', '>=', from)
      .andWhere('ledger_item.position', '<', end)
      .orderBy('ledger_item.position')
      .limit(pageSize);
    return recordsOf(knex, words, rows);
  }
}

/** Numbers of all versions of these kinds in the dictionary. */
async function typesOf(knex: Knex, kinds: string[]): Promise<number[]> {
  const rows: { id: number; word: string }[] = await knex('ledger_word').where(
    query => {
      for (const kind of kinds)
        query.orWhere('ledger_word.word', 'like', `io.ai-assurance.${kind}.v%`);
    },
  );
  return rows
    .filter(({ word }) => kinds.includes(kindOf(word)))
    .map(({ id }) => id);
}

/** Those that nobody erased since they were read. */
async function unerased(tx: Knex, items: ItemRecord[]): Promise<ItemRecord[]> {
  const kept = new Set<number>();
  for (let at = 0; at < items.length; at += pageSize) {
    const rows: ItemRow[] = await tx<ItemRow>('ledger_item')
      .select('ledger_item.position', 'ledger_item.payload', 'ledger_item.salt')
      .whereIn(
        'ledger_item.position',
        items.slice(at, at + pageSize).map(item => item.position),
      );
    for (const row of rows)
      if (!isErased(row)) kept.add(readBigint(row.position));
  }
  return items.filter(item => kept.has(item.position));
}

function bySubject(items: ItemRecord[]): Map<string, ItemRecord[]> {
  const groups = new Map<string, ItemRecord[]>();
  for (const item of items) {
    const group = groups.get(item.subject);
    if (group) group.push(item);
    else groups.set(item.subject, [item]);
  }
  return groups;
}

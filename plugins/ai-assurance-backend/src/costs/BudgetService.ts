import { LoggerService } from '@backstage/backend-plugin-api';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { EvidenceDraft, Ledger } from '../ledger';
import { assurancePath, Db, instantOf, Outbox, Tell } from '../platform';
import { BudgetStore, StoredBudget } from './BudgetStore';
import { BudgetNotice, noticeInWords, turnOf } from './core/notice';
import { CostBudget } from './types';

const room = 'ai-assurance.costs';

export interface BudgetServiceDeps {
  db: Db;
  outbox: Outbox;
  ledger: Ledger;
  logger: LoggerService;
  subjects: SubjectAnswers;
  tell: Tell;
  store: BudgetStore;
  budgetOf(subject: string, nowMs: number): Promise<CostBudget | undefined>;
}

/** Judges cost budgets on a clock, and records and tells each turn of them. */
export class BudgetService {
  readonly #deps: BudgetServiceDeps;

  constructor(deps: BudgetServiceDeps) {
    this.#deps = deps;
  }

  /** Judges every declared budget. Safe to repeat: what has not turned is not written again. */
  async judge(nowMs: number): Promise<void> {
    const { store, subjects, logger } = this.#deps;
    const known = await store.all();
    for (const record of await subjects.list()) {
      const before = known.get(record.entityRef);
      known.delete(record.entityRef);
      try {
        await this.#judge(record, before, nowMs);
      } catch (error) {
        // The outermost loop: the next tick tries again.
        logger.error(
          `The cost budget of ${record.entityRef} could not be judged`,
          error as Error,
        );
      }
    }
    for (const subject of known.keys()) await store.drop(subject);
  }

  /** Tells people what is still to be told. At least once. */
  async tell(): Promise<void> {
    await this.#deps.store.relay(notice => this.#send(notice));
  }

  async #judge(
    record: SubjectRecord,
    before: StoredBudget | undefined,
    nowMs: number,
  ): Promise<void> {
    const { db, store, outbox, ledger, budgetOf } = this.#deps;
    const subject = record.entityRef;
    const budget = await budgetOf(subject, nowMs);
    if (!budget) {
      if (before) await store.drop(subject);
      return;
    }
    const { verdict, currency, limitMicros } = budget;
    const fingerprint = JSON.stringify([
      verdict.status,
      verdict.reason,
      currency,
      limitMicros,
    ]);
    if (before?.fingerprint === fingerprint) return;
    const { told, notice } = turnOf(before?.told, verdict.status);
    const after = { subject, fingerprint, told, judgedAtMs: nowMs };
    await db.transaction(async tx => {
      if (!(await store.replace(tx, before, after))) return;
      if (notice)
        await store.queue(tx, noticeOf(record, budget, notice), nowMs);
      await outbox.queue(tx, { topic: 'cost.budget', subjects: [subject] });
      const [{ outcome }] = await ledger.append(tx, [
        draftOf(subject, budget, nowMs),
      ]);
      if (outcome === 'conflict')
        throw new Error(
          'A judgement of the same instant says something else; it will be made again',
        );
    });
  }

  /** One of the same subject takes the place of the one before, so that a repeat doubles nothing. */
  async #send(notice: BudgetNotice): Promise<void> {
    const { subject, recipients, state } = notice;
    const severities = { fail: 'high', warn: 'normal', over: 'low' } as const;
    await this.#deps.tell({
      ...noticeInWords(notice),
      recipients,
      severity: severities[state],
      topic: 'ai-assurance.costs',
      scope: `ai-assurance.costs.${subject}`,
      link: assurancePath(subject),
    });
  }
}

const units = (micros: number) => Math.round(micros / 1e4) / 100;

function noticeOf(
  { entityRef, title, ownerRef }: SubjectRecord,
  { spentMicros, limitMicros, currency, burnRate }: CostBudget,
  state: BudgetNotice['state'],
): BudgetNotice {
  return {
    subject: entityRef,
    title: title ?? entityRef,
    recipients: ownerRef ? [ownerRef] : [],
    state,
    spent: units(spentMicros),
    limit: units(limitMicros),
    currency,
    burnRate,
  };
}

function draftOf(
  subject: string,
  budget: CostBudget,
  nowMs: number,
): EvidenceDraft<'io.ai-assurance.cost-budget.v1'> {
  const { verdict, windowStartMs, windowEndMs } = budget;
  return {
    type: 'io.ai-assurance.cost-budget.v1',
    source: '/ai-assurance/costs',
    id: `cost-budget:${subject}:${nowMs}`,
    subject,
    timeMs: nowMs,
    envelope: {
      sourceSystem: room,
      asked: `cost reports of ${subject} in ${budget.currency}`,
      windowStart: instantOf(windowStartMs),
      windowEnd: instantOf(Math.max(windowStartMs + 1, nowMs)),
      sampleCount: verdict.facts.sampleCount ?? 0,
      collector: { id: room, version: '1' },
      collectedAt: instantOf(nowMs),
    },
    payload: {
      currency: budget.currency,
      limitMicros: budget.limitMicros,
      spentMicros: budget.spentMicros,
      budgetStart: instantOf(windowStartMs),
      budgetEnd: instantOf(windowEndMs),
      budgetBurn: budget.burnRate,
      coverageRatio: Math.min(1, budget.coverageRatio),
      declaredIn: budget.declaredBy.startsWith('annotation')
        ? 'annotation'
        : 'config',
      status: verdict.status,
      reason: verdict.reason,
    },
  };
}

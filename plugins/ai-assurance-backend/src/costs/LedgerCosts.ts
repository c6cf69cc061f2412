import { PayloadOf } from '@ai-assurance/evidence';
import { SubjectAnswers } from '../cohorts';
import { LedgerAnswers, LedgerHistory, StoredEvidence } from '../ledger';
import { Clock } from '../platform';
import {
  coverageOf,
  DeclaredBudget,
  judgeBudget,
  readBudget,
  windowOf,
} from './core/budget';
import { pointOf, RecordedReport, settled, summaryOf } from './core/reports';
import { CostAnswers, CostBudget, CostsAnswer } from './types';

const type = 'io.ai-assurance.cost-report.v1';
/** Annotation of a subject with its budget, such as `500 EUR/month` or `120 USD/7d`. */
export const BUDGET_ANNOTATION = 'ai-assurance.io/cost-budget';

const maxReports = 2000;
const pageSize = 500;
/** A report may be recorded so long after its period. */
const lateMs = 31 * 86_400_000;
/** A report is told after its period, or at most so long before its end. */
const earlyMs = 86_400_000;

function reportOf(stored: StoredEvidence): RecordedReport | undefined {
  // What it cost is gone with the payload.
  if (stored.isErased) return undefined;
  const payload = stored.item.data.payload as PayloadOf<typeof type>;
  const { inputTokenCount, outputTokenCount } = payload;
  return {
    evidenceId: stored.evidenceId,
    position: stored.position,
    startMs: Date.parse(payload.periodStart),
    endMs: Date.parse(payload.periodEnd),
    currency: payload.currency,
    priceBasis: payload.priceBasis,
    totalMicros: payload.totalCostMicros,
    idleMicros: payload.idleCostMicros,
    inferenceCount: payload.inferenceCount,
    tokenCount:
      inputTokenCount === null && outputTokenCount === null
        ? null
        : (inputTokenCount ?? 0) + (outputTokenCount ?? 0),
    acceleratorAllocatedMs: payload.acceleratorAllocatedMs,
    acceleratorBusyMs: payload.acceleratorBusyMs,
  };
}

/** Costs as the cost reports in the ledger say, whoever collected or pushed them. */
export class LedgerCosts implements CostAnswers {
  readonly #ledger: LedgerAnswers & LedgerHistory;
  readonly #subjects: SubjectAnswers;
  readonly #clock: Clock;
  readonly #budgets: Map<string, DeclaredBudget>;

  constructor(deps: {
    ledgerAnswers: LedgerAnswers & LedgerHistory;
    subjects: SubjectAnswers;
    clock: Clock;
    /** Of the config, by subject. */
    budgets: Map<string, DeclaredBudget>;
  }) {
    this.#ledger = deps.ledgerAnswers;
    this.#subjects = deps.subjects;
    this.#clock = deps.clock;
    this.#budgets = deps.budgets;
  }

  async costs(
    subject: string,
    range: { fromMs: number; toMs: number },
    atMs?: number,
  ): Promise<CostsAnswer> {
    const ledger =
      atMs === undefined
        ? this.#ledger
        : await this.#ledger.asOf({ atMs, limit: () => {} });
    const { kept, leftOutCount } = settled(
      await this.#reports(ledger, subject, range),
    );
    const newest = kept[kept.length - 1];
    return {
      currency: newest?.currency,
      priceBasis: newest?.priceBasis,
      points: kept.map(pointOf),
      summary: newest && summaryOf(kept),
      coverageRatio: coverageOf(kept, range.fromMs, range.toMs),
      leftOutCount,
      budget: await this.#budget(ledger, subject, atMs ?? this.#clock.nowMs()),
    };
  }

  /** The budget of a subject as it burns now; `undefined`: none was declared. */
  async budget(
    subject: string,
    nowMs: number,
  ): Promise<CostBudget | undefined> {
    return this.#budget(this.#ledger, subject, nowMs);
  }

  /** Reports about a part of the range, at most 2,000, the last recorded first. */
  async #reports(
    ledger: LedgerAnswers,
    subject: string,
    { fromMs, toMs }: { fromMs: number; toMs: number },
  ): Promise<RecordedReport[]> {
    const reports: RecordedReport[] = [];
    let beforePosition: number | undefined;
    while (reports.length < maxReports) {
      const page = await ledger.list({
        subject,
        type,
        fromMs: fromMs - earlyMs,
        toMs: toMs + lateMs,
        limit: pageSize,
        beforePosition,
      });
      for (const stored of page) {
        const report = reportOf(stored);
        if (report && report.startMs < toMs && report.endMs > fromMs)
          reports.push(report);
      }
      if (page.length < pageSize) break;
      beforePosition = page[page.length - 1].position;
    }
    return reports.slice(0, maxReports);
  }

  async #budget(
    ledger: LedgerAnswers,
    subject: string,
    atMs: number,
  ): Promise<CostBudget | undefined> {
    const declared = await this.#declared(subject);
    if (!declared) return undefined;
    const window = windowOf(declared, atMs);
    const reports = await this.#reports(ledger, subject, {
      fromMs: window.startMs,
      toMs: atMs,
    });
    const own = reports.filter(
      ({ currency }) => currency === declared.currency,
    );
    const { kept } = settled(own.length > 0 ? own : reports);
    return {
      limitMicros: declared.limitMicros,
      currency: declared.currency,
      windowStartMs: window.startMs,
      windowEndMs: window.endMs,
      declaredBy: declared.declaredBy,
      ...judgeBudget(declared, kept, atMs),
    };
  }

  /** What is wrong with the budget that the annotation of a subject declares, in words; `undefined`: nothing is. */
  async budgetProblem(subject: string): Promise<string | undefined> {
    return (await this.#declaration(subject)).problem;
  }

  async #declared(subject: string): Promise<DeclaredBudget | undefined> {
    return (await this.#declaration(subject)).budget;
  }

  async #declaration(
    subject: string,
  ): Promise<{ budget?: DeclaredBudget; problem?: string }> {
    const annotation = (await this.#subjects.get(subject))?.annotations[
      BUDGET_ANNOTATION
    ];
    const central = this.#budgets.get(subject);
    const inForce = central
      ? `The budget of ${central.declaredBy} is in force.`
      : 'No budget is in force.';
    if (annotation === undefined) return { budget: central };
    const own = readBudget(annotation, `annotation ${BUDGET_ANNOTATION}`);
    if (!own)
      return {
        budget: central,
        problem: `Annotation ${BUDGET_ANNOTATION}: “${annotation.slice(
          0,
          100,
        )}” is no budget. Write an amount, a currency and a window, for example “500 EUR/month” or “120 USD/7d”. ${inForce}`,
      };
    if (!central) return { budget: own };
    // A team may only tighten what the config says, in the same terms.
    const isTighter =
      own.currency === central.currency &&
      JSON.stringify(own.window) === JSON.stringify(central.window) &&
      own.limitMicros < central.limitMicros;
    return isTighter
      ? { budget: own }
      : {
          budget: central,
          problem: `Annotation ${BUDGET_ANNOTATION}: it may only be lower than the budget of the configuration, in the same currency and window. ${inForce}`,
        };
  }
}

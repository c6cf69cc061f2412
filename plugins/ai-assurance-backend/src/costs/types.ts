import { Verdict } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** What running a subject cost in one period, as a cost report says. Money is in millionths of the currency’s unit. */
export interface CostPoint {
  startMs: number;
  endMs: number;
  totalMicros: number;
  /** Part that served nothing; `null` when the source does not know it. */
  idleMicros: number | null;
  inferenceCount: number | null;
  tokenCount: number | null;
  /** `null` when nothing was served in the period, or it is not known how much. */
  perThousandInferencesMicros: number | null;
  perThousandTokensMicros: number | null;
  /** Engine-active time over allocated time of accelerators, 0..1. */
  acceleratorBusyRatio: number | null;
  /** Ledger position of the report. */
  evidenceId: string;
}

/** Sums over the range; a ratio is `null` where no report knew both of its sides. */
export interface CostSummary {
  totalMicros: number;
  idleRatio: number | null;
  /** Total cost that idleRatio speaks for. */
  idleKnownForMicros: number;
  perThousandInferencesMicros: number | null;
  inferenceCount: number;
  perThousandTokensMicros: number | null;
  tokenCount: number;
  acceleratorBusyRatio: number | null;
  acceleratorAllocatedMs: number;
}

/** A budget of a subject and how it burns. */
export interface CostBudget {
  /** Cost per calendar month (UTC), or per rolling window. */
  limitMicros: number;
  currency: string;
  windowStartMs: number;
  windowEndMs: number;
  spentMicros: number;
  /** Spent share over elapsed share: 1 spends the budget exactly by the end of the window; `null` when nothing is known. */
  burnRate: number | null;
  /** Part of the elapsed window that reports cover, 0..1. */
  coverageRatio: number;
  /** Where the budget was declared. */
  declaredBy: string;
  verdict: Verdict;
}

/** Costs of a subject in a range, as its reports say. */
export interface CostsAnswer {
  /** ISO 4217; `undefined` when there is no report in the range. */
  currency: string | undefined;
  priceBasis: 'list' | 'negotiated' | 'billed' | 'estimated' | undefined;
  /** Oldest first, at most 2,000. */
  points: CostPoint[];
  summary: CostSummary | undefined;
  /** Part of the range that reports cover, 0..1. */
  coverageRatio: number;
  /** Reports left out because they overlap a newer one, or are in another currency. */
  leftOutCount: number;
  budget: CostBudget | undefined;
}

/** Narrow reads for other rooms. */
export interface CostAnswers {
  /** What is wrong with the budget that the catalog file of a subject declares, in words; `undefined`: nothing is. */
  budgetProblem(subject: string): Promise<string | undefined>;
  /** Half-open range, epoch ms. With `atMs`, as known at that instant; the budget is judged at `atMs`, else now. */
  costs(
    subject: string,
    range: { fromMs: number; toMs: number },
    atMs?: number,
  ): Promise<CostsAnswer>;
}

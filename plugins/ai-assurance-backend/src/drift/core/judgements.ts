import { Verdict } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Histogram } from './histogram';
import { Limited, Statistic } from './limits';

export interface DriftInput {
  /** The newest approved reference; `undefined` when there is none. */
  reference: (Histogram & { expiresAtMs: number }) | undefined;
  /** Bins that stand in for those of the reference: those of a cohort that the reference has apart. */
  referenceBins?: ArrayLike<number>;
  /** `undefined` when nothing was reported. */
  current: Histogram | undefined;
  /** Half-open. */
  windowStartMs: number;
  windowEndMs: number;
  nowMs: number;
  minimumCount: number;
  /** What the verdict rests on; by itself where left out. */
  statistic?: Statistic | 'auto';
  /** Declared to be of categories; it matters only while neither window has anything that shows it. */
  isCategorical?: boolean;
  /** Too few devices: nothing may be said. */
  isSuppressed?: boolean;
  /** The source could not be read. */
  isUnreadable?: boolean;
}

/** What was found of one input of a family, as pages tell it of a cohort. */
export interface BriefJudgement {
  value: number | undefined;
  failLimit: number;
  referenceCount: number;
  currentCount: number;
  pValue: number | undefined;
  adjustedPValue: number | undefined;
  verdict: Verdict;
}

/** What was found of one input of a family. */
export interface DriftJudgement extends BriefJudgement {
  statistic: Statistic;
  warnLimit: number;
  comparisonCount: number;
  /** Events with which chance alone stays below the upper band; `undefined`: no number would do, or nothing was compared. */
  enoughCount: number | undefined;
  /** All statistics that can be told, with limits at the same chance. */
  statistics: (Limited & { pValue: number })[];
  /** Both histograms over the same bins. */
  aligned: { reference: Histogram; current: Histogram } | undefined;
}

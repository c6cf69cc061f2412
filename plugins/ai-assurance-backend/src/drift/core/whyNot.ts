import { InconclusiveReason } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { DriftInput } from './judgements';

/** Why an input has no verdict of its own, or what it is. The order is that of {@link reasons}. */
const judged = 0;
export const reasons: (InconclusiveReason | undefined)[] = [
  undefined,
  'suppressed',
  'no-data',
  'stale',
  'source-error',
  'insufficient-sample',
];
const codeOf = (reason: InconclusiveReason) => reasons.indexOf(reason);
const codes = {
  suppressed: codeOf('suppressed'),
  noData: codeOf('no-data'),
  stale: codeOf('stale'),
  sourceError: codeOf('source-error'),
  insufficient: codeOf('insufficient-sample'),
};

/** The code of why an input has no verdict of its own; see {@link reasons}. */
export function whyNot(
  input: DriftInput,
  currentCount: number,
  isAligned: boolean,
  isCompared: boolean,
): number {
  if (input.isSuppressed) return codes.suppressed;
  if (!input.reference) return codes.noData;
  if (input.reference.expiresAtMs <= input.nowMs) return codes.stale;
  if (input.isUnreadable) return codes.sourceError;
  if (currentCount === 0) return codes.noData;
  if (!isAligned) return codes.sourceError;
  return isCompared ? judged : codes.insufficient;
}

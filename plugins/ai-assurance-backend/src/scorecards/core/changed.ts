import {
  CheckVerdict,
  VerdictRollUp,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** What a score is compared by. */
export interface Comparable {
  digest: string;
  level: string | null;
  rollUp: VerdictRollUp;
  checks: CheckVerdict[];
}

function key(score: Comparable): string {
  const checks = score.checks.map(check => [
    check.checkId,
    check.verdict.status,
    check.verdict.reason,
  ]);
  return JSON.stringify([
    score.digest,
    score.level,
    score.rollUp.status,
    checks,
  ]);
}

/** Whether a score says something else than before: other rules, level, status, or the status or reason of any check. */
export function isChanged(
  before: Comparable | undefined,
  after: Comparable,
): boolean {
  return before === undefined || key(before) !== key(after);
}

/** Carries over since when each check has had its status; a check whose status moved starts now. */
export function withSince(
  before: CheckVerdict[],
  after: CheckVerdict[],
  nowMs: number,
): CheckVerdict[] {
  return after.map(check => {
    const known = before.find(other => other.checkId === check.checkId);
    const isSame =
      known !== undefined && known.verdict.status === check.verdict.status;
    return {
      ...check,
      sinceMs: isSame ? known.sinceMs ?? known.judgedAtMs : nowMs,
    };
  });
}

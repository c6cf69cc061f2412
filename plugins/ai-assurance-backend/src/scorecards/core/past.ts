import {
  CheckVerdict,
  inconclusive,
  rollUp,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { PayloadOf } from '@ai-assurance/evidence';
import { Applicability, FactsByKind, Score, scoreOfChecks } from './score';
import { Scorecard } from './scorecard';

/** What the ledger says a scorecard said. */
export interface RecordedScore {
  judgedAtMs: number;
  expiresAtMs: number | undefined;
  payload: PayloadOf<'io.ai-assurance.scorecard-verdict.v1'>;
}

/** Which checks were asked of the subject when the verdict was recorded: the catalog of then, as far as it is still known. */
export function askedThen({ payload }: RecordedScore): Applicability {
  const asked = new Set(
    payload.checks
      .filter(({ status }) => status !== 'not-applicable')
      .map(({ question }) => question),
  );
  return check => asked.has(check.id);
}

/**
 * A verdict under rules that are no longer known, as it was recorded. Words come from the check of the same name, where
 * there still is one. A verdict past its expiry says nothing more than that.
 */
export function scoreAsRecorded(
  scorecard: Scorecard,
  { payload, judgedAtMs, expiresAtMs }: RecordedScore,
  atMs: number,
): Score {
  const isStale = expiresAtMs !== undefined && expiresAtMs <= atMs;
  const checks = payload.checks.map((recorded): CheckVerdict => {
    const known = scorecard.checks.find(({ id }) => id === recorded.question);
    const facts =
      recorded.evidenceId === null ? {} : { evidenceId: recorded.evidenceId };
    return {
      checkId: recorded.question,
      question: known?.question ?? recorded.question,
      level: recorded.level,
      verdict:
        isStale && recorded.status !== 'not-applicable'
          ? inconclusive('stale', facts)
          : { status: recorded.status, reason: recorded.reason, facts },
      fixHint: known?.fixHint ?? '',
      judgedAtMs,
    };
  });
  return {
    level: isStale ? null : payload.level,
    rollUp: rollUp(checks.map(({ verdict }) => verdict.status)),
    checks,
  };
}

/**
 * Puts what was recorded in the place of what can no longer be judged: a check that finds no data only because its evidence
 * was redacted since says what it said then.
 */
export function withErased(
  scorecard: Scorecard,
  score: Score,
  facts: FactsByKind,
  { payload }: RecordedScore,
): Score {
  const lost = scorecard.checks.filter(check =>
    (facts.get(check.evidence.kind) ?? []).some(({ isErased }) => isErased),
  );
  if (lost.length === 0) return score;
  const checks = score.checks.map(check => {
    const said = payload.checks.find(
      ({ question }) => question === check.checkId,
    );
    const isLost =
      check.verdict.reason === 'no-data' &&
      lost.some(({ id }) => id === check.checkId);
    if (!isLost || !said) return check;
    const { status, reason, evidenceId } = said;
    const named = evidenceId === null ? {} : { evidenceId };
    return { ...check, verdict: { status, reason, facts: named } };
  });
  return { ...scoreOfChecks(scorecard, checks), checks };
}

/** Since when a check has had a status, told from what was recorded, newest first. `undefined` while that goes on further back. */
export function sinceOf(
  checkId: string,
  status: VerdictStatus,
  recorded: RecordedScore[],
): { sinceMs: number | undefined; isCertain: boolean } {
  let sinceMs: number | undefined;
  for (const { payload, judgedAtMs } of recorded) {
    const check = payload.checks.find(({ question }) => question === checkId);
    if (check?.status !== status) return { sinceMs, isCertain: true };
    sinceMs = judgedAtMs;
  }
  return { sinceMs, isCertain: false };
}

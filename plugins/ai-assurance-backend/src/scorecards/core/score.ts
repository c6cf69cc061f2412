import {
  CheckVerdict,
  rollUp,
  VerdictRollUp,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { EvidenceType } from '@ai-assurance/evidence';
import { Applicant, applies } from './applies';
import { Fact, judge, withdrawnAfterMs } from './judge';
import { heldLevel } from './level';
import { liveDigests } from './liveDigests';
import { Check, Scorecard } from './scorecard';

/** Kinds that tell which versions are in use. */
export const LIVE_KINDS: EvidenceType[] = [
  'io.ai-assurance.rollout-observation.v1',
  'io.ai-assurance.artifact.v1',
];

/** Evidence about one subject, by kind. */
export type FactsByKind = Map<EvidenceType, Fact[]>;

/** Which checks are asked about a subject. */
export type Applicability = (check: Check) => boolean;

/** As the subject is now. */
export const appliesTo =
  (subject: Applicant): Applicability =>
  check =>
    applies(check, subject);

/** How far back items of a kind can still change an answer: until their group counts as withdrawn. */
export function lookBackMs(
  scorecards: Scorecard[],
  kind: EvidenceType,
): number {
  const rules = scorecards
    .flatMap(({ checks }) => checks)
    .filter(check => check.evidence.kind === kind);
  return Math.max(0, ...rules.map(withdrawnAfterMs));
}

/** Kinds of evidence that judging a subject needs, each once. */
export function kindsNeeded(
  scorecards: Scorecard[],
  isAsked: Applicability,
): EvidenceType[] {
  const kinds = new Set<EvidenceType>();
  for (const check of scorecards.flatMap(scorecard => scorecard.checks)) {
    if (!isAsked(check)) continue;
    kinds.add(check.evidence.kind);
    if (check.evidence.version === 'each-live')
      LIVE_KINDS.forEach(kind => kinds.add(kind));
  }
  return [...kinds];
}

export interface Score {
  level: string | null;
  rollUp: VerdictRollUp;
  checks: CheckVerdict[];
}

/** Judges every check of a scorecard on the facts about one subject. */
export function scoreOf(
  scorecard: Scorecard,
  isAsked: Applicability,
  facts: FactsByKind,
  nowMs: number,
): Score {
  const digests = liveDigests(
    facts.get(LIVE_KINDS[0]) ?? [],
    facts.get(LIVE_KINDS[1]) ?? [],
  );
  const checks = scorecard.checks.map((check): CheckVerdict => {
    const verdict = isAsked(check)
      ? judge({
          rule: check,
          facts: facts.get(check.evidence.kind) ?? [],
          digests,
          nowMs,
        })
      : {
          status: 'not-applicable' as const,
          reason: 'out-of-scope',
          facts: {},
        };
    const { id: checkId, question, level, fixHint } = check;
    return { checkId, question, level, verdict, fixHint, judgedAtMs: nowMs };
  });
  return { ...scoreOfChecks(scorecard, checks), checks };
}

/** Level and roll-up that verdicts of checks amount to. */
export function scoreOfChecks(
  { levels }: Scorecard,
  checks: CheckVerdict[],
): Omit<Score, 'checks'> {
  return {
    level: heldLevel(
      levels,
      checks.map(check => ({
        level: check.level,
        status: check.verdict.status,
      })),
    ),
    rollUp: rollUp(checks.map(check => check.verdict.status)),
  };
}

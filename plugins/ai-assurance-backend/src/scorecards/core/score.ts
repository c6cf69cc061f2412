import {
  CheckVerdict,
  rollUp,
  VerdictRollUp,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { EvidenceType } from '@ai-assurance/evidence';
import { Applicant, applies } from './applies';
import { Fact, judge } from './judge';
import { heldLevel } from './level';
import { liveDigests } from './liveDigests';
import { Scorecard } from './scorecard';

/** Kinds that tell which versions are in use. */
export const LIVE_KINDS: EvidenceType[] = [
  'io.ai-assurance.rollout-observation.v1',
  'io.ai-assurance.artifact.v1',
];

/** Evidence about one subject, by kind. */
export type FactsByKind = Map<EvidenceType, Fact[]>;

/** Kinds of evidence that judging a subject needs, each once. */
export function kindsNeeded(
  scorecards: Scorecard[],
  subject: Applicant,
): EvidenceType[] {
  const kinds = new Set<EvidenceType>();
  for (const check of scorecards.flatMap(scorecard => scorecard.checks)) {
    if (!applies(check, subject)) continue;
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
  subject: Applicant,
  facts: FactsByKind,
  nowMs: number,
): Score {
  const digests = liveDigests(
    facts.get(LIVE_KINDS[0]) ?? [],
    facts.get(LIVE_KINDS[1]) ?? [],
  );
  const checks = scorecard.checks.map((check): CheckVerdict => {
    const verdict = applies(check, subject)
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
  return {
    level: heldLevel(
      scorecard.levels,
      checks.map(check => ({
        level: check.level,
        status: check.verdict.status,
      })),
    ),
    rollUp: rollUp(checks.map(check => check.verdict.status)),
    checks,
  };
}

import {
  CheckVerdict,
  VerdictRollUp,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { readBigint } from '../platform';

/** What a scorecard says about a subject now. Key: scorecard and subject. */
export interface ScorecardVerdictRow {
  scorecard_id: string;
  subject: string;
  scorecard_digest: string;
  level: string | null;
  status: string;
  measured_count: number;
  in_scope_count: number;
  unknown_count: number;
  /** JSON: CheckVerdict[] */
  checks: string;
  judged_at_ms: number | string;
  recorded_at_ms: number | string;
}

/** What it said before: one row for each change, the newest 200 of each subject. */
export interface ScorecardHistoryRow {
  seq?: number | string;
  scorecard_id: string;
  subject: string;
  scorecard_digest: string;
  level: string | null;
  status: string;
  checks: string;
  judged_at_ms: number | string;
}

export interface StoredScore {
  scorecardId: string;
  subject: string;
  digest: string;
  level: string | null;
  rollUp: VerdictRollUp;
  checks: CheckVerdict[];
  judgedAtMs: number;
  /** When the score was last appended to the ledger. */
  recordedAtMs: number;
}

export function scoreFromRow(row: ScorecardVerdictRow): StoredScore {
  return {
    scorecardId: row.scorecard_id,
    subject: row.subject,
    digest: row.scorecard_digest,
    level: row.level,
    rollUp: {
      status: row.status as VerdictStatus,
      measuredCount: row.measured_count,
      inScopeCount: row.in_scope_count,
      unknownCount: row.unknown_count,
    },
    checks: JSON.parse(row.checks),
    judgedAtMs: readBigint(row.judged_at_ms),
    recordedAtMs: readBigint(row.recorded_at_ms),
  };
}

export function rowFromScore(score: StoredScore): ScorecardVerdictRow {
  return {
    scorecard_id: score.scorecardId,
    subject: score.subject,
    scorecard_digest: score.digest,
    level: score.level,
    status: score.rollUp.status,
    measured_count: score.rollUp.measuredCount,
    in_scope_count: score.rollUp.inScopeCount,
    unknown_count: score.rollUp.unknownCount,
    checks: JSON.stringify(score.checks),
    judged_at_ms: score.judgedAtMs,
    recorded_at_ms: score.recordedAtMs,
  };
}

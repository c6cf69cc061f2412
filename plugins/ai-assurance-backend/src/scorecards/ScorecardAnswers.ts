import {
  rollUp,
  ScorecardBoard,
  severityRank,
  Subject,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { Db } from '../platform';
import { Scorecard } from './core/scorecard';
import { scoreFromRow, ScorecardVerdictRow, StoredScore } from './tables';
import { ScorecardAnswers } from './types';

function subjectOf({
  entityRef,
  kind,
  title,
  ownerRef,
  riskTier,
  tier,
}: SubjectRecord): Subject {
  return { entityRef, kind, title, ownerRef, riskTier, tier };
}

function scoreFor(stored: StoredScore, record: SubjectRecord): SubjectScore {
  const { scorecardId, level, checks, judgedAtMs } = stored;
  return {
    subject: subjectOf(record),
    scorecardId,
    level,
    rollUp: stored.rollUp,
    checks,
    judgedAtMs,
  };
}

/** Reads stored scores; computes nothing but the roll-up of a board. */
export class StoredScorecardAnswers implements ScorecardAnswers {
  readonly #db: Db;
  readonly #subjects: SubjectAnswers;
  readonly #scorecards: Scorecard[];

  constructor(db: Db, subjects: SubjectAnswers, scorecards: Scorecard[]) {
    this.#db = db;
    this.#subjects = subjects;
    this.#scorecards = scorecards;
  }

  async score(subject: string): Promise<SubjectScore | undefined> {
    const record = await this.#subjects.get(subject);
    if (!record) return undefined;
    const rows: ScorecardVerdictRow[] = await this.#db
      .knex('scorecard_verdict')
      .where({ subject })
      .select('scorecard_verdict.*');
    const row = this.#scorecards
      .map(({ scorecardId }) =>
        rows.find(candidate => candidate.scorecard_id === scorecardId),
      )
      .find(candidate => candidate !== undefined);
    return row && scoreFor(scoreFromRow(row), record);
  }

  async boards(): Promise<ScorecardBoard[]> {
    const records = new Map(
      (await this.#subjects.list()).map(record => [record.entityRef, record]),
    );
    return Promise.all(
      this.#scorecards.map(
        async ({ scorecardId, title, digest, levels, checks }) => {
          const stored = await this.current(scorecardId);
          const rows = stored
            .flatMap(score => {
              const record = records.get(score.subject);
              return record ? [scoreFor(score, record)] : [];
            })
            .sort(
              (a, b) =>
                severityRank(a.rollUp.status) - severityRank(b.rollUp.status) ||
                (a.subject.entityRef < b.subject.entityRef ? -1 : 1),
            );
          return {
            scorecardId,
            title,
            digest,
            levels,
            checks: checks.map(check => ({
              checkId: check.id,
              question: check.question,
              level: check.level,
            })),
            rows,
            rollUp: rollUp(
              rows.flatMap(row =>
                row.checks.map(check => check.verdict.status),
              ),
            ),
          };
        },
      ),
    );
  }

  /** All scores of a scorecard as stored, also of subjects that the catalog no longer has. */
  async current(scorecardId: string): Promise<StoredScore[]> {
    const rows: ScorecardVerdictRow[] = await this.#db
      .knex('scorecard_verdict')
      .where({ scorecard_id: scorecardId })
      .select('scorecard_verdict.*');
    return rows.map(scoreFromRow);
  }
}

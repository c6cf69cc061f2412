import {
  rollUp,
  ScorecardBoard,
  severityRank,
  Subject,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { LedgerHistory } from '../ledger';
import { AsOf, Db, mapInChunks } from '../platform';
import { Scorecard } from './core/scorecard';
import { PastScores } from './PastScores';
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

function boardOf(
  { scorecardId, title, digest, levels, checks }: Scorecard,
  rows: SubjectScore[],
): ScorecardBoard {
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
    rows: [...rows].sort(
      (a, b) =>
        severityRank(a.rollUp.status) - severityRank(b.rollUp.status) ||
        (a.subject.entityRef < b.subject.entityRef ? -1 : 1),
    ),
    rollUp: rollUp(
      rows.flatMap(row => row.checks.map(check => check.verdict.status)),
    ),
  };
}

/** Reads stored scores, or judges the evidence of then; computes nothing else but the roll-up of a board. */
export class StoredScorecardAnswers implements ScorecardAnswers {
  readonly #db: Db;
  readonly #subjects: SubjectAnswers;
  readonly #scorecards: Scorecard[];
  readonly #ledger: LedgerHistory;

  constructor(deps: {
    db: Db;
    subjects: SubjectAnswers;
    scorecards: Scorecard[];
    ledgerAnswers: LedgerHistory;
  }) {
    this.#db = deps.db;
    this.#subjects = deps.subjects;
    this.#scorecards = deps.scorecards;
    this.#ledger = deps.ledgerAnswers;
  }

  async score(subject: string, asOf?: AsOf): Promise<SubjectScore | undefined> {
    const record = await this.#subjects.get(subject);
    if (!record) return undefined;
    if (asOf) {
      const past = await this.#past(asOf);
      for (const scorecard of this.#scorecards) {
        const score = await past.score(scorecard, record);
        if (score) return scoreFor(score, record);
      }
      return undefined;
    }
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

  async boards(asOf?: AsOf): Promise<ScorecardBoard[]> {
    const records = await this.#subjects.list();
    const past = asOf && (await this.#past(asOf));
    asOf?.limit('catalog-of-today');
    const boards: ScorecardBoard[] = [];
    for (const scorecard of this.#scorecards) {
      const rows = past
        ? await mapInChunks(records, async record => {
            const score = await past.score(scorecard, record);
            return score && scoreFor(score, record);
          })
        : await this.#rows(scorecard.scorecardId, records);
      boards.push(
        boardOf(
          scorecard,
          rows.filter(row => row !== undefined),
        ),
      );
    }
    return boards;
  }

  async #rows(
    scorecardId: string,
    records: SubjectRecord[],
  ): Promise<SubjectScore[]> {
    const byRef = new Map(records.map(record => [record.entityRef, record]));
    return (await this.current(scorecardId)).flatMap(score => {
      const record = byRef.get(score.subject);
      return record ? [scoreFor(score, record)] : [];
    });
  }

  async #past(asOf: AsOf): Promise<PastScores> {
    return new PastScores(
      await this.#ledger.asOf(asOf),
      this.#scorecards,
      asOf,
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

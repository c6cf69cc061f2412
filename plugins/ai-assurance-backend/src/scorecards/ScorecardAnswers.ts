import {
  AsOfLimit,
  rollUp,
  ScorecardBoard,
  severityRank,
  Subject,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { LedgerHistory } from '../ledger';
import { AsOf, Clock, createAsOf, Db, pageOf, Remembered } from '../platform';
import { Scorecard } from './core/scorecard';
import { PastScores } from './PastScores';
import { scoreFromRow, ScorecardVerdictRow, StoredScore } from './tables';
import { BoardQuery, ScorecardAnswers } from './types';

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
  scores: SubjectScore[],
  query: BoardQuery,
): ScorecardBoard {
  const matching = scores.filter(
    ({ rollUp: { status } }) =>
      query.verdict === undefined || query.verdict === status,
  );
  const { rows, nextCursor } = pageOf(
    matching,
    ({ subject, rollUp: { status } }) => [
      severityRank(status),
      subject.title,
      subject.entityRef,
    ],
    query,
  );
  const statuses = scores.flatMap(score =>
    score.checks.map(check => check.verdict.status),
  );
  const judged = statuses.filter(status => status !== 'not-applicable');
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
    rollUp: rollUp(statuses),
    subjectCount: scores.length,
    matchingCount: matching.length,
    judgedCount: judged.length,
    troubledCount: judged.filter(
      status => status === 'fail' || status === 'inconclusive',
    ).length,
    ...(nextCursor === undefined ? {} : { nextCursor }),
  };
}

/** Reads stored scores, or judges the evidence of then; computes nothing else but the roll-up of a board. */
export class StoredScorecardAnswers implements ScorecardAnswers {
  readonly #db: Db;
  readonly #subjects: SubjectAnswers;
  readonly #scorecards: Scorecard[];
  readonly #ledger: LedgerHistory;
  readonly #clock: Clock;
  readonly #then = new Remembered<{
    scores: Map<string, SubjectScore[]>;
    limits: AsOfLimit[];
  }>({ forMs: 60_000, maxEntries: 3 });

  constructor(deps: {
    db: Db;
    clock: Clock;
    subjects: SubjectAnswers;
    scorecards: Scorecard[];
    ledgerAnswers: LedgerHistory;
  }) {
    this.#db = deps.db;
    this.#subjects = deps.subjects;
    this.#scorecards = deps.scorecards;
    this.#ledger = deps.ledgerAnswers;
    this.#clock = deps.clock;
  }

  async score(subject: string, asOf?: AsOf): Promise<SubjectScore | undefined> {
    const record = await this.#subjects.get(subject);
    if (!record) return undefined;
    if (asOf) {
      const past = await this.#past(asOf);
      const [score] = await past.scores([subject]);
      return score && scoreFor(score, record);
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

  async scores(asOf?: AsOf): Promise<Map<string, SubjectScore>> {
    asOf?.limit('catalog-of-today');
    const scores = new Map<string, SubjectScore>();
    const stored = await this.#all(asOf);
    for (const { scorecardId } of this.#scorecards)
      for (const score of stored.get(scorecardId) ?? [])
        if (!scores.has(score.subject.entityRef))
          scores.set(score.subject.entityRef, score);
    return scores;
  }

  async boards(query: BoardQuery, asOf?: AsOf): Promise<ScorecardBoard[]> {
    asOf?.limit('catalog-of-today');
    const stored = await this.#all(asOf);
    return this.#scorecards
      .filter(
        ({ scorecardId }) =>
          query.scorecard === undefined || query.scorecard === scorecardId,
      )
      .map(scorecard =>
        boardOf(scorecard, stored.get(scorecard.scorecardId) ?? [], query),
      );
  }

  /** What every scorecard says of every subject of the catalog, now or then. */
  async #all(asOf: AsOf | undefined): Promise<Map<string, SubjectScore[]>> {
    const records = await this.#subjects.list();
    if (asOf) return this.#allThen(records, asOf);
    const byRef = new Map(records.map(record => [record.entityRef, record]));
    const rows: ScorecardVerdictRow[] = await this.#db
      .knex('scorecard_verdict')
      .select('scorecard_verdict.*');
    const scores = new Map<string, SubjectScore[]>();
    for (const row of rows) {
      const record = byRef.get(row.subject);
      if (!record) continue;
      const known = scores.get(row.scorecard_id);
      const score = scoreFor(scoreFromRow(row), record);
      if (known) known.push(score);
      else scores.set(row.scorecard_id, [score]);
    }
    return scores;
  }

  /** Judged from the evidence of then, hundreds of subjects at once: kept for a while, since one who looks back turns pages. */
  async #allThen(
    records: SubjectRecord[],
    asOf: AsOf,
  ): Promise<Map<string, SubjectScore[]>> {
    const { scores, limits } = await this.#then.of(
      String(asOf.atMs),
      this.#clock.nowMs(),
      async () => {
        const question = createAsOf(asOf.atMs);
        const past = await this.#past(question);
        const byRef = new Map(
          records.map(record => [record.entityRef, record]),
        );
        const all = new Map<string, SubjectScore[]>();
        for (const score of await past.scores([...byRef.keys()])) {
          const known = all.get(score.scorecardId);
          const told = scoreFor(score, byRef.get(score.subject)!);
          if (known) known.push(told);
          else all.set(score.scorecardId, [told]);
        }
        return {
          scores: all,
          limits: question.note().limits.map(({ code }) => code),
        };
      },
    );
    for (const code of limits) asOf.limit(code);
    return scores;
  }

  async #past(asOf: AsOf): Promise<PastScores> {
    return new PastScores({
      db: this.#db,
      ledger: await this.#ledger.asOf(asOf),
      scorecards: this.#scorecards,
      asOf,
    });
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

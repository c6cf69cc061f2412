import { EvidenceType } from '@ai-assurance/evidence';
import {
  LedgerAnswers,
  LedgerFact,
  LedgerNewest,
  StoredEvidence,
} from '../ledger';
import { AsOf, Db } from '../platform';
import {
  askedThen,
  RecordedScore,
  scoreAsRecorded,
  sinceOf,
  withErased,
} from './core/past';
import {
  FactsByKind,
  kindsNeeded,
  lookBackMs,
  Score,
  scoreOf,
} from './core/score';
import { Scorecard } from './core/scorecard';
import { FactsQuestion, readFacts } from './EvidenceFacts';
import { readSinces, sinceKey } from './sinceRead';
import { StoredScore } from './tables';

const verdictType: EvidenceType = 'io.ai-assurance.scorecard-verdict.v1';
const pageSize = 50;
/** Verdicts looked back over to tell since when something has been so: changes, and one a day. */
const lookBackLimit = 1000;
/** Subjects whose evidence is in memory at a time. */
const subjectsAtOnce = 200;

/** The last verdict of a scorecard on a subject, and those before it as far as they were read. */
interface Last {
  scorecard: Scorecard;
  subject: string;
  recorded: RecordedScore[];
  isSameRules: boolean;
}

function recordedOf(
  stored: Pick<LedgerFact, 'timeMs' | 'expiresAtMs' | 'payload'>,
): RecordedScore {
  return {
    judgedAtMs: stored.timeMs,
    expiresAtMs: stored.expiresAtMs,
    payload: stored.payload as unknown as RecordedScore['payload'],
  };
}

/** Verdicts of one scorecard among those that can still be read. */
function ofScorecard(
  scorecardId: string,
  items: readonly Pick<
    LedgerFact,
    'timeMs' | 'expiresAtMs' | 'payload' | 'isErased'
  >[],
): RecordedScore[] {
  return items
    .filter(({ isErased }) => !isErased)
    .map(recordedOf)
    .filter(({ payload }) => payload.scorecardId === scorecardId);
}

/**
 * What scorecards said at an instant. That a subject was judged, by which rules and by which of their checks, is read from
 * the verdict that was recorded last; what each check said at that very instant comes from applying the same rules to the
 * evidence of then.
 */
export class PastScores {
  readonly #db: Db;
  readonly #ledger: LedgerAnswers & LedgerNewest;
  readonly #scorecards: Scorecard[];
  readonly #asOf: AsOf;

  constructor(deps: {
    db: Db;
    /** MUST be the ledger as of the same instant. */
    ledger: LedgerAnswers & LedgerNewest;
    scorecards: Scorecard[];
    asOf: AsOf;
  }) {
    this.#db = deps.db;
    this.#ledger = deps.ledger;
    this.#scorecards = deps.scorecards;
    this.#asOf = deps.asOf;
  }

  /** Of each subject by each scorecard, in this order; without those that had not been judged yet. */
  async scores(subjects: readonly string[]): Promise<StoredScore[]> {
    const scores: StoredScore[] = [];
    for (let start = 0; start < subjects.length; start += subjectsAtOnce)
      scores.push(
        ...(await this.#some(subjects.slice(start, start + subjectsAtOnce))),
      );
    return scores;
  }

  async #some(subjects: readonly string[]): Promise<StoredScore[]> {
    const lasts = await this.#lastOf(subjects);
    const facts = await this.#factsOf(lasts);
    const sinces = await readSinces(
      this.#db,
      lasts.map(({ scorecard: { scorecardId }, subject, recorded }) => ({
        scorecardId,
        subject,
        judgedAtMs: recorded[0].judgedAtMs,
      })),
    );
    const { atMs } = this.#asOf;
    const scores: StoredScore[] = [];
    for (const [i, last] of lasts.entries()) {
      const { scorecard, subject, recorded, isSameRules } = last;
      const { scorecardId } = scorecard;
      const { judgedAtMs, payload } = recorded[0];
      if (!isSameRules) this.#asOf.limit('scorecard-rules');
      const score = isSameRules
        ? this.#judge(last, facts[i])
        : scoreAsRecorded(scorecard, recorded[0], atMs);
      const known = sinces.get(sinceKey({ scorecardId, subject }));
      scores.push({
        scorecardId,
        subject,
        digest: payload.scorecardDigest,
        ...score,
        checks: await this.#withSince(last, score, known),
        judgedAtMs: isSameRules ? atMs : judgedAtMs,
        recordedAtMs: judgedAtMs,
      });
    }
    return scores;
  }

  /** Since when each check has said what it says: as the history has it, else told from the verdicts that were recorded. */
  async #withSince(
    last: Last,
    score: Score,
    known: Map<string, number> | undefined,
  ): Promise<Score['checks']> {
    const { payload } = last.recorded[0];
    let pages: AsyncGenerator<RecordedScore[], undefined> | undefined;
    let recorded = last.recorded;
    const more = async () => {
      if (!pages) {
        pages = this.#recorded(last.scorecard.scorecardId, last.subject);
        recorded = [];
      }
      const { value } = await pages.next();
      recorded = [...recorded, ...(value ?? [])];
      return value !== undefined;
    };
    const checks = [];
    for (const check of score.checks) {
      const { status } = check.verdict;
      const said = payload.checks.find(
        ({ question }) => question === check.checkId,
      );
      let sinceMs =
        said?.status === status ? known?.get(check.checkId) : undefined;
      if (sinceMs === undefined) {
        let since = sinceOf(check.checkId, status, recorded);
        while (!since.isCertain && (await more()))
          since = sinceOf(check.checkId, status, recorded);
        sinceMs = since.sinceMs ?? this.#asOf.atMs;
      }
      checks.push({ ...check, sinceMs });
    }
    return checks;
  }

  async #lastOf(subjects: readonly string[]): Promise<Last[]> {
    // With several scorecards the last one of each may lie behind some of the others.
    const limit = this.#scorecards.length * 2;
    const found = await this.#ledger.newestOfEach(
      subjects.map(subject => ({ subject, type: verdictType })),
      limit,
    );
    const lasts: Last[] = [];
    for (const [i, subject] of subjects.entries())
      for (const scorecard of this.#scorecards) {
        const { scorecardId, digest } = scorecard;
        let recorded = ofScorecard(scorecardId, found[i]);
        if (recorded.length === 0 && found[i].length === limit)
          for await (const page of this.#recorded(scorecardId, subject)) {
            recorded = page;
            if (recorded.length > 0) break;
          }
        if (recorded.length === 0) continue;
        const isSameRules = recorded[0].payload.scorecardDigest === digest;
        lasts.push({ scorecard, subject, recorded, isSameRules });
      }
    return lasts;
  }

  /** Verdicts of a scorecard on a subject, newest first, page by page. */
  async *#recorded(
    scorecardId: string,
    subject: string,
  ): AsyncGenerator<RecordedScore[], undefined> {
    let beforePosition: number | undefined;
    for (let seen = 0; seen < lookBackLimit; seen += pageSize) {
      const page = await this.#ledger.list({
        subject,
        type: verdictType,
        limit: pageSize,
        beforePosition,
      });
      yield ofScorecard(scorecardId, page.map(payloadOf));
      if (page.length < pageSize) return undefined;
      beforePosition = page[page.length - 1].position;
    }
    return undefined;
  }

  /** What the checks that were asked then need, of each; nothing where the rules are others now. */
  async #factsOf(lasts: readonly Last[]): Promise<FactsByKind[]> {
    const asked: FactsQuestion[] = [];
    const kinds = lasts.map(({ scorecard, subject, recorded, isSameRules }) =>
      isSameRules
        ? kindsNeeded([scorecard], askedThen(recorded[0])).map(type => {
            const back = lookBackMs(this.#scorecards, type);
            asked.push({ subject, type, sinceMs: this.#asOf.atMs - back });
            return { type, at: asked.length - 1 };
          })
        : [],
    );
    const facts = await readFacts(this.#ledger, asked);
    return kinds.map(
      ofOne => new Map(ofOne.map(({ type, at }) => [type, facts[at]])),
    );
  }

  /** Applies the rules again, to the evidence of then. */
  #judge({ scorecard, recorded }: Last, facts: FactsByKind): Score {
    const isAsked = askedThen(recorded[0]);
    const score = scoreOf(scorecard, isAsked, facts, this.#asOf.atMs);
    return withErased(scorecard, score, facts, recorded[0]);
  }
}

function payloadOf({ timeMs, expiresAtMs, item, isErased }: StoredEvidence) {
  const payload = item.data.payload as Record<string, unknown>;
  return { timeMs, expiresAtMs, payload, isErased };
}

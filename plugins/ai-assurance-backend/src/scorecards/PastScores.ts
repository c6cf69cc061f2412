import { EvidenceType } from '@ai-assurance/evidence';
import { SubjectRecord } from '../cohorts';
import { LedgerAnswers, StoredEvidence } from '../ledger';
import { AsOf } from '../platform';
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
import { readFacts } from './EvidenceFacts';
import { StoredScore } from './tables';

const verdictType: EvidenceType = 'io.ai-assurance.scorecard-verdict.v1';
const pageSize = 50;
/** Verdicts looked back over to tell since when something has been so: changes, and one a day. */
const lookBackLimit = 1000;

function recordedOf(stored: StoredEvidence): RecordedScore {
  return {
    judgedAtMs: stored.timeMs,
    expiresAtMs: stored.expiresAtMs,
    payload: stored.item.data.payload as RecordedScore['payload'],
  };
}

/**
 * What scorecards said at an instant. That a subject was judged, by which rules and by which of their checks, is read from
 * the verdict that was recorded last; what each check said at that very instant comes from applying the same rules to the
 * evidence of then.
 */
export class PastScores {
  readonly #ledger: LedgerAnswers;
  readonly #scorecards: Scorecard[];
  readonly #asOf: AsOf;

  /** `ledger` MUST be the ledger as of the same instant. */
  constructor(ledger: LedgerAnswers, scorecards: Scorecard[], asOf: AsOf) {
    this.#ledger = ledger;
    this.#scorecards = scorecards;
    this.#asOf = asOf;
  }

  /** `undefined` when the scorecard had not judged the subject yet. */
  async score(
    scorecard: Scorecard,
    record: SubjectRecord,
  ): Promise<StoredScore | undefined> {
    const subject = record.entityRef;
    const recorded: RecordedScore[] = [];
    const pages = this.#recorded(scorecard.scorecardId, subject);
    const more = async () => {
      const { value } = await pages.next();
      recorded.push(...(value ?? []));
      return value !== undefined;
    };
    while (recorded.length === 0) if (!(await more())) return undefined;

    const [last] = recorded;
    const isSameRules = last.payload.scorecardDigest === scorecard.digest;
    if (!isSameRules) this.#asOf.limit('scorecard-rules');
    const { atMs } = this.#asOf;
    const score = isSameRules
      ? await this.#judge(scorecard, subject, last)
      : scoreAsRecorded(scorecard, last, atMs);

    const checks = [];
    for (const check of score.checks) {
      const { status } = check.verdict;
      let since = sinceOf(check.checkId, status, recorded);
      while (!since.isCertain && (await more()))
        since = sinceOf(check.checkId, status, recorded);
      checks.push({ ...check, sinceMs: since.sinceMs ?? atMs });
    }
    return {
      scorecardId: scorecard.scorecardId,
      subject,
      digest: last.payload.scorecardDigest,
      ...score,
      checks,
      judgedAtMs: isSameRules ? atMs : last.judgedAtMs,
      recordedAtMs: last.judgedAtMs,
    };
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
      yield page
        .filter(({ isErased }) => !isErased)
        .map(recordedOf)
        .filter(({ payload }) => payload.scorecardId === scorecardId);
      if (page.length < pageSize) return undefined;
      beforePosition = page[page.length - 1].position;
    }
    return undefined;
  }

  /** Applies the rules again, to the evidence of then. */
  async #judge(
    scorecard: Scorecard,
    subject: string,
    last: RecordedScore,
  ): Promise<Score> {
    const isAsked = askedThen(last);
    const facts: FactsByKind = new Map();
    for (const kind of kindsNeeded([scorecard], isAsked)) {
      const sinceMs = this.#asOf.atMs - lookBackMs(this.#scorecards, kind);
      facts.set(kind, await readFacts(this.#ledger, subject, kind, sinceMs));
    }
    const score = scoreOf(scorecard, isAsked, facts, this.#asOf.atMs);
    return withErased(scorecard, score, facts, last);
  }
}

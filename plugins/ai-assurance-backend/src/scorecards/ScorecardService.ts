import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { EvidenceDraft, Ledger, LedgerNewest } from '../ledger';
import { Clock, Db, instantOf, Outbox } from '../platform';
import { isChanged, withSince } from './core/changed';
import {
  appliesTo,
  FactsByKind,
  kindsNeeded,
  lookBackMs,
  scoreOf,
} from './core/score';
import { Scorecard } from './core/scorecard';
import { FactsQuestion, readFacts } from './EvidenceFacts';
import { StoredScorecardAnswers } from './ScorecardAnswers';
import { ScorecardStore } from './ScorecardStore';
import { StoredScore } from './tables';

const hourMs = 3_600_000;
/** An unchanged verdict is recorded again after a day, so that "still so" has evidence too. */
const recordAgainMs = 24 * hourMs;
const forgottenAfterMs = 30 * 24 * hourMs;
/** Subjects judged in one transaction. */
const batchSize = 100;

export interface ScorecardServiceDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerNewest;
  subjects: SubjectAnswers;
  scorecards: Scorecard[];
  answers: StoredScorecardAnswers;
  store: ScorecardStore;
}

function draftOf(
  score: StoredScore,
): EvidenceDraft<'io.ai-assurance.scorecard-verdict.v1'> {
  const { scorecardId, subject, judgedAtMs } = score;
  return {
    type: 'io.ai-assurance.scorecard-verdict.v1',
    source: '/ai-assurance/scorecards',
    id: `scorecard-verdict:${scorecardId}:${subject}:${judgedAtMs}`,
    subject,
    timeMs: judgedAtMs,
    envelope: {
      sourceSystem: 'ai-assurance.scorecards',
      sampleCount: score.rollUp.inScopeCount,
      collector: { id: 'ai-assurance.scorecards', version: '1' },
      collectedAt: instantOf(judgedAtMs),
      expiresAt: instantOf(judgedAtMs + recordAgainMs + hourMs),
    },
    payload: {
      scorecardId,
      scorecardDigest: score.digest,
      level: score.level,
      ...score.rollUp,
      checks: score.checks.map(({ checkId, level, verdict }) => ({
        question: checkId,
        level,
        status: verdict.status,
        reason: verdict.reason,
        evidenceId: verdict.facts.evidenceId ?? null,
      })),
    },
  };
}

/** Judges subjects and keeps what was said. */
export class ScorecardService {
  readonly #deps: ScorecardServiceDeps;

  constructor(deps: ScorecardServiceDeps) {
    this.#deps = deps;
  }

  /** Judges the named subjects, or all. Safe to repeat: an unchanged verdict is recorded again only after a day. */
  async judge(subjects?: string[]): Promise<void> {
    const nowMs = this.#deps.clock.nowMs();
    const records = (await this.#deps.subjects.list()).filter(
      record => subjects === undefined || subjects.includes(record.entityRef),
    );
    const before = new Map<string, StoredScore>();
    for (const { scorecardId } of this.#deps.scorecards) {
      for (const score of await this.#deps.answers.current(scorecardId))
        before.set(`${scorecardId} ${score.subject}`, score);
    }
    for (let start = 0; start < records.length; start += batchSize) {
      await this.#judgeBatch(
        records.slice(start, start + batchSize),
        before,
        nowMs,
      );
    }
  }

  /** Drops scores of subjects that left the catalog a month ago. Their evidence stays in the ledger. */
  async forget(): Promise<void> {
    const beforeMs = this.#deps.clock.nowMs() - forgottenAfterMs;
    await this.#deps.db.transaction(tx =>
      this.#deps.store.forgetJudgedBefore(tx, beforeMs),
    );
  }

  async #judgeBatch(
    records: SubjectRecord[],
    before: Map<string, StoredScore>,
    nowMs: number,
  ): Promise<void> {
    const { db, store, outbox, ledger, scorecards } = this.#deps;
    const judged: {
      before: StoredScore | undefined;
      after: StoredScore;
      isRecorded: boolean;
    }[] = [];
    const facts = await this.#facts(records, nowMs);
    for (const [i, record] of records.entries()) {
      for (const scorecard of scorecards) {
        const known = before.get(
          `${scorecard.scorecardId} ${record.entityRef}`,
        );
        judged.push(this.#compare(scorecard, record, facts[i], known, nowMs));
      }
    }
    await db.transaction(async tx => {
      const drafts: EvidenceDraft[] = [];
      for (const score of judged) {
        if (
          !(await store.replace(tx, score.before, score.after)) ||
          !score.isRecorded
        )
          continue;
        await store.remember(tx, score.after);
        drafts.push(draftOf(score.after));
      }
      if (drafts.length === 0) return;
      await outbox.queue(tx, {
        topic: 'scorecard.verdict',
        subjects: [...new Set(drafts.map(draft => draft.subject))],
      });
      const outcomes = await ledger.append(tx, drafts);
      if (outcomes.some(({ outcome }) => outcome === 'conflict')) {
        throw new Error(
          'A scorecard verdict of the same instant says something else; it will be judged again',
        );
      }
    });
  }

  #compare(
    scorecard: Scorecard,
    record: SubjectRecord,
    facts: FactsByKind,
    before: StoredScore | undefined,
    nowMs: number,
  ): {
    before: StoredScore | undefined;
    after: StoredScore;
    isRecorded: boolean;
  } {
    const score = scoreOf(scorecard, appliesTo(record), facts, nowMs);
    const judged = {
      scorecardId: scorecard.scorecardId,
      subject: record.entityRef,
      digest: scorecard.digest,
      ...score,
      checks: withSince(before?.checks ?? [], score.checks, nowMs),
      judgedAtMs: nowMs,
    };
    // A subject that no check asks about is recorded when that becomes so, but has nothing to confirm every day.
    const isDue =
      before !== undefined &&
      score.rollUp.inScopeCount > 0 &&
      before.recordedAtMs + recordAgainMs <= nowMs;
    const isRecorded = isDue || isChanged(before, judged);
    return {
      before,
      after: {
        ...judged,
        recordedAtMs: isRecorded ? nowMs : before!.recordedAtMs,
      },
      isRecorded,
    };
  }

  /** What the checks about each subject need, of all in a few statements. */
  async #facts(
    records: SubjectRecord[],
    nowMs: number,
  ): Promise<FactsByKind[]> {
    const { scorecards, ledgerAnswers } = this.#deps;
    const asked: FactsQuestion[] = [];
    const kinds = records.map(record =>
      kindsNeeded(scorecards, appliesTo(record)).map(type => {
        const sinceMs = nowMs - lookBackMs(scorecards, type);
        asked.push({ subject: record.entityRef, type, sinceMs });
        return { type, at: asked.length - 1 };
      }),
    );
    const facts = await readFacts(ledgerAnswers, asked);
    return kinds.map(
      ofOne => new Map(ofOne.map(({ type, at }) => [type, facts[at]])),
    );
  }
}

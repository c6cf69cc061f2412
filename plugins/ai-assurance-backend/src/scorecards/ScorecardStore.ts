import { Tx } from '../platform';
import { rowFromScore, StoredScore } from './tables';

/** Changes kept of one subject; the ledger keeps all of them for ever. */
const historyLimit = 200;

/** Writes scores. */
export class ScorecardStore {
  /**
   * Replaces the score that was read before, or adds the first one. Answers `false`, and writes nothing, when another
   * replica judged the subject meanwhile.
   */
  async replace(
    tx: Tx,
    before: StoredScore | undefined,
    after: StoredScore,
  ): Promise<boolean> {
    const row = rowFromScore(after);
    const key = { scorecard_id: after.scorecardId, subject: after.subject };
    if (before === undefined) {
      const inserted = await tx('scorecard_verdict')
        .insert(row)
        .onConflict(['scorecard_id', 'subject'])
        .ignore()
        .returning('subject');
      return inserted.length === 1;
    }
    const moved = await tx('scorecard_verdict')
      .where({ ...key, judged_at_ms: before.judgedAtMs })
      .update(row);
    return moved === 1;
  }

  /** Adds a line of history and forgets the lines beyond the newest 200 of the subject. */
  async remember(tx: Tx, score: StoredScore): Promise<void> {
    const key = { scorecard_id: score.scorecardId, subject: score.subject };
    const { scorecard_digest, level, status, checks, judged_at_ms } =
      rowFromScore(score);
    await tx('scorecard_history').insert({
      ...key,
      scorecard_digest,
      level,
      status,
      checks,
      judged_at_ms,
    });
    const beyond: { seq: number | string }[] = await tx('scorecard_history')
      .where(key)
      .orderBy('scorecard_history.seq', 'desc')
      .offset(historyLimit)
      .limit(1)
      .select('scorecard_history.seq');
    if (beyond.length > 0) {
      await tx('scorecard_history')
        .where(key)
        .andWhere('scorecard_history.seq', '<=', beyond[0].seq)
        .delete();
    }
  }

  /** Forgets scores that nobody judged since an instant: their subject left the catalog or their scorecard the config. */
  async forgetJudgedBefore(tx: Tx, beforeMs: number): Promise<void> {
    await tx('scorecard_history')
      .whereExists(
        tx('scorecard_verdict')
          .whereRaw(
            'scorecard_verdict.scorecard_id = scorecard_history.scorecard_id',
          )
          .whereRaw('scorecard_verdict.subject = scorecard_history.subject')
          .where('scorecard_verdict.judged_at_ms', '<', beforeMs)
          .select(tx.raw('1')),
      )
      .delete();
    await tx('scorecard_verdict')
      .where('scorecard_verdict.judged_at_ms', '<', beforeMs)
      .delete();
  }
}

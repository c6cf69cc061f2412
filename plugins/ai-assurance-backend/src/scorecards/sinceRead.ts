import { CheckVerdict } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Db, PreparedRead, readPrepared } from '../platform';

interface SinceRow {
  scorecard_id: string;
  subject: string;
  checks: string;
}

/** A verdict that was recorded. */
export interface RecordedVerdict {
  scorecardId: string;
  subject: string;
  judgedAtMs: number;
}

const historyRead: PreparedRead = {
  postgres: `SELECT history.scorecard_id, history.subject, history.checks
    FROM unnest($1::text[], $2::text[], $3::bigint[]) AS asked(scorecard_id, subject, judged_at_ms)
    CROSS JOIN LATERAL (SELECT * FROM scorecard_history
      WHERE scorecard_history.scorecard_id = asked.scorecard_id AND scorecard_history.subject = asked.subject
        AND scorecard_history.judged_at_ms = asked.judged_at_ms OFFSET 0) AS history`,
  sqlite: `SELECT history.scorecard_id, history.subject, history.checks
    FROM json_each(?) AS asked CROSS JOIN scorecard_history AS history
      ON history.scorecard_id = json_extract(asked.value, '$[0]') AND history.subject = json_extract(asked.value, '$[1]')
        AND history.judged_at_ms = json_extract(asked.value, '$[2]')`,
};

/** What a verdict is found by. No id of a scorecard has a blank. */
export const sinceKey = (of: { scorecardId: string; subject: string }) =>
  `${of.scorecardId} ${of.subject}`;

/**
 * Since when each check had said what it said, by check, of each verdict that the history still has; in one statement. At
 * most one verdict of a scorecard on a subject may be asked for.
 */
export async function readSinces(
  { knex, dialect }: Db,
  verdicts: readonly RecordedVerdict[],
): Promise<Map<string, Map<string, number>>> {
  if (verdicts.length === 0) return new Map();
  const keys = verdicts.map(({ scorecardId, subject, judgedAtMs }) => [
    scorecardId,
    subject,
    judgedAtMs,
  ]);
  const rows = await readPrepared<SinceRow>(
    knex,
    historyRead,
    dialect === 'sqlite' ? [keys] : [0, 1, 2].map(i => keys.map(key => key[i])),
  );
  return new Map(
    rows.map(row => {
      const checks: CheckVerdict[] = JSON.parse(row.checks);
      const sinces = checks.flatMap(
        ({ checkId, sinceMs }): [string, number][] =>
          sinceMs === undefined ? [] : [[checkId, sinceMs]],
      );
      const { scorecard_id: scorecardId, subject } = row;
      return [sinceKey({ scorecardId, subject }), new Map(sinces)];
    }),
  );
}

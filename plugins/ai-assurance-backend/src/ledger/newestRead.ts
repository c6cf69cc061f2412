import { Db, PreparedRead, readBigint, readPrepared } from '../platform';
import { LedgerFact, NewestQuestion } from './types';
import { Words } from './words';

interface FactRow {
  /** Which question, from 0. */
  at: unknown;
  position: unknown;
  time_ms: unknown;
  expires_at_ms: unknown | null;
  envelope: string;
  payload: string;
}

const columns =
  'item.position, item.time_ms, item.expires_at_ms, item.envelope, item.payload';

/** For each question a walk down the index of subject and kind, however many items there are. */
const newestRead: PreparedRead = {
  name: 'ai-assurance-ledger-newest-of-each',
  postgres: `SELECT asked.at - 1 AS at, ${columns}
    FROM unnest($1::int[], $2::int[], $3::bigint[]) WITH ORDINALITY AS asked(subject, type, before, at)
    CROSS JOIN LATERAL (SELECT * FROM ledger_item
      WHERE ledger_item.subject = asked.subject AND ledger_item.type = asked.type AND ledger_item.position < asked.before
      ORDER BY ledger_item.position DESC LIMIT $4) AS item`,
  sqlite: `SELECT asked.key AS at, ${columns}
    FROM json_each(?) AS asked CROSS JOIN ledger_item AS item ON item.position IN (
      SELECT newest.position FROM ledger_item AS newest
      WHERE newest.subject = json_extract(asked.value, '$[0]') AND newest.type = json_extract(asked.value, '$[1]')
        AND newest.position < json_extract(asked.value, '$[2]')
      ORDER BY newest.position DESC LIMIT ?)`,
};

/** See {@link LedgerNewest.newestOfEach}. */
export async function newestOfEach(
  { db, words }: { db: Db; words: Words },
  questions: readonly NewestQuestion[],
  limit: number,
): Promise<LedgerFact[][]> {
  const answers = questions.map((): LedgerFact[] => []);
  const ids = await words.idsOf(
    db.knex,
    questions.flatMap(({ subject, type }) => [subject, type]),
  );
  // Of a word that the ledger does not know there is nothing.
  const asked = questions.flatMap((question, at) => {
    const subject = ids.get(question.subject);
    const type = ids.get(question.type);
    const before = question.beforePosition ?? Number.MAX_SAFE_INTEGER;
    return subject === undefined || type === undefined
      ? []
      : [{ at, key: [subject, type, before] }];
  });
  if (asked.length === 0) return answers;
  const keys = asked.map(({ key }) => key);
  const rows = await readPrepared<FactRow>(
    db.knex,
    newestRead,
    db.dialect === 'sqlite'
      ? [keys, limit]
      : [...[0, 1, 2].map(i => keys.map(key => key[i])), limit],
  );
  for (const row of rows)
    answers[asked[readBigint(row.at)].at].push(factOf(row));
  for (const facts of answers) facts.sort((a, b) => b.position - a.position);
  return answers;
}

function factOf(row: FactRow): LedgerFact {
  const position = readBigint(row.position);
  return {
    evidenceId: String(position),
    position,
    timeMs: readBigint(row.time_ms),
    expiresAtMs:
      row.expires_at_ms === null ? undefined : readBigint(row.expires_at_ms),
    envelope: JSON.parse(row.envelope),
    // A payload is never empty: it is at least `{}`.
    ...(row.payload === ''
      ? { payload: {}, isErased: true as const }
      : { payload: JSON.parse(row.payload) }),
  };
}

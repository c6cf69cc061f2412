import { createTestDatabases } from '@ai-assurance/test-kit';
import { artifactDrafts, openTestLedger } from './__testUtils__/openTestLedger';
import { EvidenceDraft } from './types';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

// What is hashed comes as bytes from PostgreSQL and as texts from SQLite: both must be held to the same.
describe('the check of stored bytes', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();

  const opened = async (id: (typeof each)[number][0]) => {
    const { db, room } = await openTestLedger(await databases.init(id));
    return { db, room, postgres: db.dialect === 'postgres' };
  };
  const [draft] = artifactDrafts(0, 1);
  /** Its payload takes more bytes than any before it, and characters of one to four bytes. */
  const long = (number: number, problemLength: number) =>
    ({
      ...draft,
      id: `long-${number} é€😀`,
      type: 'io.ai-assurance.slo-status.v1',
      payload: {
        sloName: 'latency',
        objectiveName: 'p95',
        objectiveRatio: 0.95,
        budgetingMethod: 'Occurrences',
        goodCount: 98,
        totalCount: 100,
        attainmentRatio: 0.98,
        budgetRemainingRatio: 0.6,
        burnRates: [],
        failingSources: Array.from({ length: 20 }, (_, i) => ({
          sourceId: `source-${i}`,
          failingSinceMs: 1,
          problem: 'aé€😀'.repeat(problemLength),
        })),
        status: 'pass',
        reason: 'WITHIN_OBJECTIVE',
      },
    } as EvidenceDraft);

  it.each(each)(
    'holds payloads to their commitments whatever their length, %p',
    async id => {
      const { db, room } = await opened(id);
      await db.transaction(tx =>
        room.ledger.append(tx, [
          draft,
          ...[1, 20, 200, 3, 190].map((length, i) => long(i, length)),
        ]),
      );
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 6,
        headCount: 1,
      });
    },
  );

  const opens = 'The payload does not open its commitment';
  const isLeaf = 'The leaf hash is not that of the leaf';
  it.each(
    each.flatMap(([id]) =>
      [
        ['a changed payload', `payload = replace(payload, 'o', 'ö')`, opens],
        ['a payload cut short', `payload = substr(payload, 1, 40)`, opens],
        ['a payload of another', `payload = '{}'`, opens],
        ['no payload beside its salt', `payload = ''`, opens],
        ['a salt of zeros', `salt = BYTES(00)`, opens],
        ['a salt that is too short', `salt = SHORT`, opens],
        ['no salt beside its payload', `salt = EMPTY`, opens],
        ['a changed commitment', `payload_commitment = BYTES(ab)`, opens],
        ['a changed leaf hash', `leaf_hash = BYTES(ab)`, isLeaf],
        ['a changed id', `id = id || 'é'`, isLeaf],
        [
          'a changed envelope',
          `envelope = replace(envelope, 'tests', 'tests ')`,
          isLeaf,
        ],
        [
          'an expiry beside an envelope without one',
          'expires_at_ms = 5',
          'Column expires_at_ms says 5, the item says null',
        ],
        [
          'a verdict beside a payload without one',
          `status = 'pass'`,
          'Column status says pass, the item says null',
        ],
      ].map(([what, change, problem]) => [what, id, change, problem] as const),
    ),
  )('names the item with %s, %p', async (_what, id, change, problem) => {
    const { db, room, postgres } = await opened(id);
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 9)));
    await db.knex.raw(
      postgres
        ? 'ALTER TABLE ledger_item DISABLE TRIGGER ALL'
        : 'DROP TRIGGER ledger_item_no_update',
    );
    const bytes = (hex: string) => (postgres ? `'\\x${hex}'` : `x'${hex}'`);
    const set = change
      .replace(/BYTES\((..)\)/, (_match, byte: string) =>
        bytes(byte.repeat(32)),
      )
      .replace('SHORT', bytes('ab'.repeat(31)))
      .replace('EMPTY', bytes(''));
    await db.knex.raw(`UPDATE ledger_item SET ${set} WHERE position >= 7`);
    expect(await room.fsck()).toEqual({
      ok: false,
      table: 'ledger_item',
      row: '7',
      problem,
    });
  });
});

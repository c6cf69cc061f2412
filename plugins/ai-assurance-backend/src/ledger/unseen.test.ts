import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactDraft,
  artifactDrafts,
  openTestLedger,
} from './__testUtils__/openTestLedger';
import { watchStatements } from './__testUtils__/statements';

jest.setTimeout(60_000);

const accepted = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    outcome: 'accepted',
    evidenceId: String(from + i),
  }));

describe('many items that are appended without a look whether they are known', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();

  const open = async (id: (typeof each)[number][0]) => {
    const { db, room } = await openTestLedger(await databases.init(id));
    const append = (drafts: ReturnType<typeof artifactDrafts>) =>
      db.transaction(tx => room.ledger.append(tx, drafts));
    return { db, room, append };
  };

  it.each(each)('are looked up after all when one is known, %p', async id => {
    const { db, room, append } = await open(id);
    expect(await append(artifactDrafts(0, 30))).toEqual(accepted(0, 30));
    const mixed = [
      ...artifactDrafts(30, 50),
      artifactDraft(7),
      { ...artifactDraft(8), timeMs: 1 },
      ...artifactDrafts(50, 60),
    ];
    const outcomes = await db.transaction(async tx => {
      await tx('outbox').insert({
        topic: 'x',
        subjects: '[]',
        queued_at_ms: 1,
      });
      return room.ledger.append(tx, mixed);
    });
    expect(outcomes).toEqual([
      ...accepted(30, 50),
      { outcome: 'already-known', evidenceId: '7' },
      { outcome: 'conflict', evidenceId: '8' },
      ...accepted(50, 60),
    ]);
    // What the caller wrote before stays.
    expect(await db.knex('outbox').pluck('topic')).toEqual(['x']);
    expect(await room.fsck()).toEqual({
      ok: true,
      itemCount: 60,
      headCount: 2,
    });
    expect(await append(artifactDrafts(60, 90))).toEqual(accepted(60, 90));
    expect(await room.fsck()).toEqual({
      ok: true,
      itemCount: 90,
      headCount: 3,
    });
  });

  it.each(each)('are looked up when two of them are one, %p', async id => {
    const { room, append } = await open(id);
    expect(await append([...artifactDrafts(0, 30), artifactDraft(3)])).toEqual([
      ...accepted(0, 30),
      { outcome: 'already-known', evidenceId: '3' },
    ]);
    expect(await room.fsck()).toMatchObject({ ok: true, itemCount: 30 });
  });

  it.each(each)(
    'are not tried so again at once by a sender who repeats itself, %p',
    async id => {
      const { db, append } = await open(id);
      await append(artifactDrafts(0, 30));
      const known = (from: number, to: number) =>
        accepted(from, to).map(one => ({ ...one, outcome: 'already-known' }));
      const statementsOf = async () => {
        let statementCount = 0;
        const stop = watchStatements(db.dialect, statement => {
          statementCount = statement;
        });
        try {
          expect(await append(artifactDrafts(0, 30))).toEqual(known(0, 30));
        } finally {
          stop();
        }
        return statementCount;
      };
      const counts = [
        await statementsOf(),
        await statementsOf(),
        await statementsOf(),
        await statementsOf(),
      ];
      const looked = counts[1];
      // Twice it only looks; then it is tried once more.
      expect(counts.map(count => count > looked)).toEqual([
        true,
        false,
        false,
        true,
      ]);
    },
  );
});

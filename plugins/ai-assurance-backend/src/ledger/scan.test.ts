import { createTestDatabases } from '@ai-assurance/test-kit';
import { EvidenceDraft } from './types';
import { artifactDrafts, openTestLedger } from './__testUtils__/openTestLedger';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('the way of the check through the items', () => {
  const databases = createTestDatabases();

  it.each(databases.eachSupportedId())(
    'knows every word of a ledger that names new ones all the way, %p',
    async id => {
      const { db, room } = await openTestLedger(await databases.init(id));
      const drafts = artifactDrafts(0, 16_500).map((draft, i) => ({
        ...draft,
        subject: `resource:default/model-${i % 3 === 0 ? i : 0}`,
      }));
      await db.transaction(tx => room.ledger.append(tx, drafts));
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 16_500,
        headCount: 1,
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'reads every value as it was written, %p',
    async id => {
      const { db, room } = await openTestLedger(await databases.init(id));
      const [draft] = artifactDrafts(0, 1);
      await db.transaction(tx =>
        room.ledger.append(tx, [
          draft,
          { ...draft, id: 'tab\t\\N "é" \u{1f600}' },
          { ...draft, id: 'before 1970', timeMs: -86_400_001 },
          {
            ...draft,
            id: 'with a verdict',
            type: 'io.ai-assurance.slo-status.v1',
            envelope: {
              ...draft.envelope,
              expiresAt: '2026-11-22T14:00:00.000Z',
            },
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
              status: 'pass',
              reason: 'WITHIN_OBJECTIVE',
            },
          } as EvidenceDraft,
        ]),
      );
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 4,
        headCount: 1,
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'lets others come by while it reads, %p',
    async id => {
      const { db, room } = await openTestLedger(await databases.init(id));
      await db.transaction(tx =>
        room.ledger.append(tx, artifactDrafts(0, 3_000)),
      );
      let isOver = false;
      let visits = 0;
      const visitor = () => {
        visits += 1;
        if (!isOver) setImmediate(visitor);
      };
      setImmediate(visitor);
      const report = await room.fsck();
      isOver = true;
      expect(report.ok).toBe(true);
      // One for each thousand of items, at least.
      expect(visits).toBeGreaterThanOrEqual(3);
    },
  );
});

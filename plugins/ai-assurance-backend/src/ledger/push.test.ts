import { createTestDatabases } from '@ai-assurance/test-kit';
import { artifactEvent, openTestLedger } from './__testUtils__/openTestLedger';
import { LedgerService } from './LedgerService';

// Both databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('pushes that come at once', () => {
  const databases = createTestDatabases();

  it.each(databases.eachSupportedId())(
    'are recorded in order under one head, and answered each for itself, %p',
    async id => {
      const opened = await openTestLedger(await databases.init(id));
      const { room, outbox } = opened;
      const service = room.ledger as LedgerService;
      const push = (...values: unknown[]) =>
        service.push(values, async () => true);
      const answers = await Promise.all([
        push(artifactEvent(1), artifactEvent(2)),
        push(artifactEvent(3, { type: 'nonsense' })),
        push(artifactEvent(2), artifactEvent(3)),
        push(artifactEvent(1, { time: '2026-11-22T12:00:00.000Z' })),
      ]);
      expect(
        answers.map(({ results }) =>
          results.map(({ outcome, evidenceId }) => [outcome, evidenceId]),
        ),
      ).toEqual([
        [
          ['accepted', '0'],
          ['accepted', '1'],
        ],
        [['refused', undefined]],
        [
          ['already-known', '1'],
          ['accepted', '2'],
        ],
        [['conflict', '0']],
      ]);
      expect(answers.map(answer => answer.acceptedCount)).toEqual([2, 0, 1, 0]);
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 3,
        headCount: 1,
      });
      let announced: unknown[] = [];
      await outbox.relay(async messages => {
        announced = messages;
      });
      expect(announced).toEqual([
        {
          topic: 'evidence.pushed',
          subjects: ['resource:default/digit-reader'],
        },
      ]);
    },
  );
});

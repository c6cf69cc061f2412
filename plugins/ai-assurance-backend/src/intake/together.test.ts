import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactEvent,
  model,
  openTestIntake,
} from './__testUtils__/openTestIntake';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('pushes that come at once', () => {
  const databases = createTestDatabases();

  it.each(databases.eachSupportedId())(
    'are recorded in order under few heads, and answered each for itself, %p',
    async id => {
      // PostgreSQL writes the first half while the second is read.
      const groupCount = id === 'SQLITE_3' ? 1 : 2;
      const { room, ledgerRoom, outbox } = await openTestIntake(
        await databases.init(id),
      );
      const push = (...values: unknown[]) =>
        room.receive(
          values.map(value => ({ value })),
          {
            origin: 'http',
            caller: 'user:default/mira',
            isAnswered: true,
            mayPush: async () => true,
            maySomewhere: async () => true,
            remedy: 'Ask its owner.',
          },
        );
      const answers = await Promise.all([
        push(artifactEvent(1), artifactEvent(2)),
        push(artifactEvent(3, { type: 'nonsense' })),
        push(artifactEvent(2), artifactEvent(3)),
        push(artifactEvent(1, { time: '2026-11-22T12:00:00.000Z' })),
      ]);
      expect(
        answers.map(results =>
          results.map(({ outcome, evidenceId }) => [outcome, evidenceId]),
        ),
      ).toEqual([
        [
          ['accepted', '0'],
          ['accepted', '1'],
        ],
        [['quarantined', undefined]],
        [
          ['already-known', '1'],
          ['accepted', '2'],
        ],
        [['conflict', '0']],
      ]);
      expect(await ledgerRoom.fsck()).toMatchObject({
        ok: true,
        itemCount: 3,
        headCount: groupCount,
      });
      const announced: unknown[] = [];
      await outbox.relay(async messages => void announced.push(...messages));
      expect(announced).toHaveLength(groupCount + 1);
      expect(announced).toContainEqual({
        topic: 'evidence.pushed',
        subjects: [model],
      });
    },
  );
});

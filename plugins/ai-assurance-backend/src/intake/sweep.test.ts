import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactEvent,
  as,
  openTestIntake,
} from './__testUtils__/openTestIntake';
import { openTestQuarantine } from './__testUtils__/openTestQuarantine';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const notYet = 'resource:default/not-yet';

describe('the quarantine, as time goes by,', () => {
  const databases = createTestDatabases();
  const start = async (
    databaseId: Parameters<typeof databases.init>[0] = 'SQLITE_3',
    options: Parameters<typeof openTestIntake>[1] = {},
  ) => openTestQuarantine(await databases.init(databaseId), options);

  it.each(databases.eachSupportedId())(
    'lets out by itself what became good, %p',
    async databaseId => {
      const { push, get, task, register, clock, ledgerRoom } = await start(
        databaseId,
      );
      await push(
        artifactEvent(1, { subject: notYet }),
        artifactEvent(2, { time: '2026-11-22T13:10:00.000Z' }),
        artifactEvent(3, { type: 'nonsense' }),
        artifactEvent(4, { type: 'io.ai-assurance.artifact.v9' }),
      );
      await task('quarantine-replay');
      const versions = async () =>
        Object.fromEntries(
          (await get('/quarantine')).body.items.map((item: any) => [
            item.id,
            [item.state, item.rowVersion, item.resolvedBy],
          ]),
        );
      expect(await versions()).toEqual({
        'artifact-1': ['waiting', 1, undefined],
        'artifact-2': ['waiting', 1, undefined],
        'artifact-3': ['waiting', 1, undefined],
        'artifact-4': ['waiting', 1, undefined],
      });
      register(notYet);
      clock.advance(10 * 60_000);
      await task('quarantine-replay');
      expect(await versions()).toEqual({
        'artifact-1': ['replayed', 2, 'ai-assurance.intake'],
        'artifact-2': ['replayed', 2, 'ai-assurance.intake'],
        'artifact-3': ['waiting', 1, undefined],
        'artifact-4': ['waiting', 1, undefined],
      });
      expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 2 });
    },
  );

  it('forgets what was resolved long ago, and nothing that waits', async () => {
    const { push, post, get, task, clock } = await start('SQLITE_3', {
      intake: { quarantine: { resolvedRetention: { days: 1 } } },
    });
    const [first] = await push(
      artifactEvent(1, { type: 'nonsense' }),
      artifactEvent(2, { type: 'nonsense' }),
    );
    await post(`/quarantine/${first.quarantineId}/discard`, {
      reason: 'A test run.',
      rowVersion: 1,
    });
    clock.advance(86_400_000);
    await task('quarantine-retention');
    expect((await get('/quarantine')).body.items).toHaveLength(2);
    clock.advance(1);
    await task('quarantine-retention');
    expect(
      (await get('/quarantine')).body.items.map((item: any) => item.id),
    ).toEqual(['artifact-2']);
  });

  it('answers as of then', async () => {
    const { push, post, get, clock } = await start();
    const [{ quarantineId }] = await push(
      artifactEvent(1, { type: 'nonsense' }),
    );
    clock.advance(60_000);
    await post(`/quarantine/${quarantineId}/discard`, {
      reason: 'A test run.',
      rowVersion: 1,
    });
    clock.advance(60_000);
    const then = async (asOf: string, query = '') =>
      (await get(`/quarantine?asOf=${asOf}${query}`)).body;
    const before = await then('2026-11-22T12:59:59.999Z');
    expect([before.items, before.waiting]).toEqual([[], []]);
    const waiting = await then('2026-11-22T13:00:30.000Z', '&state=waiting');
    expect(waiting).toMatchObject({
      items: [{ quarantineId, state: 'waiting', isTruncated: false }],
      waiting: [{ code: 'INVALID_ITEM', count: 1 }],
      asOf: { limits: [{ code: 'quarantine-of-today' }] },
    });
    const detail = await get(
      `/quarantine/${quarantineId}?asOf=2026-11-22T13:00:30.000Z`,
      as.administrator,
    );
    expect([
      detail.body.state,
      detail.body.mayResolve,
      detail.body.mayNotResolveReason,
    ]).toEqual([
      'waiting',
      false,
      'This is what was known then. Go back to now to resolve it.',
    ]);
    expect(
      (await then('2026-11-22T13:00:30.000Z', '&state=discarded')).items,
    ).toEqual([]);
    expect(
      (await then('2026-11-22T13:01:00.000Z', '&state=discarded')).items,
    ).toMatchObject([{ discardReason: 'A test run.' }]);
  });
});

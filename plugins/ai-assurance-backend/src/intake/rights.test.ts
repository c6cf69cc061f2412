import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactEvent,
  as,
  model,
  openTestIntake,
  service,
} from './__testUtils__/openTestIntake';
import { openTestPush } from './__testUtils__/openTestPush';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('the right to push evidence', () => {
  const databases = createTestDatabases();
  const start = async (options: Parameters<typeof openTestIntake>[1] = {}) =>
    openTestPush(await databases.init('SQLITE_3'), options);

  it('is asked for once for each subject', async () => {
    const { push, ledgerRoom, asked, quarantined } = await start();
    const mixed = await push(
      [
        artifactEvent(1),
        artifactEvent(2, { subject: service }),
        artifactEvent(3),
        artifactEvent(4, { subject: service, type: 'nonsense' }),
      ],
      undefined,
      { authorization: as.owner },
    );
    expect([mixed.status, mixed.body.acceptedCount]).toEqual([200, 2]);
    expect(mixed.body.results[1]).toEqual({
      index: 1,
      outcome: 'refused',
      code: 'NOT_ALLOWED',
      message:
        'You need the permission ai-assurance.evidence.push on component:default/digit-api. Usually its owner holds it.',
    });
    expect(mixed.body.results[3].code).toBe('NOT_ALLOWED');
    expect(asked).toEqual([
      'ai-assurance.evidence.push *',
      `ai-assurance.evidence.push ${model}`,
      `ai-assurance.evidence.push ${service}`,
    ]);
    expect(await quarantined()).toEqual([]);
    expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 2 });
  });

  it('is granted to a machine by its name in the configuration, which the answer says', async () => {
    const { push } = await start();
    const answer = await push([
      artifactEvent(1),
      artifactEvent(2, { subject: 'resource:default/others' }),
    ]);
    expect(answer.body.results[1]).toEqual({
      index: 1,
      outcome: 'refused',
      code: 'NOT_ALLOWED',
      message:
        'You need the permission ai-assurance.evidence.push on resource:default/others. List it among the subjects of the machine external:ci-pipeline in aiAssurance.machines.',
    });
  });

  it.each<[string, string, object | string, string]>([
    ['a stranger', as.stranger, [artifactEvent(1)], 'application/json'],
    ['a stranger with nonsense', as.stranger, '[{', 'application/json'],
    ['a stranger with an empty batch', as.stranger, '[]', 'application/json'],
    ['a stranger with lines', as.stranger, 'x\ny\n', 'application/x-ndjson'],
    [
      'a machine that is not listed',
      as.unlisted,
      [artifactEvent(1)],
      'application/json',
    ],
    [
      'a machine that is not listed, with nonsense',
      as.unlisted,
      '[{',
      'application/json',
    ],
    [
      'a machine with another’s subject',
      as.machine,
      [artifactEvent(1, { subject: 'resource:default/others' })],
      'application/json',
    ],
    [
      'an owner with another’s subject',
      as.owner,
      [artifactEvent(1, { subject: service })],
      'application/json',
    ],
    [
      'an owner with another’s subject in a bad item',
      as.owner,
      [artifactEvent(1, { subject: service, type: 'nonsense' })],
      'application/json',
    ],
  ])(
    'is not there for %s, who fills no quarantine',
    async (_who, authorization, body, contentType) => {
      const { push, ledgerRoom, quarantined } = await start();
      const answer = await push(body, contentType, { authorization });
      expect([answer.status, answer.body.error.code]).toEqual([
        403,
        'NOT_ALLOWED',
      ]);
      expect(answer.body.error.message).toMatch(
        /^You need the permission ai-assurance\.evidence\.push on /,
      );
      expect(await quarantined()).toEqual([]);
      expect(await ledgerRoom.answers.head()).toBe(undefined);
    },
  );

  it('is not there for nobody', async () => {
    const { push } = await start();
    const answer = await push([artifactEvent(1)], undefined, {
      authorization: as.nobody,
    });
    expect(answer.status).toBe(401);
  });

  it('goes as far as the bounds of what one sender may leave in quarantine, and beyond for what is good', async () => {
    const { push, quarantined } = await start({
      intake: { quarantine: { maxItems: 2 } },
    });
    const bad = (number: number) => artifactEvent(number, { type: 'nonsense' });
    const first = await push([bad(1), bad(2), bad(3)]);
    expect(
      first.body.results.map((result: any) => [result.outcome, result.code]),
    ).toEqual([
      ['quarantined', 'INVALID_ITEM'],
      ['quarantined', 'INVALID_ITEM'],
      ['refused', 'QUARANTINE_FULL'],
    ]);
    const mixed = await push([bad(3), artifactEvent(4), bad(1)]);
    expect([
      mixed.status,
      mixed.body.results.map((result: any) => result.outcome),
    ]).toEqual([200, ['refused', 'accepted', 'quarantined']]);
    const full = await push([bad(3)]);
    expect([full.status, full.body.error.code]).toEqual([
      429,
      'QUARANTINE_FULL',
    ]);
    expect(full.body.error.message).toMatch(
      /no room left for service:external:ci-pipeline: at most 2 items .* Replay or discard some, mend the sender, and send this again\.$/,
    );
    const other = await push([bad(3)], undefined, {
      authorization: as.administrator,
    });
    expect(other.status).toBe(200);
    expect(
      (await quarantined()).map((item: any) => [item.id, item.receivedCount]),
    ).toEqual(
      expect.arrayContaining([
        ['artifact-1', 2],
        ['artifact-2', 1],
        ['artifact-3', 1],
      ]),
    );
  });

  it('goes as far as the bytes of one sender, too', async () => {
    const { push } = await start({ intake: { quarantine: { maxBytes: 100 } } });
    const answer = await push(artifactEvent(1, { type: 'nonsense' }));
    expect([answer.status, answer.body.error.code]).toEqual([
      429,
      'QUARANTINE_FULL',
    ]);
  });
});

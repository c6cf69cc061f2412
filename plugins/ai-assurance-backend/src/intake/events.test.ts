import { createTestDatabases } from '@ai-assurance/test-kit';
import { mockServices } from '@backstage/backend-test-utils';
import {
  artifactEvent,
  model,
  openTestIntake,
  service,
} from './__testUtils__/openTestIntake';
import { EventsIntake, EVIDENCE_TOPIC } from './EventsIntake';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('evidence from the events service', () => {
  const databases = createTestDatabases();

  async function start(subjects: string[] | undefined = [model]) {
    const opened = await openTestIntake(await databases.init('SQLITE_3'));
    const logger = mockServices.logger.mock();
    let isAway = false;
    const intake = new EventsIntake({
      subjects,
      logger,
      pausesMs: [0, 0],
      async receive(arrivals, sender) {
        if (isAway) throw new Error('The database is away');
        return opened.room.receive(arrivals, sender);
      },
    });
    const events = mockServices.events();
    await intake.subscribe(events);
    const publish = (eventPayload: unknown, metadata?: any) =>
      events.publish({ topic: EVIDENCE_TOPIC, eventPayload, metadata });
    const waiting = () =>
      opened.db
        .knex('quarantine_item')
        .select('code', 'origin', 'caller', 'given_id', 'content')
        .orderBy('id');
    const recorded = async () =>
      (await opened.ledgerRoom.answers.list({ limit: 50 })).map(
        ({ item }) => item.id,
      );
    return {
      ...opened,
      intake,
      logger,
      publish,
      waiting,
      recorded,
      takeStoreAway: (away: boolean) => {
        isAway = away;
      },
    };
  }

  const event = artifactEvent(1);
  const { data, ...attributes } = event;
  const headers = (prefix: string) =>
    Object.fromEntries(
      Object.entries(attributes)
        .filter(([name]) => name !== 'datacontenttype')
        .map(([name, value]) => [`${prefix}${name}`, value]),
    );

  it.each<[string, unknown, Record<string, unknown>]>([
    ['an event', event, {}],
    ['a list of events', [event], {}],
    ['text', JSON.stringify(event), {}],
    ['bytes', Buffer.from(JSON.stringify(event)), {}],
    [
      'bytes that went through JSON',
      JSON.parse(JSON.stringify(Buffer.from(JSON.stringify([event])))),
      {},
    ],
    [
      'a Kafka message in binary mode',
      data,
      { ...headers('ce_'), 'content-type': 'application/json' },
    ],
    [
      'an HTTP request in binary mode',
      data,
      { ...headers('Ce-'), 'Content-Type': 'application/json; charset=utf-8' },
    ],
  ])('is recorded when it comes as %s', async (_what, payload, metadata) => {
    const { publish, recorded, waiting, ledgerRoom } = await start();
    await publish(payload, metadata);
    await publish(payload, metadata);
    expect(await recorded()).toEqual(['artifact-1']);
    expect((await ledgerRoom.answers.byId('0'))?.item).toEqual(event);
    expect(await waiting()).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', 'nonsense', 'NOT_JSON'],
    ['nothing', null, 'INVALID_ITEM'],
    ['another event', { some: 'event' }, 'INVALID_ITEM'],
    ['an event of no kind', artifactEvent(2, { type: 'x' }), 'INVALID_ITEM'],
    [
      'evidence about a subject that is not named',
      artifactEvent(2, { subject: service }),
      'NOT_ALLOWED',
    ],
    [
      'something unreadable about a subject that is not named',
      artifactEvent(2, { subject: service, type: 'x' }),
      'INVALID_ITEM',
    ],
  ])('is quarantined when it is %s', async (_what, payload, code) => {
    const { publish, recorded, waiting } = await start();
    await publish(payload);
    expect(await recorded()).toEqual([]);
    expect(await waiting()).toMatchObject([
      { code, origin: 'events', caller: 'events' },
    ]);
  });

  it('keeps the beginning of what is too large, since nobody hears that it is', async () => {
    const { publish, waiting, room } = await start();
    await publish(artifactEvent(1, { subject: 'x'.repeat(2_000_000) }));
    const [item] = await waiting();
    expect([item.code, item.content.length]).toEqual(['TOO_LARGE', 65_536]);
    await room.tasks[0].run();
  });

  it('may be about everything where the configuration says so', async () => {
    const { publish, recorded } = await start(['*']);
    await publish(artifactEvent(1, { subject: service }));
    expect(await recorded()).toEqual(['artifact-1']);
  });

  it('is not taken without a configuration, which the log says', async () => {
    const { publish, recorded, waiting, logger } = await start([]);
    await publish(event);
    expect([await recorded(), await waiting()]).toEqual([[], []]);
    expect(logger.info).toHaveBeenCalledWith(
      'Evidence from the events topic ai-assurance.evidence is not taken: name the subjects that it may be about in aiAssurance.intake.events.subjects',
    );
  });

  it('is tried again while the store is away, and then handed back to the bus', async () => {
    const { intake, takeStoreAway, recorded, logger } = await start();
    takeStoreAway(true);
    logger.warn.mockImplementationOnce(() => takeStoreAway(false));
    await intake.onEvent({ eventPayload: event });
    expect(await recorded()).toEqual(['artifact-1']);

    takeStoreAway(true);
    await expect(
      intake.onEvent({ eventPayload: artifactEvent(2) }),
    ).rejects.toThrow('The database is away');
    takeStoreAway(false);
    await intake.onEvent({ eventPayload: artifactEvent(2) });
    expect(await recorded()).toEqual(['artifact-2', 'artifact-1']);
  });
});

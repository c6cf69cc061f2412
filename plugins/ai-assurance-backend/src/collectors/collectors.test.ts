import { CollectorError } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactFact,
  model,
  openTestCollectors,
  otherModel,
  scriptedCollector,
  settings,
  startMs,
} from './__testUtils__/openTestCollectors';

const databases = createTestDatabases();
const minuteMs = 60_000;

async function open(id: any, subjects?: string[]) {
  const room = await openTestCollectors(await databases.init(id), {
    subjects,
  });
  const { collector, script } = scriptedCollector(async function* none() {});
  const round = (more: Partial<typeof settings> = {}) =>
    room.service.round(collector, { ...settings, ...more });
  /** A minute later. */
  const nextRound = async (more: Partial<typeof settings> = {}) => {
    room.clock.advance(minuteMs);
    await round(more);
  };
  return { ...room, collector, script, round, nextRound };
}

describe('what a collector finds', () => {
  it.each(databases.eachSupportedId())(
    'becomes evidence that names it, %p',
    async id => {
      const { script, round, evidence } = await open(id);
      script.collect = async function* two() {
        yield artifactFact(1);
        yield artifactFact(2);
      };
      await round();
      const [first, second, status] = await evidence();
      expect(first).toEqual({
        type: 'artifact',
        id: 'artifact-1',
        source: '/ai-assurance/collectors/shelf',
        envelope: {
          sourceSystem: 'shelf',
          collector: { id: 'shelf', version: '1' },
          collectedAt: '2026-11-22T13:00:00.000Z',
        },
        payload: artifactFact(1).payload,
      });
      expect(second.id).toBe('artifact-2');
      expect(status.payload).toEqual({
        collectorId: 'shelf',
        collectorVersion: '1',
        state: 'working',
        since: '2026-11-22T13:00:00.000Z',
        failureCode: null,
        failedRunCount: 0,
        lastSuccessAt: '2026-11-22T13:00:00.000Z',
        factCount: 2,
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'is recorded once, however often it is found, %p',
    async id => {
      const { script, round, nextRound, evidence, store } = await open(id);
      script.collect = async function* same() {
        yield artifactFact(1);
      };
      await round();
      await nextRound();
      await nextRound();
      expect((await evidence()).map(one => one.type)).toEqual([
        'artifact',
        'collection-status',
      ]);
      const source = (await store.list(model))[0];
      expect(source.state.factCount).toBe(1);
      expect(source.state.endedAtMs).toBe(startMs + 2 * minuteMs);
    },
  );

  it.each(databases.eachSupportedId())(
    'is a contradiction when another fact stands under its id: the first stays, %p',
    async id => {
      const { script, round, nextRound, evidence, statuses } = await open(id);
      script.collect = async function* first() {
        yield artifactFact(1);
      };
      await round();
      script.collect = async function* other() {
        yield artifactFact(1, { payload: artifactFact(5).payload } as any);
        yield artifactFact(2);
      };
      await nextRound();
      expect(await statuses()).toEqual([
        ['working', null],
        ['failing', 'contradiction'],
      ]);
      expect(
        (await evidence())
          .filter(one => one.type === 'artifact')
          .map(one => [one.id, one.payload.sizeBytes]),
      ).toEqual([
        ['artifact-1', 1],
        ['artifact-2', 2],
      ]);
    },
  );

  it.each(databases.eachSupportedId())(
    'is stated again by a newer version that reads it otherwise, and only then, %p',
    async id => {
      const { script, round, nextRound, evidence, statuses } = await open(id);
      script.collect = async function* first() {
        yield artifactFact(1);
        yield artifactFact(2);
      };
      await round();
      script.version = '2';
      script.collect = async function* otherwise() {
        yield artifactFact(1);
        yield artifactFact(2, { payload: artifactFact(7).payload } as any);
      };
      await nextRound();
      await nextRound();
      expect(
        (await evidence())
          .filter(one => one.type === 'artifact')
          .map(one => [one.id, one.envelope.collector.version]),
      ).toEqual([
        ['artifact-1', '1'],
        ['artifact-2', '1'],
        ['artifact-2#v2', '2'],
      ]);
      expect(await statuses()).toEqual([['working', null]]);
    },
  );

  it.each(databases.eachSupportedId())(
    'is kept although one of its neighbours is no evidence, and the run counts as failed, %p',
    async id => {
      const { script, round, evidence, statuses } = await open(id);
      script.collect = async function* mixed() {
        yield artifactFact(1);
        yield artifactFact(2, { payload: { version: '' } } as any);
        yield artifactFact(3, { subject: 'resource:default/unknown' });
        yield artifactFact(4, { timeMs: startMs + 10 * minuteMs });
        yield artifactFact(5, { timeMs: Number.NaN });
        yield artifactFact(6);
      };
      await round();
      expect((await evidence()).map(one => one.id)).toEqual([
        'artifact-1',
        'artifact-6',
        'collection_1',
      ]);
      expect(await statuses()).toEqual([['failing', 'invalid-fact']]);
    },
  );

  it.each(databases.eachSupportedId())(
    'may be about another subject of the catalog, %p',
    async id => {
      const { script, round, evidence } = await open(id, [model, otherModel]);
      script.collect = async function* elsewhere({ subject }) {
        if (subject.entityRef === model)
          yield artifactFact(1, { subject: otherModel });
      };
      await round();
      expect((await evidence()).map(one => one.type)).toContain('artifact');
    },
  );

  it.each(databases.eachSupportedId())(
    'is taken up to the limit of a run, %p',
    async id => {
      const { script, round, evidence, statuses } = await open(id);
      let letGo = 0;
      script.collect = async function* endless() {
        try {
          for (let n = 1; ; n += 1) yield artifactFact(n);
        } finally {
          letGo += 1;
        }
      };
      await round({ maxFacts: 3 });
      expect(
        (await evidence()).filter(one => one.type === 'artifact').length,
      ).toBe(3);
      expect(letGo).toBe(1);
      expect(await statuses()).toEqual([['working', null]]);
    },
  );
});

describe('a failing source', () => {
  it.each(databases.eachSupportedId())(
    'is stated when it fails, when its reason changes, every hour, and when it works again, %p',
    async id => {
      const { script, round, nextRound, statuses, clock, evidence } =
        await open(id);
      await round();
      script.collect = async function* down() {
        throw new CollectorError('unreachable', 'nobody answers');
      };
      await nextRound();
      await nextRound();
      script.collect = async function* refused() {
        throw new CollectorError('unauthorized', 'the token ran out');
      };
      await nextRound();
      clock.advance(60 * minuteMs);
      await nextRound();
      script.collect = async function* up() {};
      await nextRound();
      await nextRound();
      expect(await statuses()).toEqual([
        ['working', null],
        ['failing', 'unreachable'],
        ['failing', 'unauthorized'],
        ['failing', 'unauthorized'],
        ['working', null],
      ]);
      const hourly = (await evidence())[3].payload;
      expect(hourly).toEqual({
        collectorId: 'shelf',
        collectorVersion: '1',
        state: 'failing',
        since: '2026-11-22T13:01:00.000Z',
        failureCode: 'unauthorized',
        failedRunCount: 4,
        lastSuccessAt: '2026-11-22T13:00:00.000Z',
        factCount: 0,
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'keeps what it brought before it failed, %p',
    async id => {
      const { script, round, evidence, statuses } = await open(id);
      script.collect = async function* half() {
        yield artifactFact(1);
        throw new CollectorError(
          'partial-answer',
          'the second page is missing',
        );
      };
      await round();
      expect((await evidence())[0].id).toBe('artifact-1');
      expect(await statuses()).toEqual([['failing', 'partial-answer']]);
    },
  );

  it.each(databases.eachSupportedId())(
    'does not hold up the other subjects of its collector, %p',
    async id => {
      const { script, round, store } = await open(id, [model, otherModel]);
      script.collect = async function* one({ subject }) {
        if (subject.entityRef === model)
          throw new CollectorError('not-found', 'no such shelf');
        yield artifactFact(1, { subject: otherModel });
      };
      await round();
      const states = await store.ofCollector('shelf');
      expect(
        [model, otherModel].map(ref => states.get(ref)?.state.state),
      ).toEqual(['failing', 'working']);
    },
  );

  it.each(databases.eachSupportedId())(
    'is aborted when its time is up, also when it does not listen, %p',
    async id => {
      const { script, round, statuses, store } = await open(id);
      let told = 'nothing';
      script.collect = async function* deaf({ signal }) {
        signal.addEventListener('abort', () => {
          told = signal.reason.message;
        });
        yield artifactFact(1);
        await new Promise(() => {});
      };
      await round({ timeoutSeconds: 0.05 });
      expect(await statuses()).toEqual([['failing', 'timeout']]);
      expect(told).toBe('Not done within 0.05 s');
      expect((await store.list(model))[0].state.failure).toEqual({
        code: 'timeout',
        message: 'The run was not done within 0.05 s',
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'that breaks without a code is unexpected, and its words stay inside, %p',
    async id => {
      const { script, round, statuses, store, logger } = await open(id);
      script.collect = async function* broken() {
        throw new TypeError('Bearer s3cret-t0ken is no header');
      };
      await round();
      expect(await statuses()).toEqual([['failing', 'unexpected']]);
      expect((await store.list(model))[0].state.failure?.message).toBe(
        'The collector broke with a TypeError; the log has the place',
      );
      const logged = JSON.stringify(logger.warn.mock.calls);
      expect(logged).toContain('Collector shelf broke with a TypeError');
      expect(logged).not.toContain('s3cret');
    },
  );
});

describe('a run that was cut short by the portal', () => {
  it.each(databases.eachSupportedId())(
    'leaves no trace, and is made up for by the next, %p',
    async id => {
      const room = await openTestCollectors(await databases.init(id));
      let begun = () => {};
      const hasBegun = new Promise<void>(resolve => {
        begun = resolve;
      });
      const { collector } = scriptedCollector(async function* slow() {
        yield artifactFact(1);
        begun();
        await new Promise(() => {});
      });
      const running = room.service.round(collector, settings);
      await hasBegun;
      room.service.stop();
      await running;
      expect(await room.evidence()).toEqual([]);
      expect(await room.store.list(model)).toEqual([]);
      await room.service.round(collector, settings);
      expect(await room.evidence()).toEqual([]);
    },
  );

  it.each(databases.eachSupportedId())(
    'while it was being kept changes nothing: state, memory and evidence go together, %p',
    async id => {
      const { script, round, evidence, store, ledgerRoom } = await open(id);
      script.collect = async function* one({ memory }) {
        memory.write({ seen: 1 });
        yield artifactFact(1);
      };
      const append = jest
        .spyOn(ledgerRoom.ledger, 'append')
        .mockRejectedValueOnce(new Error('the power went'));
      await expect(round()).rejects.toThrow('the power went');
      expect(await store.list(model)).toEqual([]);
      expect(await evidence()).toEqual([]);
      append.mockRestore();
      await round();
      expect((await evidence()).map(one => one.type)).toEqual([
        'artifact',
        'collection-status',
      ]);
    },
  );
});

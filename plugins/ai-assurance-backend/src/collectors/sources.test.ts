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

describe('the memory of a collector', () => {
  it.each(databases.eachSupportedId())(
    'lasts from good run to good run, and not beyond its version, %p',
    async id => {
      const { script, round, nextRound } = await open(id);
      const seen: unknown[] = [];
      let ends = async () => {};
      script.collect = async function* remembering({ memory, lastSuccessMs }) {
        seen.push([memory.read(), lastSuccessMs]);
        memory.write({ runs: seen.length });
        await ends();
      };
      await round();
      await nextRound();
      ends = async () => {
        throw new CollectorError('unreachable', 'gone');
      };
      await nextRound();
      ends = async () => {};
      await nextRound();
      script.version = '2';
      await nextRound();
      expect(seen).toEqual([
        [undefined, undefined],
        [{ runs: 1 }, startMs],
        [{ runs: 2 }, startMs + minuteMs],
        [{ runs: 2 }, startMs + minuteMs],
        [undefined, undefined],
      ]);
    },
  );

  it.each(databases.eachSupportedId())(
    'is kept although a single fact was refused, %p',
    async id => {
      const { script, round, nextRound, statuses } = await open(id);
      const seen: unknown[] = [];
      script.collect = async function* partlyWrong({ memory }) {
        seen.push(memory.read());
        memory.write('seen');
        yield artifactFact(1, { payload: {} } as any);
      };
      await round();
      await nextRound();
      expect(seen).toEqual([undefined, 'seen']);
      expect(await statuses()).toEqual([['failing', 'invalid-fact']]);
    },
  );

  it.each(databases.eachSupportedId())('is bounded, %p', async id => {
    const { script, round, statuses } = await open(id);
    script.collect = async function* greedy({ memory }) {
      memory.write('x'.repeat(70_000));
    };
    await round();
    expect(await statuses()).toEqual([['failing', 'unexpected']]);
  });
});

describe('a round', () => {
  it.each(databases.eachSupportedId())(
    'asks those that are due, at most four at once, %p',
    async id => {
      const refs = Array.from(
        { length: 9 },
        (_, n) => `resource:default/m${n}`,
      );
      const { script, round, nextRound } = await open(id, refs);
      let running = 0;
      let most = 0;
      const asked: string[] = [];
      script.collect = async function* counted({ subject }) {
        running += 1;
        most = Math.max(most, running);
        asked.push(subject.entityRef);
        await new Promise(resolve => setImmediate(resolve));
        running -= 1;
      };
      await round();
      expect(most).toBe(4);
      expect([...asked].sort()).toEqual(refs);
      await round();
      expect(asked.length).toBe(9);
      await nextRound();
      expect(asked.length).toBe(18);
    },
  );

  it.each(databases.eachSupportedId())(
    'leaves alone whom the collector does not know, %p',
    async id => {
      const { script, round, records, statuses } = await open(id);
      records[0].annotations = {};
      script.collect = async function* never() {
        throw new Error('was asked');
      };
      await round();
      expect(await statuses()).toEqual([]);
    },
  );
});

describe('the list of sources', () => {
  it.each(databases.eachSupportedId())(
    'shows every source with its state, its failure and its next run, %p',
    async id => {
      const room = await open(id, [model, otherModel, 'resource:default/zzz']);
      const { script, collector, round, records, answersFor } = room;
      script.collect = async function* one({ subject }) {
        if (subject.entityRef === otherModel)
          throw new CollectorError('rate-limited', 'wait');
      };
      const last = records.pop()!;
      await round();
      records.push(last);
      const answers = answersFor(collector);
      const list = await answers.list({ limit: 10 }, undefined);
      expect(list.collectors).toEqual([
        {
          collectorId: 'shelf',
          title: 'Shelf of models',
          version: '1',
          isEnabled: true,
          everySeconds: 60,
          timeoutSeconds: 10,
          workingCount: 1,
          failingCount: 1,
          waitingCount: 1,
        },
      ]);
      expect(list.sources.map(one => [one.subject, one.state])).toEqual([
        [model, 'working'],
        [otherModel, 'failing'],
        ['resource:default/zzz', 'waiting'],
      ]);
      expect(list.sources[1]).toEqual({
        collectorId: 'shelf',
        title: 'Shelf of models',
        subject: otherModel,
        state: 'failing',
        sinceMs: startMs,
        lastRunMs: startMs,
        lastSuccessMs: undefined,
        failureCode: 'rate-limited',
        failureMessage: 'wait',
        failedRunCount: 1,
        factCount: 0,
        nextAskMs: startMs + minuteMs,
        evidenceId: list.sources[1].evidenceId,
      });
      const stated = await room.ledgerRoom.answers.byId(
        list.sources[1].evidenceId!,
      );
      expect(stated?.item.subject).toBe(otherModel);

      const page = await answers.list({ limit: 2 }, undefined);
      const rest = await answers.list(
        { limit: 2, cursor: page.nextCursor },
        undefined,
      );
      expect(
        [...page.sources, ...rest.sources].map(one => one.subject),
      ).toEqual([model, otherModel, 'resource:default/zzz']);
      expect(rest.nextCursor).toBe(undefined);
      expect(
        (await answers.list({ limit: 9, state: 'failing' }, undefined)).sources
          .length,
      ).toBe(1);
    },
  );

  it.each(databases.eachSupportedId())('can say how it was, %p', async id => {
    const { script, collector, round, nextRound, answersFor } = await open(id);
    await round();
    script.collect = async function* down() {
      throw new CollectorError('timeout', 'slow');
    };
    await nextRound();
    script.collect = async function* up() {};
    await nextRound();
    const limits: string[] = [];
    const then = async (atMs: number) => {
      const { sources } = await answersFor(collector).list(
        { limit: 10 },
        { atMs, limit: code => limits.push(code) },
      );
      return [sources[0].state, sources[0].sinceMs, sources[0].failureCode];
    };
    expect(await then(startMs - 1)).toEqual(['waiting', undefined, undefined]);
    expect(await then(startMs)).toEqual(['working', startMs, undefined]);
    expect(await then(startMs + minuteMs + 1)).toEqual([
      'failing',
      startMs + minuteMs,
      'timeout',
    ]);
    expect(await then(startMs + 2 * minuteMs)).toEqual([
      'working',
      startMs + 2 * minuteMs,
      undefined,
    ]);
    expect(limits.slice(0, 2)).toEqual([
      'catalog-of-today',
      'collections-at-changes',
    ]);
  });
});

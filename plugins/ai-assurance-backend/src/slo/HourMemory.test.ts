import { countingIds, createTestDatabases } from '@ai-assurance/test-kit';
import {
  minuteMs,
  openTestSlo,
  startMs,
  subject,
} from './__testUtils__/openTestSlo';
import { emptyHour, Hour, hourMs, hourOf, sumBefore } from './core/hours';
import { readingName } from './core/readings';
import { HourMemory } from './HourMemory';
import { SeriesStore } from './SeriesStore';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();
const dayMs = 24 * hourMs;

/** Ids of one replica are not those of another. */
const idsOf = (replica: string) => {
  const ids = countingIds();
  return { next: (prefix: string) => ids.next(`${prefix}_${replica}`) };
};

/** Good and total before an instant, told from the rows alone. */
async function storedBefore(store: SeriesStore, atMs: number) {
  const whole = (await store.seriesOf([subject])).find(
    one => one.segment === '',
  );
  if (!whole) throw new Error('There is no line yet');
  const { seriesId } = whole;
  const hours = await store.hoursAt([{ seriesId, hourMs: hourOf(atMs) }]);
  return sumBefore(hours.get(seriesId)?.get(hourOf(atMs)), atMs);
}

/** How often hours are asked of the database while `work` goes on. */
async function hourReads(work: () => Promise<void>) {
  const spies = (['hoursSince', 'hoursOfEach'] as const).map(name =>
    jest.spyOn(SeriesStore.prototype, name),
  );
  await work();
  const asked = spies.flatMap(spy =>
    spy.mock.calls.filter(call =>
      call.some(one => one instanceof Array && one.length > 0),
    ),
  );
  for (const spy of spies) spy.mockRestore();
  return asked.length;
}

describe('hours in memory', () => {
  it.each(databases.eachSupportedId())(
    'tell what the rows tell, whoever changed them and however late, %p',
    async id => {
      const knex = await databases.init(id);
      const replicas = [
        await openTestSlo(knex, { ids: idsOf('a') }),
        await openTestSlo(knex, { ids: idsOf('b') }),
      ];
      const store = new SeriesStore(replicas[0].db);
      const told = async (replica: (typeof replicas)[number]) => {
        const [objective] = await replica.room.answers.objectives(subject);
        return [
          objective.goodCount,
          objective.totalCount,
          ...objective.burnRates.map(rate => rate.longBurn),
          ...objective.burnRates.map(rate => rate.shortBurn),
        ];
      };
      const expected = async (
        replica: (typeof replicas)[number],
        endMs: number,
      ) => {
        const [{ burnRates }] = await replica.room.answers.objectives(subject);
        const counts = async (lengthMs: number) => {
          const from = await storedBefore(store, endMs - lengthMs);
          const to = await storedBefore(store, endMs);
          return {
            good: to.goodCount - from.goodCount,
            total: to.totalCount - from.totalCount,
          };
        };
        const burns = async (lengthMs: number) => {
          const { good, total } = await counts(lengthMs);
          return total > 0 ? (total - good) / total / (1 - 0.95) : null;
        };
        const all = await counts(dayMs);
        const longs = burnRates.map(rate => burns(rate.longWindowMs));
        const shorts = burnRates.map(rate => burns(rate.shortWindowMs));
        return [
          all.good,
          all.total,
          ...(await Promise.all([...longs, ...shorts])),
        ];
      };
      let seed = 7;
      const some = (most: number) => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % most;
      };
      let nowMs = startMs;
      for (let i = 0; i < 45; i += 1) {
        nowMs += (1 + some(6)) * minuteMs;
        const lateMs = [0, 0, 3, 20, 55, 70, 300][some(7)] * minuteMs;
        // Of now, and of what is late.
        for (const atMs of new Set([
          nowMs - minuteMs,
          nowMs - minuteMs - lateMs,
        ]))
          replicas[0].count(atMs, 10 + some(20), some(3));
        // Telemetry is sent to the first; who judges takes turns, at times of several in a row.
        const judge = some(3) === 0 ? 1 : 0;
        await replicas[0].evaluateAt(nowMs);
        if (judge === 1) await replicas[1].evaluateAt(nowMs);
        expect(await told(replicas[judge])).toEqual(
          await expected(replicas[judge], nowMs),
        );
      }
      // A day later everything is read once more.
      nowMs += dayMs - 3 * hourMs;
      replicas[0].count(nowMs - minuteMs, 50, 1);
      for (const replica of [replicas[1], replicas[0], replicas[1]]) {
        await replicas[0].evaluateAt(nowMs);
        await replica.evaluateAt(nowMs);
        expect(await told(replica)).toEqual(await expected(replica, nowMs));
      }
    },
  );

  it.each(databases.eachSupportedId())(
    'are not read again while nobody else changes them, %p',
    async id => {
      const knex = await databases.init(id);
      const one = await openTestSlo(knex, { ids: idsOf('a') });
      const other = await openTestSlo(knex, { ids: idsOf('b') });
      for (let minute = 1; minute <= 3; minute += 1) {
        one.count(startMs + minute * minuteMs, 20, 0);
        await one.evaluateAt(startMs + (minute + 1) * minuteMs);
      }
      one.count(startMs + 5 * minuteMs, 20, 0);
      expect(
        await hourReads(() => one.evaluateAt(startMs + 6 * minuteMs)),
      ).toBe(0);
      await other.evaluateAt(startMs + 6 * minuteMs);
      expect(
        await hourReads(() => one.evaluateAt(startMs + 6 * minuteMs)),
      ).toBeGreaterThan(0);
      // An earlier version of the suite counts on, and leaves no mark.
      await knex('slo_progress').update({ to_ms: startMs + 7 * minuteMs });
      expect(
        await hourReads(() => one.evaluateAt(startMs + 8 * minuteMs)),
      ).toBeGreaterThan(0);
    },
  );

  it.each(databases.eachSupportedId())(
    'stay what they were when a change of them fails, %p',
    async id => {
      const knex = await databases.init(id);
      const { room, count, evaluateAt, logger } = await openTestSlo(knex);
      for (let minute = 1; minute <= 3; minute += 1) {
        count(startMs + minute * minuteMs, 20, 0);
        await evaluateAt(startMs + (minute + 1) * minuteMs);
      }
      count(startMs + 5 * minuteMs, 20, 10);
      await knex.schema.alterTable('slo_progress', table =>
        table.renameColumn('to_ms', 'away'),
      );
      await evaluateAt(startMs + 6 * minuteMs);
      await knex.schema.alterTable('slo_progress', table =>
        table.renameColumn('away', 'to_ms'),
      );
      await evaluateAt(startMs + 7 * minuteMs);
      const [objective] = await room.answers.objectives(subject);
      expect([
        logger.error.mock.calls.length,
        objective.goodCount,
        objective.totalCount,
      ]).toEqual([1, 80, 90]);
    },
  );

  describe('of a line with two hours', () => {
    const reading = readingName(subject, 'telemetry|requests');
    const line = { subject, indicator: 'requests', segment: '' };
    const hour = (startHour: number, before: number, count: number): Hour => {
      const one = emptyHour(startHour * hourMs);
      one.good[0] = count;
      one.total[0] = count;
      return { ...one, before: { goodCount: before, totalCount: before } };
    };
    const open = async (id: Parameters<typeof databases.init>[0]) => {
      const { db } = await openTestSlo(await databases.init(id));
      const store = new SeriesStore(db);
      const [{ seriesId }] = await db.transaction(tx =>
        store.ensure(tx, [], [line]),
      );
      const save = (mark: string, hours: Hour[]) =>
        db.transaction(async tx => {
          await store.saveHours(
            tx,
            hours.map(one => ({ seriesId, hour: one })),
          );
          await store.saveProgress(tx, [
            {
              subject,
              reading: 'telemetry|requests',
              fromMs: 0,
              wholeFromMs: 0,
              toMs: 0,
              dayReadAtMs: 0,
              indicators: [],
              mark,
            },
          ]);
        });
      const needed = (...hours: number[]) => [
        {
          reading,
          seriesId,
          hoursMs: new Set(hours.map(one => one * hourMs)),
        },
      ];
      const sums = (found: Map<number, Map<number, Hour>>) =>
        Object.fromEntries(
          [...(found.get(seriesId) ?? [])].map(([atMs, one]) => [
            atMs / hourMs,
            sumBefore(one, (atMs / hourMs + 1) * hourMs).totalCount,
          ]),
        );
      const first = [hour(2, 0, 5), hour(9, 5, 7)];
      await save('first', first);
      const known = (memory: HourMemory) =>
        memory.changed(
          reading,
          new Map(),
          'first@0',
          new Map([
            [seriesId, { sinceMs: 8 * hourMs, hours: first, changed: [] }],
          ]),
          9 * hourMs,
        );
      return { db, store, save, needed, sums, known };
    };
    const firstMark = new Map([[reading, 'first@0']]);

    it.each(databases.eachSupportedId())(
      'are read as one where another changed them while they were asked for, %p',
      async id => {
        const { store, save, needed, sums, known } = await open(id);
        const memory = new HourMemory(store);
        known(memory);
        expect(
          sums(await memory.at(needed(3, 9), firstMark, 9 * hourMs)),
        ).toEqual({ 3: 5, 9: 12 });
        await save('second', [hour(2, 0, 105), hour(9, 105, 7)]);
        // Both are in memory: they are what they were at the mark.
        expect(
          await hourReads(async () =>
            expect(
              sums(await memory.at(needed(3, 9), firstMark, 9 * hourMs)),
            ).toEqual({ 3: 5, 9: 12 }),
          ),
        ).toBe(0);
        // The one that is read beside them is newer: a difference between them would be nobody's.
        expect(
          sums(await memory.at(needed(4, 9), firstMark, 9 * hourMs)),
        ).toEqual({ 4: 105, 9: 112 });
      },
    );

    it.each(databases.eachSupportedId())(
      'are read each time where there is no room to keep them, %p',
      async id => {
        const { store, needed, sums, known } = await open(id);
        const memory = new HourMemory(store, 1);
        known(memory);
        for (let i = 0; i < 2; i += 1)
          expect(
            await hourReads(async () =>
              expect(
                sums(await memory.at(needed(3, 9), firstMark, 9 * hourMs)),
              ).toEqual({ 3: 5, 9: 12 }),
            ),
          ).toBe(1);
      },
    );
  });
});

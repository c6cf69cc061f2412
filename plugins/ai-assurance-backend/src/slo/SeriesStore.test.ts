import { createTestDatabases } from '@ai-assurance/test-kit';
import { openTestSlo } from './__testUtils__/openTestSlo';
import { emptyHour, Hour, hourMs } from './core/hours';
import { SeriesStore } from './SeriesStore';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();

/** Thirty lines, in each of which some hours out of twelve counted something. */
async function open(id: Parameters<typeof databases.init>[0]) {
  const { db } = await openTestSlo(await databases.init(id));
  const store = new SeriesStore(db);
  const lines = await db.transaction(tx =>
    store.ensure(
      tx,
      [],
      Array.from({ length: 30 }, (_, i) => ({
        subject: `component:default/service-${i}`,
        indicator: 'requests',
        segment: '',
      })),
    ),
  );
  const hours = lines.flatMap(({ seriesId }, line) =>
    Array.from({ length: 12 }, (_, hour) => hour)
      .filter(hour => (line * 7 + hour * hour) % 3 !== 0)
      .map(hour => {
        const one: Hour = emptyHour(hour * hourMs);
        one.before = { goodCount: line + hour, totalCount: line + 2 * hour };
        one.good[59] = hour;
        one.total[59] = hour;
        return { seriesId, hour: one };
      }),
  );
  await db.transaction(tx => store.saveHours(tx, hours));
  /** What a line has, oldest first. */
  const of = (seriesId: number) =>
    hours.filter(one => one.seriesId === seriesId).map(({ hour }) => hour);
  const words = (hour: Hour | undefined) =>
    hour && [hour.startMs / hourMs, hour.before, hour.good, hour.total];
  return { db, store, lines, of, words };
}

describe('hours of many lines', () => {
  it.each(databases.eachSupportedId())(
    'are the last that began by each instant, in whichever way they are asked for, %p',
    async id => {
      const { store, lines, of, words } = await open(id);
      // Most ask for the same; the last two each for something else.
      const needed = lines.map(({ seriesId }, i) => ({
        seriesId,
        hoursMs: new Set(
          (i < 28 ? [11, 8, 3, 0] : [i - 20, 2]).map(hour => hour * hourMs),
        ),
      }));
      const expected = needed.map(({ seriesId, hoursMs }) =>
        [...hoursMs].map(atMs =>
          words(
            of(seriesId)
              .filter(hour => hour.startMs <= atMs)
              .pop(),
          ),
        ),
      );
      const each = await store.hoursOfEach(needed);
      const at = await store.hoursAt(
        needed.flatMap(({ seriesId, hoursMs }) =>
          [...hoursMs].map(atMs => ({ seriesId, hourMs: atMs })),
        ),
      );
      for (const found of [each, at])
        expect(
          needed.map(({ seriesId, hoursMs }) =>
            [...hoursMs].map(atMs => words(found.get(seriesId)?.get(atMs))),
          ),
        ).toEqual(expected);
    },
  );

  it.each(databases.eachSupportedId())(
    'are those since an hour with the last one before, however long ago that was, %p',
    async id => {
      const { db, store, lines, of, words } = await open(id);
      const wanted = lines.map(({ seriesId }, i) => ({
        seriesId,
        hourMs: (i % 2 === 0 ? 9 : 4) * hourMs,
      }));
      const found = await db.transaction(tx => store.hoursSince(tx, wanted));
      expect(
        wanted.map(({ seriesId }) => (found.get(seriesId) ?? []).map(words)),
      ).toEqual(
        wanted.map(({ seriesId, hourMs: fromMs }) =>
          [
            ...of(seriesId)
              .filter(hour => hour.startMs < fromMs)
              .slice(-1),
            ...of(seriesId).filter(hour => hour.startMs >= fromMs),
          ].map(words),
        ),
      );
    },
  );
});

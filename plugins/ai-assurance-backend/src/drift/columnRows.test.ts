import { mockServices } from '@backstage/backend-test-utils';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { openDatabase } from '../platform';
import { writeResults } from './DriftStore';
import { DriftResultRow } from './tables';

// Migrating a fresh database for each test takes seconds on a busy machine.
jest.setTimeout(60_000);

const subject = 'resource:default/digit-reader';
const point = (feature: string, over: Partial<DriftResultRow> = {}) => ({
  subject,
  feature,
  at_ms: 1_795_305_600_000,
  value: 0.1 + 0.2,
  status: 'pass',
  cohorts: null,
  ...over,
});

describe('rows by their columns', () => {
  const databases = createTestDatabases();

  it.each(databases.eachSupportedId())(
    'are kept as they are, whatever they hold, and replaced where they were, %p',
    async id => {
      const knex = await databases.init(id);
      const db = await openDatabase(
        mockServices.database({ knex, migrations: { skip: false } }),
      );
      const rows = [
        point(`"quoted", {braced}, back\\slash, new\nline, tab\t and 'NULL'`),
        point('größe 📏', { value: null, cohorts: '3p0.0123,7i' }),
        point('null', { value: 5e-324, cohorts: '\\N' }),
      ];
      await db.transaction(tx => writeResults(tx, rows));
      await db.transaction(tx => writeResults(tx, []));
      await db.transaction(tx =>
        writeResults(tx, [point('null', { value: null, status: 'fail' })]),
      );
      const stored = await knex('drift_result').orderBy('feature');
      const byFeature = new Map(stored.map(row => [row.feature, row]));
      expect(stored.length).toBe(3);
      for (const row of [
        rows[0],
        rows[1],
        point('null', { value: null, status: 'fail' }),
      ])
        expect({
          ...byFeature.get(row.feature),
          at_ms: Number(byFeature.get(row.feature).at_ms),
        }).toEqual(row);
    },
  );

  it.each(
    databases.eachSupportedId().filter(([id]) => id.startsWith('POSTGRES')),
  )('with a character that would tear them apart are refused, %p', async id => {
    const knex = await databases.init(id);
    const db = await openDatabase(
      mockServices.database({ knex, migrations: { skip: false } }),
    );
    for (const feature of ['a\u001fb', '\u001e'])
      await expect(
        db.transaction(tx => writeResults(tx, [point('fine'), point(feature)])),
      ).rejects.toThrow('A value holds a character that separates values');
    expect(await knex('drift_result')).toEqual([]);
  });
});

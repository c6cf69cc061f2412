import { createTestDatabases } from '@ai-assurance/test-kit';
import { nowMs, setUpStore, window } from './__testUtils__/store';

jest.setTimeout(60_000);
const databases = createTestDatabases();
const file = '../../migrations/20261122000200_create_telemetry';

describe.each(databases.eachSupportedId())(
  'the migration of the telemetry tables, %p',
  id => {
    it('goes down with rows in place and up again', async () => {
      const { db, record, reads } = await setUpStore(databases, id);
      await record([window(), window({ version: '2' })]);
      const migration = jest.requireActual(file);
      await migration.down(db.knex);
      expect(await db.knex.schema.hasTable('telemetry_window')).toBe(false);
      await migration.up(db.knex);
      await record([window()]);
      expect((await reads.intake(nowMs)).acceptedPoints).toBe(1);
    });
  },
);

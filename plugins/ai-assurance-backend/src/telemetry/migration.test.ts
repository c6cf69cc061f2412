import { createTestDatabases } from '@ai-assurance/test-kit';
import { batch, setUpStore, window } from './__testUtils__/store';
import { TelemetryStore } from './TelemetryStore';

jest.setTimeout(60_000);
const databases = createTestDatabases();
const files = [
  '20261122000200_create_telemetry',
  '20261122002000_receive_cumulative_telemetry',
  '20261122002100_create_telemetry_levels',
  '20261122003300_tell_environments_apart',
];

describe.each(databases.eachSupportedId())(
  'the migration of the telemetry tables, %p',
  id => {
    it('goes down with rows in place and up again', async () => {
      const { db, record } = await setUpStore(databases, id);
      await record([window(), window({ version: '2' })]);
      const migrations = files.map(file =>
        jest.requireActual(`../../migrations/${file}`),
      );
      for (const migration of [...migrations].reverse())
        await migration.down(db.knex);
      for (const table of ['window', 'cumulative', 'salt', 'batch_key'])
        expect(await db.knex.schema.hasTable(`telemetry_${table}`)).toBe(false);
      for (const migration of migrations) await migration.up(db.knex);
      // A process that starts on the new tables.
      const store = new TelemetryStore({
        maxSegments: 500,
        maxCumulativeStreams: 3,
      });
      await db.transaction(tx => store.record(tx, [batch([window()])]));
      expect((await db.knex('telemetry_window')).length).toBe(1);
    });
  },
);

import { mockServices } from '@backstage/backend-test-utils';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { openDatabase } from '../platform';
import { artifactDrafts, openTestLedger } from './__testUtils__/openTestLedger';

const migration = require('../../migrations/20261122000100_create_ledger.js');

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('the migration of the ledger', () => {
  const databases = createTestDatabases();

  it.each(databases.eachSupportedId())(
    'goes down and up again while nothing is recorded, %p',
    async id => {
      const knex = await databases.init(id);
      await openDatabase(
        mockServices.database({ knex, migrations: { skip: false } }),
      );
      await migration.down(knex);
      expect(await knex.schema.hasTable('ledger_item')).toBe(false);
      await migration.up(knex);
      expect(await knex('ledger_counter')).toMatchObject([
        { id: 1, frontier: '[]' },
      ]);
    },
  );

  it.each(databases.eachSupportedId())('never drops evidence, %p', async id => {
    const { db, room } = await openTestLedger(await databases.init(id));
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 2)));
    await expect(migration.down(db.knex)).rejects.toThrow(
      'The ledger holds 2 items of evidence. A migration never drops evidence: keep this version, or move the database aside.',
    );
    expect(await room.fsck()).toEqual({ ok: true, itemCount: 2, headCount: 1 });
  });
});

import { TestDatabases } from '@backstage/backend-test-utils';

/**
 * PostgreSQL and SQLite for store tests: `it.each(databases.eachSupportedId())`. PostgreSQL comes from the connection
 * string that the test command puts into the environment; without it only SQLite runs, and `npm test` fails because it
 * demands both.
 */
export function createTestDatabases(): TestDatabases {
  return TestDatabases.create({ ids: ['POSTGRES_18', 'SQLITE_3'] });
}

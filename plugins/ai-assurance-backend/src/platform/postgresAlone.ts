import { Db } from './database';

interface PostgresConnection {
  query(config: object): Promise<{ rows: any[]; rowCount: number | null }>;
}

/**
 * Runs one statement of PostgreSQL as a transaction of its own, in one round trip: it is committed when this resolves. The
 * connection keeps it prepared under its name. Name and text MUST be literals of ours.
 */
export async function postgresAlone(
  db: Db,
  statement: { name: string; text: string; values: unknown[] },
): Promise<{ rows: any[]; rowCount: number | null }> {
  const { client } = db.knex;
  const connection: PostgresConnection = await client.acquireConnection();
  try {
    return await connection.query(statement);
  } finally {
    await client.releaseConnection(connection);
  }
}

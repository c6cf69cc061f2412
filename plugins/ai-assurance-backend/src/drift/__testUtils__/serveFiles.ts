import { UrlReaderService } from '@backstage/backend-plugin-api';
import {
  mockServices,
  ServiceFactoryTester,
} from '@backstage/backend-test-utils';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Serves files over HTTP to the URL reader of a portal that allows this one host, and gives a directory that has to be empty
 * after every test. What begins with /slow never ends.
 */
export function serveFiles() {
  const files = new Map<string, Uint8Array | string>();
  const asked: string[] = [];
  let server: Server;
  let base: string;
  let reader: UrlReaderService;
  let directory: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url!.split('?')[0];
      asked.push(`${path} ${request.headers['if-none-match'] ?? ''}`.trim());
      const content = files.get(path);
      if (content === undefined) {
        response.writeHead(404).end();
        return;
      }
      if (path.startsWith('/slow')) {
        response.writeHead(200).write(content);
        return;
      }
      const etag = `"${createHash('sha256').update(content).digest('hex')}"`;
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304).end();
        return;
      }
      response
        .writeHead(200, {
          etag,
          'last-modified': 'Sun, 22 Nov 2026 10:00:00 GMT',
        })
        .end(content);
    }).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    base = `http://127.0.0.1:${port}`;
    const data = {
      backend: { reading: { allow: [{ host: `127.0.0.1:${port}` }] } },
    };
    reader = await ServiceFactoryTester.from(mockServices.urlReader.factory(), {
      dependencies: [mockServices.rootConfig.factory({ data })],
    }).getSubject();
    directory = mkdtempSync(join(tmpdir(), 'samples-'));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(() => {
    files.clear();
    asked.length = 0;
  });
  // Whatever became of a file, no copy of it stays.
  afterEach(() => {
    const left = readdirSync(directory);
    if (left.length > 0) throw new Error(`Left behind: ${left.join(', ')}`);
  });

  return {
    files,
    /** Paths that were asked for, with the ETag that was sent. */
    asked,
    base: () => base,
    reader: () => reader,
    directory: () => directory,
  };
}

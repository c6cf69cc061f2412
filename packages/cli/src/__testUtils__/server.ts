import { canonicalize } from '@ai-assurance/evidence';
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request brought. */
export interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** How a server misbehaves once; `ledger` is what it holds, `accept` what it does when it behaves. */
export type Misbehaviour = (
  response: ServerResponse,
  accept: () => unknown,
) => void;

/**
 * A server of the documented interface, over real sockets: items by source and id, known ones are known, others conflict. Each
 * request takes one misbehaviour from the list, if there is one left.
 */
export async function startServer(misbehaviours: Misbehaviour[] = []) {
  const ledger = new Map<string, string>();
  const received: Received[] = [];
  const left = [...misbehaviours];
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    received.push({
      path: `${request.method} ${request.url}`,
      authorization: request.headers.authorization,
      contentType: request.headers['content-type'],
      body,
    });
    const accept = () => ingest(ledger, JSON.parse(body));
    const misbehave = left.shift();
    if (misbehave) misbehave(response, accept);
    else answer(response, 200, accept());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    ledger,
    received,
    stop: () =>
      new Promise<void>(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Starts servers that are stopped after each test of the file that calls this. */
export function createServers() {
  let stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(stops.map(stop => stop()));
    stops = [];
  });
  return async (...misbehaviours: Misbehaviour[]) => {
    const server = await startServer(misbehaviours);
    stops.push(server.stop);
    return server;
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

export function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

type Item = { source: string; id: string; subject?: string };

function ingest(ledger: Map<string, string>, items: Item[]) {
  const results = items.map((item, index) => {
    const key = `${item.source} ${item.id}`;
    const text = canonicalize(item);
    const before = ledger.get(key);
    if (item.subject === undefined) {
      return {
        index,
        outcome: 'quarantined',
        quarantineId: `qua_${index}`,
        code: 'INVALID_ITEM',
        message: '/subject: Invalid input: expected string, received undefined',
      };
    }
    if (before === undefined) {
      ledger.set(key, text);
      return {
        index,
        outcome: 'accepted',
        evidenceId: String(ledger.size - 1),
      };
    }
    return before === text
      ? { index, outcome: 'already-known', evidenceId: '0' }
      : {
          index,
          outcome: 'conflict',
          evidenceId: '0',
          code: 'ID_CONFLICT',
          message: `id: ${item.id} of ${item.source} is already recorded with other content`,
        };
  });
  return {
    results,
    acceptedCount: results.filter(r => r.outcome === 'accepted').length,
  };
}

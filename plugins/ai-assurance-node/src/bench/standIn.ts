import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { AddressInfo, Socket } from 'node:net';
import { JsonValue } from '@backstage/types';

/** What a stand-in was asked. @public */
export interface StandInRequest {
  readonly method: string;
  /** Path without query, as it came. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a stand-in answers: JSON, or a text that may be none. @public */
export interface StandInAnswer {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: JsonValue;
  readonly text?: string;
}

/** Serves the documented API of a system, as far as a collector asks for it. @public */
export type StandInSystem = (
  request: StandInRequest,
) => StandInAnswer | Promise<StandInAnswer>;

/** Puts its own answer in the place of the system's; `undefined` leaves it to the system. */
export type Disturbance = (
  request: StandInRequest,
  response: ServerResponse,
  answer: StandInAnswer,
) => StandInAnswer | 'handled';

/** A running stand-in. @public */
export interface StandIn {
  readonly baseUrl: string;
  /** Everything that was asked since the start, oldest first. */
  readonly requests: readonly StandInRequest[];
  close(): Promise<void>;
}

/** A stand-in that can be made to misbehave; for the bench. */
export interface DisturbedStandIn extends StandIn {
  disturb(disturbance: Disturbance | undefined): void;
  forgetRequests(): void;
  /** Sockets on which a request is unanswered or half answered. */
  busySocketCount(): number;
  sentBytes(): number;
}

const maxBodyBytes = 4 * 1024 * 1024;

/** Starts a stand-in on a port of 127.0.0.1 that the system chooses. The caller MUST close it. @public */
export async function startStandIn(system: StandInSystem): Promise<StandIn> {
  return startDisturbed(system);
}

export async function startDisturbed(
  system: StandInSystem,
): Promise<DisturbedStandIn> {
  const requests: StandInRequest[] = [];
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  let disturbance: Disturbance | undefined;
  let bytesOfClosed = 0;

  const server = createServer(async (incoming, response) => {
    busy.add(incoming.socket);
    response.once('finish', () => busy.delete(incoming.socket));
    try {
      const request = await readRequest(incoming);
      requests.push(request);
      const answer = await system(request);
      const shown = disturbance?.(request, response, answer) ?? answer;
      if (shown !== 'handled') send(response, shown);
    } catch (error) {
      send(response, { status: 599, text: `stand-in: ${error}` });
    }
  });
  server.on('connection', socket => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      busy.delete(socket);
      bytesOfClosed += socket.bytesWritten;
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    requests,
    disturb: next => {
      disturbance = next;
    },
    forgetRequests: () => {
      requests.length = 0;
    },
    busySocketCount: () => busy.size,
    sentBytes: () =>
      [...sockets].reduce((sum, one) => sum + one.bytesWritten, bytesOfClosed),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<StandInRequest> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new Error('the request is too large');
    chunks.push(chunk);
  }
  const at = (incoming.url ?? '/').indexOf('?');
  const url = incoming.url ?? '/';
  return {
    method: incoming.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
    headers: Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        String(value),
      ]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

function send(response: ServerResponse, answer: StandInAnswer): void {
  if (response.headersSent) return;
  const isJson = answer.text === undefined;
  response.writeHead(answer.status ?? 200, {
    'content-type': isJson ? 'application/json' : 'text/plain',
    ...answer.headers,
  });
  response.end(isJson ? JSON.stringify(answer.json ?? {}) : answer.text);
}

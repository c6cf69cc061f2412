import { ServerResponse } from 'node:http';
import { CollectionFailureCode } from '../collector';
import { Disturbance } from './standIn';

/** A way in which systems fail, and the codes that may tell of it. */
export interface Failure {
  readonly name: string;
  readonly codes: readonly CollectionFailureCode[];
  readonly disturb: Disturbance;
}

/** The error page quotes what it was sent, as some proxies do: the collector must not pass it on. */
const answering =
  (status: number): Disturbance =>
  request => ({
    status,
    text: `refused: ${JSON.stringify(request.headers)}`,
    headers: { 'retry-after': '30' },
  });

const saying =
  (text: string): Disturbance =>
  () => ({ text, headers: { 'content-type': 'application/json' } });

const handle =
  (work: (response: ServerResponse) => void): Disturbance =>
  (_request, response) => {
    work(response);
    return 'handled';
  };

/** Bytes that the flood is ready to send: far more than any collector may read. */
export const floodBytes = 256 * 1024 * 1024;

function flood(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('["');
  const chunk = 'x'.repeat(64 * 1024);
  let left = floodBytes;
  const more = () => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', more);
        return;
      }
    }
    if (!response.destroyed) response.end('"]');
  };
  more();
}

export const failures: Failure[] = [
  { name: 'answers 401', codes: ['unauthorized'], disturb: answering(401) },
  { name: 'answers 403', codes: ['unauthorized'], disturb: answering(403) },
  { name: 'answers 404', codes: ['not-found'], disturb: answering(404) },
  { name: 'answers 429', codes: ['rate-limited'], disturb: answering(429) },
  { name: 'answers 500', codes: ['server-error'], disturb: answering(500) },
  { name: 'answers 503', codes: ['server-error'], disturb: answering(503) },
  {
    name: 'breaks the connection',
    codes: ['unreachable'],
    disturb: handle(response => response.destroy()),
  },
  {
    name: 'breaks off in the middle of its answer',
    codes: ['unreachable', 'malformed-answer'],
    disturb: (_request, response, answer) => {
      const text = JSON.stringify(answer.json ?? {});
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': text.length + 10,
      });
      response.write(text.slice(0, Math.ceil(text.length / 2)), () =>
        response.destroy(),
      );
      return 'handled';
    },
  },
  {
    name: 'ends its answer too early',
    codes: ['malformed-answer'],
    disturb: (_request, _response, answer) => ({
      text: JSON.stringify(answer.json ?? {}).slice(0, -1),
    }),
  },
  {
    name: 'answers with a page for people',
    codes: ['malformed-answer'],
    disturb: saying('<!doctype html><title>Sign in</title>'),
  },
  {
    name: 'answers with nothing',
    codes: ['malformed-answer'],
    disturb: saying(''),
  },
  {
    name: 'answers null',
    codes: ['malformed-answer'],
    disturb: saying('null'),
  },
  {
    name: 'answers with a text',
    codes: ['malformed-answer'],
    disturb: saying('"ok"'),
  },
  {
    name: 'answers with a list where an object belongs, or the other way round',
    codes: ['malformed-answer'],
    disturb: (_request, _response, answer) => ({
      json: Array.isArray(answer.json) ? {} : [],
    }),
  },
  {
    name: 'answers without end',
    codes: ['too-large'],
    disturb: handle(flood),
  },
];

/** Takes the request and never says a word. */
export const silent: Disturbance = handle(() => {});

/** Begins an answer and never ends it. */
export const stalling: Disturbance = handle(response => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{');
});

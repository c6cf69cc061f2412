import { createServer, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { RFC3161Timestamp } from '@sigstore/core';
import { X509Certificate } from 'node:crypto';
import recorded from './__fixtures__/timestamp.json';
import { nonceOf, timestampQuery } from './core/timestampQuery';
import { PublicationError, HeadToPublish } from './targets';
import { readTimestamp, timestampTarget } from './timestampTarget';

const query = Buffer.from(recorded.query, 'base64');
const response = Buffer.from(recorded.response, 'base64');
const stamped = Buffer.from(recorded.stamped);
const chance = { bytes: (length: number) => new Uint8Array(length).fill(255) };
const nonce = nonceOf(chance.bytes(8));
const stampedSha256 = Buffer.from(
  'a2e66e944e15557e49e4222721fd28e262032473ef93bb92e583171d22691dc3',
  'hex',
);

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return `${(error as PublicationError).code}: ${(error as Error).message}`;
  }
}

describe('a time-stamp', () => {
  it('is asked for as OpenSSL reads it', () => {
    expect(Buffer.from(timestampQuery(stampedSha256, nonce))).toEqual(query);
  });

  it('has a nonce that is positive and in its shortest form', () => {
    for (const first of [0, 1, 126, 127, 128, 255]) {
      const [byte] = nonceOf(Uint8Array.of(first, 0, 0, 0, 0, 0, 0, 0));
      expect(byte > 0 && byte < 128).toBe(true);
    }
  });

  it('of OpenSSL is read, over these bytes and for this question', () => {
    expect(readTimestamp(response, stamped, nonce)).toEqual({
      timeMs: Date.parse('2026-11-22T17:47:48.000Z'),
    });
    // The stored bytes are enough for whoever trusts the authority's certificate.
    const { publicKey } = new X509Certificate(recorded.certificate);
    RFC3161Timestamp.parse(Buffer.from(response)).verify(stamped, publicKey);
  });

  it('over other bytes, or for another question, is refused', () => {
    expect(codeOf(() => readTimestamp(response, Buffer.from('x'), nonce))).toBe(
      'BAD_ANSWER: The time-stamp is over something else than the head.',
    );
    expect(
      codeOf(() => readTimestamp(response, stamped, Uint8Array.of(1))),
    ).toBe(
      'BAD_ANSWER: The time-stamp answers another question: its nonce is not ours.',
    );
  });

  it('that was not granted is refused', () => {
    // PKIStatusInfo with status 2, rejection, and no token.
    const rejection = Buffer.from('30053003020102', 'hex');
    expect(codeOf(() => readTimestamp(rejection, stamped, nonce))).toBe(
      'REFUSED: The time-stamp authority refused, with status 2.',
    );
  });

  it('cut or changed anywhere never passes for another', () => {
    for (let end = 0; end < response.length; end += 7)
      expect(
        codeOf(() => readTimestamp(response.subarray(0, end), stamped, nonce)),
      ).toMatch(/^(BAD_ANSWER|REFUSED)/);
    const at = response.indexOf(stampedSha256);
    const changed = Buffer.from(response);
    changed[at] = 0;
    expect(codeOf(() => readTimestamp(changed, stamped, nonce))).toBe(
      'BAD_ANSWER: The time-stamp is over something else than the head.',
    );
  });
});

describe('a time-stamp authority', () => {
  let server: Server;
  let answer: { status: number; bytes: Buffer };
  const asked: { type: string | undefined; body: Buffer }[] = [];

  beforeEach(async () => {
    asked.length = 0;
    answer = { status: 200, bytes: response };
    server = createServer(async (request, reply) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      asked.push({
        type: request.headers['content-type'],
        body: Buffer.concat(parts),
      });
      reply
        .writeHead(answer.status, {
          'content-type': 'application/timestamp-reply',
        })
        .end(answer.bytes);
    });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  });
  afterEach(() => new Promise(done => server.close(done)));

  const target = () =>
    timestampTarget(
      {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`,
        everyMs: 1000,
      },
      chance,
    );
  const head: HeadToPublish = {
    size: 3,
    rootHash: '00',
    checkpoint: recorded.stamped,
    signedAtMs: 1,
    proofFrom: async () => [],
    rootAt: async () => '',
  };

  it('is asked as RFC 3161 says, and its whole answer is kept', async () => {
    expect(await target().publish(head, 0)).toEqual({
      answer: recorded.response,
      heldSize: 3,
    });
    expect(asked).toEqual([
      { type: 'application/timestamp-query', body: query },
    ]);
  });

  it('that stamps something else, fails or talks nonsense is told apart', async () => {
    await expect(
      target().publish({ ...head, checkpoint: 'another' }, 0),
    ).rejects.toMatchObject({ code: 'BAD_ANSWER' });
    answer = { status: 503, bytes: Buffer.from('busy') };
    await expect(target().publish(head, 0)).rejects.toMatchObject({
      code: 'REFUSED',
    });
    answer = { status: 200, bytes: Buffer.from('<html>') };
    await expect(target().publish(head, 0)).rejects.toMatchObject({
      code: 'BAD_ANSWER',
    });
    answer = { status: 200, bytes: Buffer.alloc(300 * 1024) };
    await expect(target().publish(head, 0)).rejects.toMatchObject({
      code: 'UNREACHABLE',
    });
  });
});

import { hash } from 'node:crypto';
import { ASN1Obj, RFC3161Timestamp } from '@sigstore/core';
import { Chance } from '../../platform';
import { nonceOf, timestampQuery } from './core/timestampQuery';
import { post } from './http';
import { PublicationError, PublicationTarget } from './targets';

const timestampInfoOid = '1.2.840.113549.1.9.16.1.4';

/** What a time-stamp response states, read and compared with what was asked. */
export interface ReadTimestamp {
  timeMs: number;
}

/**
 * Reads a time-stamp response (RFC 3161) and checks that it was granted, over these bytes, for this question. Throws
 * PublicationError `BAD_ANSWER` or `REFUSED`. The authority's own signature is checked by whoever trusts its certificate:
 * `openssl ts -verify`.
 */
export function readTimestamp(
  response: Buffer,
  stamped: Uint8Array,
  nonce: Uint8Array,
): ReadTimestamp {
  const bad = (why: string) =>
    new PublicationError('BAD_ANSWER', `The time-stamp ${why}.`);
  let status: bigint;
  let digest: Buffer;
  let algorithm: string;
  let contentType: string;
  let timeMs: number;
  let echoed: Buffer | undefined;
  try {
    const root = ASN1Obj.parseBuffer(Buffer.from(response));
    const timestamp = new RFC3161Timestamp(root);
    status = timestamp.status;
    if (status !== 0n && status !== 1n)
      throw new PublicationError(
        'REFUSED',
        `The time-stamp authority refused, with status ${status}.`,
      );
    contentType = timestamp.eContentType;
    const info = timestamp.tstInfo;
    digest = info.messageImprintHashedMessage;
    algorithm = info.messageImprintHashAlgorithm;
    timeMs = info.genTime.getTime();
    // Behind version, policy, imprint, serial number and time the only integer is the nonce.
    echoed = info.root.subs.slice(5).find(sub => sub.tag.isInteger())?.value;
  } catch (error) {
    if (error instanceof PublicationError) throw error;
    throw bad(`cannot be read: ${(error as Error).message}`);
  }
  if (contentType !== timestampInfoOid) throw bad('holds something else');
  if (algorithm !== 'sha256') throw bad('is not over a SHA-256');
  if (!digest.equals(hash('sha256', Buffer.from(stamped), 'buffer')))
    throw bad('is over something else than the head');
  if (!echoed || !echoed.equals(Buffer.from(nonce)))
    throw bad('answers another question: its nonce is not ours');
  if (!Number.isFinite(timeMs)) throw bad('names no time');
  return { timeMs };
}

/** Has the text of heads time-stamped (RFC 3161), and keeps the responses. */
export function timestampTarget(
  settings: { url: string; everyMs: number },
  chance: Chance,
): PublicationTarget {
  return {
    name: `timestamp:${settings.url}`.slice(0, 200),
    type: 'timestamp',
    everyMs: settings.everyMs,
    async publish(head) {
      const stamped = Buffer.from(head.checkpoint, 'utf8');
      const nonce = nonceOf(chance.bytes(8));
      const answer = await post(
        settings.url,
        'application/timestamp-query',
        timestampQuery(hash('sha256', stamped, 'buffer'), nonce),
      );
      if (answer.status !== 200)
        throw new PublicationError(
          'REFUSED',
          `The time-stamp authority ${settings.url} answered ${answer.status}.`,
        );
      readTimestamp(answer.bytes, stamped, nonce);
      return { answer: answer.bytes.toString('base64'), heldSize: head.size };
    },
  };
}

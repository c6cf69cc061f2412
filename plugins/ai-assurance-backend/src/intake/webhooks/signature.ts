import { createHmac, timingSafeEqual } from 'node:crypto';

/** How a sender signs what it delivers. */
export interface SignatureScheme {
  /** Header with the signature, in lower case. */
  header: string;
  algorithm: 'sha256' | 'sha512';
  encoding: 'hex' | 'base64';
  /** Stands before each signature, for example `sha256=`. Signatures without it are none. */
  prefix: string;
  /** Header with the epoch seconds that are signed before the body, with a dot between; in lower case. */
  timestampHeader?: string;
  /** How far the time of sending may lie from now, in seconds. */
  toleranceSeconds: number;
}

const maxSignatures = 10;

/**
 * Whether one of the signatures of a delivery was made with one of the secrets. Several secrets, and several signatures,
 * stand beside each other while a secret is changed. Takes the same time whichever bytes differ.
 */
export function isSigned(
  delivery: {
    body: Uint8Array;
    headers: Record<string, string | string[] | undefined>;
    nowMs: number;
  },
  scheme: SignatureScheme,
  secrets: readonly string[],
): boolean {
  const given = delivery.headers[scheme.header];
  if (typeof given !== 'string') return false;
  const stamp = stampOf(delivery, scheme);
  if (stamp === undefined) return false;
  const signatures = given
    .split(',')
    .slice(0, maxSignatures)
    .map(one => one.trim())
    .filter(one => one.startsWith(scheme.prefix))
    .map(one => Buffer.from(one.slice(scheme.prefix.length)));
  let isGood = false;
  for (const secret of secrets) {
    const hmac = createHmac(scheme.algorithm, secret);
    hmac.update(stamp).update(delivery.body);
    const expected = Buffer.from(hmac.digest(scheme.encoding));
    for (const signature of signatures) {
      const isSame =
        signature.length === expected.length &&
        timingSafeEqual(signature, expected);
      isGood = isGood || isSame;
    }
  }
  return isGood;
}

/** What is signed before the body; `undefined` when the delivery was signed too long ago, or does not say when. */
function stampOf(
  { headers, nowMs }: { headers: Record<string, unknown>; nowMs: number },
  { timestampHeader, toleranceSeconds }: SignatureScheme,
): string | undefined {
  if (timestampHeader === undefined) return '';
  const stamp = headers[timestampHeader];
  if (typeof stamp !== 'string' || !/^[0-9]{1,12}$/.test(stamp))
    return undefined;
  const ageMs = Math.abs(nowMs - Number(stamp) * 1000);
  return ageMs <= toleranceSeconds * 1000 ? `${stamp}.` : undefined;
}

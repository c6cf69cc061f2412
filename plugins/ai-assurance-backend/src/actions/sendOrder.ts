import { createHmac } from 'node:crypto';
import { instantOf, readBigint } from '../platform';
import { SendOutcome } from './core/order';
import { RollbackSettings, urlFor } from './settings';
import { ActionOrderRow } from './tables';

/** Nothing left this machine when a connection failed in one of these ways. */
const notSentCodes = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

function failureCode(error: unknown): string {
  const { name, cause } = error as {
    name?: string;
    cause?: { code?: unknown };
  };
  if (name === 'TimeoutError') return 'TIMEOUT';
  return typeof cause?.code === 'string' ? cause.code : 'NETWORK';
}

/**
 * Posts an order once and says how that ended; never throws. The body is signed as our own webhooks are: HMAC-SHA256 over
 * the epoch seconds in `x-ai-assurance-timestamp`, a dot, and the bytes of the body. `idempotency-key` is the id of the
 * order. No redirect is followed: an order goes where it was told to go, or nowhere.
 */
export async function sendOrder(
  row: ActionOrderRow,
  settings: RollbackSettings,
  nowMs: number,
): Promise<SendOutcome> {
  const body = JSON.stringify({
    orderId: row.order_id,
    action: 'rollback',
    subject: row.subject,
    fromVersion: row.from_version,
    fromDigest: row.from_digest,
    toVersion: row.to_version,
    toDigest: row.to_digest,
    orderedBy: row.ordered_by,
    orderedAt: instantOf(readBigint(row.ordered_at_ms)),
    reason: row.reason,
  });
  const stamp = String(Math.floor(nowMs / 1000));
  const signature = createHmac('sha256', settings.secret)
    .update(`${stamp}.`)
    .update(body)
    .digest('hex');
  try {
    const response = await fetch(urlFor(settings, row.subject), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': row.order_id,
        'x-ai-assurance-timestamp': stamp,
        'x-ai-assurance-signature': `sha256=${signature}`,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(settings.timeoutMs),
    });
    // What it says beyond its status is not kept: it could be anything.
    await response.body?.cancel();
    return { kind: 'answered', status: response.status };
  } catch (error) {
    const code = failureCode(error);
    return notSentCodes.includes(code)
      ? { kind: 'not-sent', code }
      : { kind: 'no-answer', code };
  }
}

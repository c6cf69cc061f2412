import { replyOfFailure } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { parseEntityRef } from '@backstage/catalog-model';
import { createHmac } from 'node:crypto';
import { instantOf, readBigint } from '../platform';
import { answeredAs, SendOutcome } from './core/order';
import { ActionOrderRow } from './tables';
import { RollbackWay } from './types';

/** Where orders to roll back are posted. */
export interface WebhookSettings {
  /** With `{kind}`, `{namespace}` and `{name}` of the service. */
  urlTemplate: string;
  secret: string;
  timeoutMs: number;
  /** Services that it knows; `*` for all. */
  subjects: string[];
  /** Whether and how it is undone, in words. */
  undo: string;
}

/** The address for one service, `kind:namespace/name`. */
export function urlFor(urlTemplate: string, subject: string): string {
  const { kind, namespace, name } = parseEntityRef(subject);
  const parts: Record<string, string> = { kind, namespace, name };
  return urlTemplate.replace(/\{(kind|namespace|name)\}/g, (_, key) =>
    encodeURIComponent(parts[key]),
  );
}

/** Rolls back by a system that is told with one signed request. */
export function webhookWay(settings: WebhookSettings): RollbackWay {
  const { urlTemplate, subjects, timeoutMs, undo } = settings;
  return {
    title: null,
    what: null,
    undo,
    timeoutMs,
    reaches: subject => subjects.includes('*') || subjects.includes(subject),
    address: subject => {
      const url = new URL(urlFor(urlTemplate, subject));
      return `${url.protocol}//${url.host}${url.pathname}`;
    },
    send: async (row, nowMs) => ({
      ...answeredAs(await post(row, settings, nowMs)),
      reference: null,
    }),
    // What was told has no name there that could be looked for.
    find: async () => undefined,
  };
}

/**
 * Posts an order once and says how that ended; never throws. The body is signed as our own webhooks are: HMAC-SHA256 over
 * the epoch seconds in `x-ai-assurance-timestamp`, a dot, and the bytes of the body. `idempotency-key` is the id of the
 * order. No redirect is followed: an order goes where it was told to go, or nowhere.
 */
async function post(
  row: ActionOrderRow,
  settings: WebhookSettings,
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
    const response = await fetch(urlFor(settings.urlTemplate, row.subject), {
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
    return replyOfFailure(error);
  }
}

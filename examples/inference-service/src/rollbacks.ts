import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LiveVersion } from './liveVersion';

/** Where orders to roll back arrive. */
export const ROLLBACK_ROUTE = '/v1/rollbacks';

const toleranceSeconds = 300;
/** Orders that are remembered, so that one that comes twice is carried out once. */
const rememberedOrders = 100;

/** An answer to an order. */
export interface OrderAnswer {
  status: number;
  body: object;
}

const refusal = (status: number, code: string, message: string) => ({
  status,
  body: { error: { code, message } },
});

/**
 * Carries out signed orders to put an earlier version back. The signature is HMAC-SHA256 over the epoch seconds in
 * `x-ai-assurance-timestamp`, a dot, and the bytes of the body; an order that was carried out is not carried out again.
 */
export class Rollbacks {
  readonly #live: LiveVersion;
  readonly #secret: string;
  readonly #nowMs: () => number;
  readonly #done = new Map<string, OrderAnswer>();

  constructor(
    live: LiveVersion,
    deps: { secret: string; nowMs: () => number },
  ) {
    this.#live = live;
    this.#secret = deps.secret;
    this.#nowMs = deps.nowMs;
  }

  /** Never throws: what is wrong with an order is its answer. */
  take(
    bytes: Uint8Array,
    headers: Record<string, string | string[] | undefined>,
  ): OrderAnswer {
    if (!this.#isSigned(bytes, headers))
      return refusal(
        401,
        'BAD_SIGNATURE',
        'The order is not signed, or too old',
      );
    const key = String(headers['idempotency-key'] ?? '');
    const before = this.#done.get(key);
    if (before) return before;
    const answer = this.#carryOut(bytes);
    if (key !== '') {
      this.#done.set(key, answer);
      if (this.#done.size > rememberedOrders)
        this.#done.delete(this.#done.keys().next().value!);
    }
    return answer;
  }

  #carryOut(bytes: Uint8Array): OrderAnswer {
    let order: { fromVersion?: unknown; toVersion?: unknown };
    try {
      order = JSON.parse(Buffer.from(bytes).toString('utf8'));
    } catch {
      return refusal(400, 'BAD_ORDER', 'The order is no JSON');
    }
    const live = this.#live.current.version;
    if (order?.fromVersion !== live)
      return refusal(
        409,
        'NOT_LIVE',
        `Version ${live} is live, not ${String(order?.fromVersion)}`,
      );
    const to = String(order.toVersion);
    if (!this.#live.switchTo(to, 'rollback'))
      return refusal(404, 'UNKNOWN_VERSION', `There is no version ${to} here`);
    return { status: 200, body: { live: to } };
  }

  #isSigned(
    bytes: Uint8Array,
    headers: Record<string, string | string[] | undefined>,
  ): boolean {
    const stamp = headers['x-ai-assurance-timestamp'];
    const given = headers['x-ai-assurance-signature'];
    if (typeof stamp !== 'string' || !/^[0-9]{1,12}$/.test(stamp)) return false;
    if (typeof given !== 'string') return false;
    if (Math.abs(this.#nowMs() / 1000 - Number(stamp)) > toleranceSeconds)
      return false;
    const expected = Buffer.from(
      `sha256=${createHmac('sha256', this.#secret)
        .update(`${stamp}.`)
        .update(bytes)
        .digest('hex')}`,
    );
    const signature = Buffer.from(given);
    return (
      signature.length === expected.length &&
      timingSafeEqual(signature, expected)
    );
  }
}

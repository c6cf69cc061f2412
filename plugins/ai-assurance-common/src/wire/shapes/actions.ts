// Actions that change production, on the wire.
import { z } from 'zod';
import { count, epochMs } from './basics';

/** What became of an order. @public */
export const ORDER_STATES = [
  'ordered',
  'sending',
  'done',
  'accepted',
  'refused',
  'unanswered',
] as const;
/** @public */
export type OrderState = (typeof ORDER_STATES)[number];
const orderState: z.ZodType<OrderState, OrderState> = z.enum(ORDER_STATES);

/** @public */
export const actionOrderShape = z.object({
  orderId: z.string(),
  state: orderState.describe(
    'accepted: taken and not done yet; unanswered: sent once, and whether it was carried out is not known',
  ),
  fromVersion: z.string(),
  toVersion: z.string(),
  orderedBy: z.string(),
  reason: z.string(),
  orderedAtMs: epochMs,
  answeredAtMs: epochMs.nullable(),
  answer: z.string().nullable().describe('What came back, in words'),
});

/** What a rollback would do. @public */
export const rollbackPlanShape = z.object({
  may: z.object({ allowed: z.boolean(), reason: z.string().optional() }),
  target: z
    .string()
    .nullable()
    .describe('Host that the order goes to; null: none is configured'),
  through: z
    .string()
    .nullable()
    .describe('The fleet manager that carries it out; null: a webhook'),
  what: z
    .string()
    .nullable()
    .describe('What it would put back where, in words; null: not told'),
  undo: z.string().describe('Whether and how it is undone, in words'),
  trafficWindowMs: z.number(),
  versions: z
    .array(
      z.object({
        version: z.string(),
        digest: z.string().nullable(),
        requestCount: count
          .nullable()
          .describe('Of the traffic window; null: suppressed'),
        lastSeenMs: epochMs.nullable(),
      }),
    )
    .describe('Those that can be named, newest first'),
  fromVersion: z
    .string()
    .nullable()
    .describe('Serves most of the traffic; null: none does'),
  toVersion: z
    .string()
    .nullable()
    .describe('Served before that one; null: none is known'),
  orders: z.array(actionOrderShape).describe('Newest first, at most 10'),
});

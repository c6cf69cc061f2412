import {
  RollbackOrder,
  RollbackRoute,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { readBigint } from '../platform';
import { ActionOrderRow } from './tables';
import { RollbackWay } from './types';

/** What an operator said of one fleet. */
export interface FleetSettings {
  subject: string;
  title: string;
  timeoutMs: number;
  undo: string;
}

/** Rolls one service back through the manager of its fleet. */
export function fleetWay(
  route: RollbackRoute,
  settings: FleetSettings,
): RollbackWay {
  const { subject, title, timeoutMs, undo } = settings;
  return {
    title,
    what: route.what,
    undo,
    timeoutMs,
    reaches: one => one === subject,
    address: () => route.address,
    send: row => route.send(orderOf(row), AbortSignal.timeout(timeoutMs)),
    find: row => route.find(orderOf(row), AbortSignal.timeout(timeoutMs)),
  };
}

function orderOf(row: ActionOrderRow): RollbackOrder {
  return {
    orderId: row.order_id,
    subject: row.subject,
    fromVersion: row.from_version,
    toVersion: row.to_version,
    orderedAtMs: readBigint(row.ordered_at_ms),
  };
}

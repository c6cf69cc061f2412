import { RollbackOrder, RollbackOutcome } from './rollbackManager';

/** How long it is looked for an order that no answer came to, in milliseconds. */
const lookMs = 5_000;

/** What an order is called in the fleet manager: unique, so that it is found again by its name. Pure. @public */
export function nameOfOrder(order: Pick<RollbackOrder, 'orderId'>): string {
  return `Roll back ${order.orderId}`;
}

/** An order that was found by its name: it arrived, although no answer said so. Pure. @public */
export function outcomeOfFound(reference: string): RollbackOutcome {
  return { state: 'accepted', status: null, code: 'FOUND', reference };
}

/**
 * What came of an order: as answered, or, where no answer came, what is found of it within five seconds. That it is not found
 * does not tell that it will not be there: it may still be on its way, and stays unanswered. Asks only; safe to repeat. @public
 */
export async function outcomeOrFound(
  outcome: RollbackOutcome,
  find: (signal: AbortSignal) => Promise<RollbackOutcome | undefined>,
): Promise<RollbackOutcome> {
  if (outcome.state !== 'unanswered') return outcome;
  return (await find(AbortSignal.timeout(lookMs))) ?? outcome;
}

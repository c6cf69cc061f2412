import { AsOf } from '../platform';

/** Whether an action is offered; never one in the past. */
export const hintOf = (
  isAllowed: boolean,
  asOf: AsOf | undefined,
  whyNot: string,
): { allowed: boolean; reason?: string } => {
  if (asOf) {
    return {
      allowed: false,
      reason: 'This is what was known then. Go back to now to do something.',
    };
  }
  return isAllowed ? { allowed: true } : { allowed: false, reason: whyNot };
};

export const onlyApprovers = 'Only approvers may approve a reference window.';

import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** What people were told of a budget and that still stands. */
export type ToldState = 'fail' | 'warn';

/** What people are to be told of one turn of a budget. */
export interface BudgetNotice {
  subject: string;
  title: string;
  recipients: string[];
  state: ToldState | 'over';
  /** In whole units of the currency, rounded. */
  spent: number;
  limit: number;
  currency: string;
  burnRate: number | null;
}

/**
 * What people are told when a verdict comes after what they were told: each turn once. What is not known says nothing, so that
 * reports that are late do not tell people twice.
 */
export function turnOf(
  told: ToldState | undefined,
  status: VerdictStatus,
): { told: ToldState | undefined; notice: BudgetNotice['state'] | undefined } {
  if (status === 'fail' || status === 'warn')
    return { told: status, notice: status === told ? undefined : status };
  if (status === 'pass')
    return { told: undefined, notice: told === undefined ? undefined : 'over' };
  return { told, notice: undefined };
}

/** One notice in words. */
export function noticeInWords(notice: BudgetNotice): {
  title: string;
  description: string;
} {
  const { title, state, spent, limit, currency, burnRate } = notice;
  const ofBudget = `${spent} of ${limit} ${currency} are spent`;
  if (state === 'fail')
    return {
      title: `${title}: the cost budget is spent`,
      description: `${ofBudget}.`,
    };
  if (state === 'warn')
    return {
      title: `${title}: the cost budget burns ${
        burnRate === null
          ? 'too fast'
          : `${Number(burnRate.toPrecision(3))} times as fast as it may`
      }`,
      description: `${ofBudget}.`,
    };
  return {
    title: `${title}: costs are within their budget again`,
    description: `${ofBudget}.`,
  };
}

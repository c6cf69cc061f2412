import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerAnswers, LedgerHistory } from '../ledger';
import {
  Clock,
  createTell,
  Db,
  Notifications,
  Outbox,
  Task,
} from '../platform';
import { BudgetService } from './BudgetService';
import { BudgetStore } from './BudgetStore';
import { DeclaredBudget, readBudget } from './core/budget';
import { LedgerCosts } from './LedgerCosts';
import { CostAnswers } from './types';

const root = 'aiAssurance.costs.budgets';

const judgeEverySeconds = 300;
const tellEverySeconds = 10;

export interface CostsDeps {
  db: Db;
  outbox: Outbox;
  ledger: Ledger;
  logger: LoggerService;
  notifications: Notifications;
  clock: Clock;
  /** The root config; `aiAssurance.costs` is read from it. */
  config: Config;
  subjects: SubjectAnswers;
  ledgerAnswers: LedgerAnswers & LedgerHistory;
}

/** What subjects cost and how their budgets burn. Throws InputError that names the key of a budget that cannot be read. */
export function createCosts(deps: CostsDeps): {
  answers: CostAnswers;
  tasks: Task[];
} {
  const budgets = new Map<string, DeclaredBudget>();
  const declared = deps.config.getOptionalConfigArray(root) ?? [];
  declared.forEach((own, index) => {
    const path = `${root}[${index}]`;
    const subject = own.getString('subject');
    const budget = readBudget(own.getString('budget'), `config ${path}`);
    if (!budget)
      throw new InputError(
        `${path}.budget: an amount, a currency and a window, for example “500 EUR/month” or “120 USD/7d”`,
      );
    if (budgets.has(subject))
      throw new InputError(`${path}.subject: has a budget already`);
    budgets.set(subject, budget);
  });
  const answers = new LedgerCosts({ ...deps, budgets });
  const service = new BudgetService({
    ...deps,
    tell: createTell(deps),
    store: new BudgetStore(deps.db),
    budgetOf: (subject, nowMs) => answers.budget(subject, nowMs),
  });
  return {
    answers,
    tasks: [
      {
        id: 'costs-judge',
        everySeconds: judgeEverySeconds,
        run: () => service.judge(deps.clock.nowMs()),
      },
      {
        id: 'costs-notify',
        everySeconds: tellEverySeconds,
        run: () => service.tell(),
      },
    ],
  };
}

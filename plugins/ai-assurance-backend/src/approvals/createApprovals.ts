import { UserInfoService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerAnswers, LedgerHistory, LedgerNewest } from '../ledger';
import { Access, Binder, Clock, Db, Ids, Outbox, Task } from '../platform';
import { ScorecardAnswers } from '../scorecards';
import { SloAnswers } from '../slo';
import { StoredApprovalAnswers } from './ApprovalAnswers';
import { ApprovalService } from './ApprovalService';
import { ApprovalStore } from './ApprovalStore';
import { readPolicies } from './readPolicies';
import { ReleaseReader } from './ReleaseReader';
import { registerApprovalRoutes } from './routes';
import { ApprovalAnswers } from './types';

export interface ApprovalDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerAnswers & LedgerHistory & LedgerNewest;
  subjects: SubjectAnswers;
  scorecards: ScorecardAnswers;
  /** What exhausted error budgets block; without it they block nothing. */
  slo?: Pick<SloAnswers, 'blockades'>;
  userInfo: UserInfoService;
  config: Config;
}

export interface Approvals {
  answers: ApprovalAnswers;
  tasks: Task[];
  registerRoutes(binder: Binder, access: Access): void;
}

const expireEverySeconds = 60;

/** Wires the room. Throws `InputError` `BAD_FILE` when the policy file is wrong: the start is refused. */
export function createApprovals(deps: ApprovalDeps): Approvals {
  const policies = readPolicies(
    deps.config.getOptionalString('aiAssurance.approvals.policyFile'),
  );
  const reader = new ReleaseReader(deps.db);
  const answers = new StoredApprovalAnswers({ ...deps, policies, reader });
  const service = new ApprovalService({
    ...deps,
    policies,
    reader,
    answers,
    store: new ApprovalStore(),
  });
  return {
    answers,
    tasks: [
      {
        id: 'approvals-expire',
        everySeconds: expireEverySeconds,
        run: () => service.expireOverdue(),
      },
    ],
    registerRoutes: (binder, access) =>
      registerApprovalRoutes(binder, access, service, answers),
  };
}

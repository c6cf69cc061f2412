import { Knex } from 'knex';
import {
  callerOf,
  digestB,
  edgeModel,
  entities,
  flagship,
  House,
  openHouse,
  recordVersion,
} from '../../tests/__testUtils__/house';
import { Ledger } from '../../ledger';
import { createScorecards } from '../../scorecards';
import { StoredApprovalAnswers } from '../ApprovalAnswers';
import { ApprovalService } from '../ApprovalService';
import { ApprovalStore } from '../ApprovalStore';
import { SloAnswers } from '../../slo';
import { readPolicies } from '../readPolicies';
import { ReleaseReader } from '../ReleaseReader';

export const mira = callerOf('user:default/mira');
export const ada = callerOf('user:default/ada');
export const tomas = callerOf('user:default/tomas');
export const sam = callerOf('user:default/sam');

export const proposal = {
  modelRef: edgeModel,
  version: '2',
  digest: digestB,
  cohorts: [flagship],
  reason: 'Smaller and faster',
};

/** The room on a house, with a way to break its ledger. */
export function roomsOf(house: House, policies = readPolicies(undefined)) {
  const scorecards = createScorecards(house);
  const reader = new ReleaseReader(house.db);
  const answers = new StoredApprovalAnswers({
    ...house,
    scorecards: scorecards.answers,
    policies,
    reader,
  });
  const store = new ApprovalStore();
  const deps = {
    ...house,
    scorecards: scorecards.answers,
    policies,
    reader,
    answers,
    store,
  };
  return {
    scorecards,
    answers,
    service: new ApprovalService(deps),
    withSlo: (slo: Pick<SloAnswers, 'blockades'>) =>
      new ApprovalService({ ...deps, slo }),
    withLedger: (ledger: Ledger) => new ApprovalService({ ...deps, ledger }),
  };
}

/** A house with one version of the edge model that is known and evaluated. */
export async function openApprovals(
  knex: Knex,
  change: { riskTier?: string } = {},
) {
  const house = await openHouse(knex, {
    entities: entities(change),
  });
  await recordVersion(house, edgeModel, '2', digestB);
  return { house, ...roomsOf(house) };
}

export const ballot = (
  vote: 'approve' | 'reject' = 'approve',
  rowVersion = 1,
  digest = digestB,
) => ({
  vote,
  rowVersion,
  digest,
  reason: 'Looked at the evidence',
});

/** Code of the error that a call is refused with. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return `${(error as Error).name} ${(error as { code?: string }).code}`;
  }
  return 'accepted';
}

import { AiAssuranceApi } from '@ai-assurance/backstage-plugin-ai-assurance-react';

/** A call that the test did not expect. Fails loudly, so that no test passes on a silence. */
const unexpected = (name: string) => async (): Promise<never> => {
  throw new Error(`${name} was not expected`);
};

/** An API for tests, with the given answers; every other call is refused. */
export function fakeApi(answers: Partial<AiAssuranceApi> = {}): AiAssuranceApi {
  return {
    getOverview: unexpected('getOverview'),
    getSubjectSummary: unexpected('getSubjectSummary'),
    getService: unexpected('getService'),
    getServiceSignals: unexpected('getServiceSignals'),
    listIncidents: unexpected('listIncidents'),
    openIncident: unexpected('openIncident'),
    moveIncident: unexpected('moveIncident'),
    checkRunbook: unexpected('checkRunbook'),
    getRollback: unexpected('getRollback'),
    orderRollback: unexpected('orderRollback'),
    addCorrection: unexpected('addCorrection'),
    withdrawCorrection: unexpected('withdrawCorrection'),
    getObjectives: unexpected('getObjectives'),
    exportOpenSlo: unexpected('exportOpenSlo'),
    exportRules: unexpected('exportRules'),
    checkOpenSlo: unexpected('checkOpenSlo'),
    getModel: unexpected('getModel'),
    getDrift: unexpected('getDrift'),
    getDriftCoverage: unexpected('getDriftCoverage'),
    getCohort: unexpected('getCohort'),
    listScorecards: unexpected('listScorecards'),
    listReleases: unexpected('listReleases'),
    proposeRelease: unexpected('proposeRelease'),
    getRelease: unexpected('getRelease'),
    voteOnRelease: unexpected('voteOnRelease'),
    withdrawRelease: unexpected('withdrawRelease'),
    approveReference: unexpected('approveReference'),
    listReferences: unexpected('listReferences'),
    pushEvidence: unexpected('pushEvidence'),
    listEvidence: unexpected('listEvidence'),
    getEvidence: unexpected('getEvidence'),
    getEvidenceFacets: unexpected('getEvidenceFacets'),
    redactEvidence: unexpected('redactEvidence'),
    getConsistency: unexpected('getConsistency'),
    listQuarantine: unexpected('listQuarantine'),
    getQuarantined: unexpected('getQuarantined'),
    replayQuarantined: unexpected('replayQuarantined'),
    replayAllQuarantined: unexpected('replayAllQuarantined'),
    discardQuarantined: unexpected('discardQuarantined'),
    getProof: unexpected('getProof'),
    listHeads: unexpected('listHeads'),
    getHeadOfSize: unexpected('getHeadOfSize'),
    getLedgerKeys: unexpected('getLedgerKeys'),
    getLedgerStatus: unexpected('getLedgerStatus'),
    checkLedger: unexpected('checkLedger'),
    getHead: unexpected('getHead'),
    listCollectors: unexpected('listCollectors'),
    getEvaluations: unexpected('getEvaluations'),
    listImportFormats: unexpected('listImportFormats'),
    importReport: unexpected('importReport'),
    listPacks: unexpected('listPacks'),
    createPack: unexpected('createPack'),
    downloadPack: unexpected('downloadPack'),
    ...answers,
  };
}

/** An answer that never comes, for the loading state. */
export const never = () => new Promise<never>(() => {});

import {
  ActionOrder,
  AnswerOf,
  BodyOf,
  CohortAnswer,
  Consistency,
  Correction,
  Evaluations,
  EvidenceDetail,
  EvidenceFacets,
  EvidenceList,
  Incident,
  ImportResult,
  IngestResult,
  LedgerCheck,
  LedgerStatus,
  ModelAnswer,
  Overview,
  Pack,
  Quarantined,
  QuarantinedDetail,
  QuarantineList,
  QuarantineReplay,
  QueryInputOf,
  Redaction,
  Reference,
  Release,
  RollbackPlan,
  Runbook,
  ServiceAnswer,
  ServiceSignals,
  SubjectSummary,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { parseEntityRef } from '@backstage/catalog-model';
import { DiscoveryApi, FetchApi } from '@backstage/frontend-plugin-api';
import {
  AiAssuranceApi,
  CallOptions,
  DriftOptions,
  RangeOptions,
} from './AiAssuranceApi';
import { AssuranceRequests } from './AssuranceRequests';

type QueryValues = Record<string, string | number | undefined>;

function subjectPath(entityRef: string): string {
  const { kind, namespace, name } = parseEntityRef(entityRef);
  return `/subjects/${[kind, namespace, name]
    .map(part => encodeURIComponent(part.toLocaleLowerCase('en-US')))
    .join('/')}`;
}

function queryText(values: QueryValues): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/**
 * Talks to `/api/ai-assurance` with the reader's sign-in.
 *
 * @public
 */
export class AiAssuranceClient implements AiAssuranceApi {
  readonly #requests: AssuranceRequests;

  constructor(options: { discoveryApi: DiscoveryApi; fetchApi: FetchApi }) {
    this.#requests = new AssuranceRequests(options);
  }

  getOverview({
    query,
    ...options
  }: CallOptions & {
    query?: QueryInputOf<'getOverview'>;
  } = {}): Promise<Overview> {
    return this.#requests.get(
      `/overview${queryText((query ?? {}) as QueryValues)}`,
      options,
    );
  }

  getSubjectSummary(
    entityRef: string,
    options?: CallOptions,
  ): Promise<SubjectSummary> {
    return this.#requests.get(`${subjectPath(entityRef)}/summary`, options);
  }

  getService(
    entityRef: string,
    options?: RangeOptions,
  ): Promise<ServiceAnswer> {
    return this.#ranged(entityRef, 'service', options);
  }

  getServiceSignals(
    entityRef: string,
    options?: RangeOptions,
  ): Promise<ServiceSignals> {
    return this.#ranged(entityRef, 'service/signals', options);
  }

  listIncidents(
    subject: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'listIncidents'>> {
    return this.#requests.get(`/incidents${queryText({ subject })}`, options);
  }

  openIncident(
    body: Omit<BodyOf<'openIncident'>, 'alertIds'> & { alertIds?: string[] },
  ): Promise<Incident> {
    return this.#requests.post('/incidents', body);
  }

  moveIncident(
    incidentId: string,
    body: BodyOf<'moveIncident'>,
  ): Promise<Incident> {
    return this.#requests.post(
      `/incidents/${encodeURIComponent(incidentId)}/state`,
      body,
    );
  }

  checkRunbook(body: BodyOf<'checkRunbook'>): Promise<Runbook> {
    return this.#requests.post('/runbooks/check', body);
  }

  getRollback(entityRef: string, options?: CallOptions): Promise<RollbackPlan> {
    return this.#requests.get(`${subjectPath(entityRef)}/rollback`, options);
  }

  orderRollback(
    entityRef: string,
    body: BodyOf<'orderRollback'>,
  ): Promise<ActionOrder> {
    return this.#requests.post(`${subjectPath(entityRef)}/rollback`, body);
  }

  getObjectives(
    entityRef: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'getObjectives'>> {
    return this.#requests.get(`${subjectPath(entityRef)}/objectives`, options);
  }

  exportOpenSlo(
    entityRef: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'exportOpenSlo'>> {
    return this.#requests.get(
      `${subjectPath(entityRef)}/objectives/openslo`,
      options,
    );
  }

  exportRules(
    entityRef: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'exportRules'>> {
    return this.#requests.get(
      `${subjectPath(entityRef)}/objectives/rules`,
      options,
    );
  }

  checkOpenSlo(body: {
    text: string;
    file?: string;
  }): Promise<AnswerOf<'checkOpenSlo'>> {
    return this.#requests.post('/objectives/check', body);
  }

  withdrawCorrection(
    correctionId: string,
    body: BodyOf<'withdrawCorrection'>,
  ): Promise<Correction> {
    return this.#requests.post(
      `/corrections/${encodeURIComponent(correctionId)}/withdraw`,
      body,
    );
  }

  addCorrection(body: BodyOf<'addCorrection'>): Promise<Correction> {
    return this.#requests.post('/corrections', body);
  }

  getModel(entityRef: string, options?: RangeOptions): Promise<ModelAnswer> {
    return this.#ranged(entityRef, 'model', options);
  }

  getDrift(
    entityRef: string,
    options: DriftOptions = {},
  ): Promise<AnswerOf<'getDrift'>> {
    const { rangeMinutes, cohort } = options;
    return this.#requests.get(
      `${subjectPath(entityRef)}/drift${queryText({ rangeMinutes, cohort })}`,
      options,
    );
  }

  getDriftCoverage({
    query,
    ...options
  }: CallOptions & {
    query?: QueryInputOf<'getDriftCoverage'>;
  } = {}): Promise<AnswerOf<'getDriftCoverage'>> {
    return this.#requests.get(
      `/drift/coverage${queryText((query ?? {}) as QueryValues)}`,
      options,
    );
  }

  getCohort(entityRef: string, options?: RangeOptions): Promise<CohortAnswer> {
    return this.#ranged(entityRef, 'cohort', options);
  }

  listScorecards({
    query,
    ...options
  }: CallOptions & {
    query?: QueryInputOf<'listScorecards'>;
  } = {}): Promise<AnswerOf<'listScorecards'>> {
    return this.#requests.get(
      `/scorecards${queryText((query ?? {}) as QueryValues)}`,
      options,
    );
  }

  listReleases(
    query: QueryInputOf<'listReleases'> = {},
    options?: CallOptions,
  ): Promise<AnswerOf<'listReleases'>> {
    const path = `/releases${queryText(query as QueryValues)}`;
    return this.#requests.get(path, options);
  }

  proposeRelease(body: BodyOf<'proposeRelease'>): Promise<Release> {
    return this.#requests.post('/releases', body);
  }

  getRelease(releaseId: string, options?: CallOptions): Promise<Release> {
    return this.#requests.get(
      `/releases/${encodeURIComponent(releaseId)}`,
      options,
    );
  }

  voteOnRelease(
    releaseId: string,
    body: BodyOf<'voteOnRelease'>,
  ): Promise<Release> {
    return this.#requests.post(
      `/releases/${encodeURIComponent(releaseId)}/votes`,
      body,
    );
  }

  withdrawRelease(
    releaseId: string,
    body: BodyOf<'withdrawRelease'>,
  ): Promise<Release> {
    return this.#requests.post(
      `/releases/${encodeURIComponent(releaseId)}/withdraw`,
      body,
    );
  }

  approveReference(body: BodyOf<'approveReference'>): Promise<Reference> {
    return this.#requests.post('/references', body);
  }

  listReferences(
    subject: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'listReferences'>> {
    const path = `/references${queryText({ subject })}`;
    return this.#requests.get(path, options);
  }

  pushEvidence(body: BodyOf<'pushEvidence'>): Promise<IngestResult> {
    return this.#requests.post('/evidence', body);
  }

  listEvidence(
    query: QueryInputOf<'listEvidence'> = {},
    options?: CallOptions,
  ): Promise<EvidenceList> {
    // Words that somebody looks for are nobody else's business: they go where no access log keeps them.
    if (query.text)
      return this.#requests.ask('/evidence/search', query, options);
    const path = `/evidence${queryText(query as QueryValues)}`;
    return this.#requests.get(path, options);
  }

  getEvidenceFacets(options?: CallOptions): Promise<EvidenceFacets> {
    return this.#requests.get('/evidence/facets', options);
  }

  getEvidence(
    evidenceId: string,
    options?: CallOptions,
  ): Promise<EvidenceDetail> {
    const path = `/evidence/${encodeURIComponent(evidenceId)}`;
    return this.#requests.get(path, options);
  }

  redactEvidence(
    evidenceId: string,
    body: BodyOf<'redactEvidence'>,
  ): Promise<Redaction> {
    return this.#requests.post(
      `/evidence/${encodeURIComponent(evidenceId)}/redaction`,
      body,
    );
  }

  getConsistency(
    query: QueryInputOf<'getConsistency'>,
    options?: CallOptions,
  ): Promise<Consistency> {
    const path = `/ledger/consistency${queryText(query as QueryValues)}`;
    return this.#requests.get(path, options);
  }

  getProof(
    evidenceId: string,
    query: QueryInputOf<'getProof'> = {},
    options?: CallOptions,
  ): Promise<string> {
    const path = `/evidence/${encodeURIComponent(evidenceId)}/proof`;
    return this.#requests.text(
      `${path}${queryText(query as QueryValues)}`,
      options,
    );
  }

  listHeads(
    query: QueryInputOf<'listHeads'> = {},
    options?: CallOptions,
  ): Promise<AnswerOf<'listHeads'>> {
    const path = `/ledger/heads${queryText(query as QueryValues)}`;
    return this.#requests.get(path, options);
  }

  getHeadOfSize(size: number, options?: CallOptions): Promise<string> {
    return this.#requests.text(`/ledger/heads/${size}`, options);
  }

  getLedgerKeys(options?: CallOptions): Promise<AnswerOf<'getLedgerKeys'>> {
    return this.#requests.get('/ledger/keys', options);
  }

  getLedgerStatus(options?: CallOptions): Promise<LedgerStatus> {
    return this.#requests.get('/ledger/status', options);
  }

  checkLedger(): Promise<LedgerCheck> {
    return this.#requests.post('/ledger/check', {});
  }

  getHead(options?: CallOptions): Promise<string> {
    return this.#requests.text('/ledger/head', options);
  }

  listQuarantine(
    query: QueryInputOf<'listQuarantine'> = {},
    options?: CallOptions,
  ): Promise<QuarantineList> {
    const path = `/quarantine${queryText(query as QueryValues)}`;
    return this.#requests.get(path, options);
  }

  getQuarantined(
    quarantineId: string,
    options?: CallOptions,
  ): Promise<QuarantinedDetail> {
    const path = `/quarantine/${encodeURIComponent(quarantineId)}`;
    return this.#requests.get(path, options);
  }

  replayQuarantined(
    quarantineId: string,
    body: BodyOf<'replayQuarantined'>,
  ): Promise<Quarantined> {
    return this.#requests.post(
      `/quarantine/${encodeURIComponent(quarantineId)}/replay`,
      body,
    );
  }

  replayAllQuarantined(
    body: Omit<BodyOf<'replayAllQuarantined'>, 'limit'>,
  ): Promise<QuarantineReplay> {
    return this.#requests.post('/quarantine/replay', body);
  }

  discardQuarantined(
    quarantineId: string,
    body: BodyOf<'discardQuarantined'>,
  ): Promise<Quarantined> {
    return this.#requests.post(
      `/quarantine/${encodeURIComponent(quarantineId)}/discard`,
      body,
    );
  }

  listCollectors(
    query: QueryInputOf<'listCollectors'> = {},
    options?: CallOptions,
  ): Promise<AnswerOf<'listCollectors'>> {
    const path = `/collectors${queryText(query as QueryValues)}`;
    return this.#requests.get(path, options);
  }

  getEvaluations(
    entityRef: string,
    options?: CallOptions,
  ): Promise<Evaluations> {
    return this.#requests.get(`${subjectPath(entityRef)}/evaluations`, options);
  }

  listImportFormats(
    options?: CallOptions,
  ): Promise<AnswerOf<'listImportFormats'>> {
    return this.#requests.get('/imports', options);
  }

  async importReport(
    format: string,
    query: QueryInputOf<'importReport'>,
    file: Blob,
  ): Promise<ImportResult> {
    const path = `/imports/${encodeURIComponent(format)}`;
    const response = await this.#requests.fetch(
      `${path}${queryText(query as QueryValues)}`,
      {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: file,
      },
    );
    return response.json();
  }

  listPacks(options?: CallOptions): Promise<AnswerOf<'listPacks'>> {
    return this.#requests.get('/audit/packs', options);
  }

  createPack(body: BodyOf<'createPack'>): Promise<Pack> {
    return this.#requests.post('/audit/packs', body);
  }

  async downloadPack(packId: string): Promise<Blob> {
    return (
      await this.#requests.fetch(
        `/audit/packs/${encodeURIComponent(packId)}/file`,
        {},
      )
    ).blob();
  }

  #ranged<T>(
    entityRef: string,
    page: string,
    options: RangeOptions = {},
  ): Promise<T> {
    return this.#requests.get<T>(
      `${subjectPath(entityRef)}/${page}${queryText({
        rangeMinutes: options.rangeMinutes,
      })}`,
      options,
    );
  }
}

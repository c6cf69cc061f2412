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
import { AiAssuranceError, errorFromResponse } from './AiAssuranceError';

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

function jsonPost(body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

/**
 * Talks to `/api/ai-assurance` with the reader's sign-in.
 *
 * @public
 */
export class AiAssuranceClient implements AiAssuranceApi {
  readonly #discoveryApi: DiscoveryApi;
  readonly #fetchApi: FetchApi;

  constructor(options: { discoveryApi: DiscoveryApi; fetchApi: FetchApi }) {
    this.#discoveryApi = options.discoveryApi;
    this.#fetchApi = options.fetchApi;
  }

  getOverview({
    query,
    ...options
  }: CallOptions & {
    query?: QueryInputOf<'getOverview'>;
  } = {}): Promise<Overview> {
    return this.#get(
      `/overview${queryText((query ?? {}) as QueryValues)}`,
      options,
    );
  }

  getSubjectSummary(
    entityRef: string,
    options?: CallOptions,
  ): Promise<SubjectSummary> {
    return this.#get(`${subjectPath(entityRef)}/summary`, options);
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
    return this.#get(`/incidents${queryText({ subject })}`, options);
  }

  openIncident(
    body: Omit<BodyOf<'openIncident'>, 'alertIds'> & { alertIds?: string[] },
  ): Promise<Incident> {
    return this.#post('/incidents', body);
  }

  moveIncident(
    incidentId: string,
    body: BodyOf<'moveIncident'>,
  ): Promise<Incident> {
    return this.#post(
      `/incidents/${encodeURIComponent(incidentId)}/state`,
      body,
    );
  }

  checkRunbook(body: BodyOf<'checkRunbook'>): Promise<Runbook> {
    return this.#post('/runbooks/check', body);
  }

  getRollback(entityRef: string, options?: CallOptions): Promise<RollbackPlan> {
    return this.#get(`${subjectPath(entityRef)}/rollback`, options);
  }

  orderRollback(
    entityRef: string,
    body: BodyOf<'orderRollback'>,
  ): Promise<ActionOrder> {
    return this.#post(`${subjectPath(entityRef)}/rollback`, body);
  }

  getObjectives(
    entityRef: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'getObjectives'>> {
    return this.#get(`${subjectPath(entityRef)}/objectives`, options);
  }

  exportOpenSlo(
    entityRef: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'exportOpenSlo'>> {
    return this.#get(`${subjectPath(entityRef)}/objectives/openslo`, options);
  }

  exportRules(
    entityRef: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'exportRules'>> {
    return this.#get(`${subjectPath(entityRef)}/objectives/rules`, options);
  }

  checkOpenSlo(body: {
    text: string;
    file?: string;
  }): Promise<AnswerOf<'checkOpenSlo'>> {
    return this.#post('/objectives/check', body);
  }

  withdrawCorrection(
    correctionId: string,
    body: BodyOf<'withdrawCorrection'>,
  ): Promise<Correction> {
    return this.#post(
      `/corrections/${encodeURIComponent(correctionId)}/withdraw`,
      body,
    );
  }

  addCorrection(body: BodyOf<'addCorrection'>): Promise<Correction> {
    return this.#post('/corrections', body);
  }

  getModel(entityRef: string, options?: RangeOptions): Promise<ModelAnswer> {
    return this.#ranged(entityRef, 'model', options);
  }

  getDrift(
    entityRef: string,
    options: DriftOptions = {},
  ): Promise<AnswerOf<'getDrift'>> {
    const { rangeMinutes, cohort } = options;
    return this.#get(
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
    return this.#get(
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
    return this.#get(
      `/scorecards${queryText((query ?? {}) as QueryValues)}`,
      options,
    );
  }

  listReleases(
    query: QueryInputOf<'listReleases'> = {},
    options?: CallOptions,
  ): Promise<AnswerOf<'listReleases'>> {
    const path = `/releases${queryText(query as QueryValues)}`;
    return this.#get(path, options);
  }

  proposeRelease(body: BodyOf<'proposeRelease'>): Promise<Release> {
    return this.#post('/releases', body);
  }

  getRelease(releaseId: string, options?: CallOptions): Promise<Release> {
    return this.#get(`/releases/${encodeURIComponent(releaseId)}`, options);
  }

  voteOnRelease(
    releaseId: string,
    body: BodyOf<'voteOnRelease'>,
  ): Promise<Release> {
    return this.#post(`/releases/${encodeURIComponent(releaseId)}/votes`, body);
  }

  withdrawRelease(
    releaseId: string,
    body: BodyOf<'withdrawRelease'>,
  ): Promise<Release> {
    return this.#post(
      `/releases/${encodeURIComponent(releaseId)}/withdraw`,
      body,
    );
  }

  approveReference(body: BodyOf<'approveReference'>): Promise<Reference> {
    return this.#post('/references', body);
  }

  listReferences(
    subject: string,
    options?: CallOptions,
  ): Promise<AnswerOf<'listReferences'>> {
    const path = `/references${queryText({ subject })}`;
    return this.#get(path, options);
  }

  pushEvidence(body: BodyOf<'pushEvidence'>): Promise<IngestResult> {
    return this.#post('/evidence', body);
  }

  listEvidence(
    query: QueryInputOf<'listEvidence'> = {},
    options?: CallOptions,
  ): Promise<EvidenceList> {
    // Words that somebody looks for are nobody else's business: they go where no access log keeps them.
    if (query.text) return this.#ask('/evidence/search', query, options);
    const path = `/evidence${queryText(query as QueryValues)}`;
    return this.#get(path, options);
  }

  getEvidenceFacets(options?: CallOptions): Promise<EvidenceFacets> {
    return this.#get('/evidence/facets', options);
  }

  getEvidence(
    evidenceId: string,
    options?: CallOptions,
  ): Promise<EvidenceDetail> {
    const path = `/evidence/${encodeURIComponent(evidenceId)}`;
    return this.#get(path, options);
  }

  redactEvidence(
    evidenceId: string,
    body: BodyOf<'redactEvidence'>,
  ): Promise<Redaction> {
    return this.#post(
      `/evidence/${encodeURIComponent(evidenceId)}/redaction`,
      body,
    );
  }

  getConsistency(
    query: QueryInputOf<'getConsistency'>,
    options?: CallOptions,
  ): Promise<Consistency> {
    const path = `/ledger/consistency${queryText(query as QueryValues)}`;
    return this.#get(path, options);
  }

  getProof(
    evidenceId: string,
    query: QueryInputOf<'getProof'> = {},
    options?: CallOptions,
  ): Promise<string> {
    const path = `/evidence/${encodeURIComponent(evidenceId)}/proof`;
    return this.#text(`${path}${queryText(query as QueryValues)}`, options);
  }

  listHeads(
    query: QueryInputOf<'listHeads'> = {},
    options?: CallOptions,
  ): Promise<AnswerOf<'listHeads'>> {
    const path = `/ledger/heads${queryText(query as QueryValues)}`;
    return this.#get(path, options);
  }

  getHeadOfSize(size: number, options?: CallOptions): Promise<string> {
    return this.#text(`/ledger/heads/${size}`, options);
  }

  getLedgerKeys(options?: CallOptions): Promise<AnswerOf<'getLedgerKeys'>> {
    return this.#get('/ledger/keys', options);
  }

  getLedgerStatus(options?: CallOptions): Promise<LedgerStatus> {
    return this.#get('/ledger/status', options);
  }

  checkLedger(): Promise<LedgerCheck> {
    return this.#post('/ledger/check', {});
  }

  getHead(options?: CallOptions): Promise<string> {
    return this.#text('/ledger/head', options);
  }

  listQuarantine(
    query: QueryInputOf<'listQuarantine'> = {},
    options?: CallOptions,
  ): Promise<QuarantineList> {
    const path = `/quarantine${queryText(query as QueryValues)}`;
    return this.#get(path, options);
  }

  getQuarantined(
    quarantineId: string,
    options?: CallOptions,
  ): Promise<QuarantinedDetail> {
    const path = `/quarantine/${encodeURIComponent(quarantineId)}`;
    return this.#get(path, options);
  }

  replayQuarantined(
    quarantineId: string,
    body: BodyOf<'replayQuarantined'>,
  ): Promise<Quarantined> {
    return this.#post(
      `/quarantine/${encodeURIComponent(quarantineId)}/replay`,
      body,
    );
  }

  replayAllQuarantined(
    body: Omit<BodyOf<'replayAllQuarantined'>, 'limit'>,
  ): Promise<QuarantineReplay> {
    return this.#post('/quarantine/replay', body);
  }

  discardQuarantined(
    quarantineId: string,
    body: BodyOf<'discardQuarantined'>,
  ): Promise<Quarantined> {
    return this.#post(
      `/quarantine/${encodeURIComponent(quarantineId)}/discard`,
      body,
    );
  }

  listCollectors(
    query: QueryInputOf<'listCollectors'> = {},
    options?: CallOptions,
  ): Promise<AnswerOf<'listCollectors'>> {
    const path = `/collectors${queryText(query as QueryValues)}`;
    return this.#get(path, options);
  }

  getEvaluations(
    entityRef: string,
    options?: CallOptions,
  ): Promise<Evaluations> {
    return this.#get(`${subjectPath(entityRef)}/evaluations`, options);
  }

  listImportFormats(
    options?: CallOptions,
  ): Promise<AnswerOf<'listImportFormats'>> {
    return this.#get('/imports', options);
  }

  async importReport(
    format: string,
    query: QueryInputOf<'importReport'>,
    file: Blob,
  ): Promise<ImportResult> {
    const path = `/imports/${encodeURIComponent(format)}`;
    const response = await this.#fetch(
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
    return this.#get('/audit/packs', options);
  }

  createPack(body: BodyOf<'createPack'>): Promise<Pack> {
    return this.#post('/audit/packs', body);
  }

  async downloadPack(packId: string): Promise<Blob> {
    return (
      await this.#fetch(`/audit/packs/${encodeURIComponent(packId)}/file`, {})
    ).blob();
  }

  #ranged<T>(
    entityRef: string,
    page: string,
    options: RangeOptions = {},
  ): Promise<T> {
    return this.#get<T>(
      `${subjectPath(entityRef)}/${page}${queryText({
        rangeMinutes: options.rangeMinutes,
      })}`,
      options,
    );
  }

  async #get<T>(path: string, options?: CallOptions): Promise<T> {
    return (await this.#read(path, options)).json();
  }

  async #text(path: string, options?: CallOptions): Promise<string> {
    return (await this.#read(path, options)).text();
  }

  /** A read that says in its body what it asks for. */
  async #ask<T>(
    path: string,
    body: unknown,
    options?: CallOptions,
  ): Promise<T> {
    return (await this.#read(path, options, jsonPost(body))).json();
  }

  /** The one way by which every read goes, so that none forgets the moment that it is about. */
  #read(
    path: string,
    options: CallOptions = {},
    init: RequestInit = {},
  ): Promise<Response> {
    const { signal, asOf } = options;
    const separator = path.includes('?') ? '&' : '?';
    const moment = asOf ? `${separator}asOf=${encodeURIComponent(asOf)}` : '';
    return this.#fetch(`${path}${moment}`, { ...init, signal });
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    const response = await this.#fetch(path, jsonPost(body));
    return response.json();
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const baseUrl = await this.#discoveryApi.getBaseUrl('ai-assurance');
    let response: Response;
    try {
      response = await this.#fetchApi.fetch(`${baseUrl}${path}`, init);
    } catch (cause) {
      // The caller gave up: not a failure to be shown.
      if (init.signal?.aborted) throw cause;
      throw new AiAssuranceError(
        'The AI Assurance backend did not answer. Check the connection and try again.',
        {
          code: 'UNREACHABLE',
          status: 0,
          cause,
        },
      );
    }
    if (!response.ok) throw await errorFromResponse(response);
    return response;
  }
}

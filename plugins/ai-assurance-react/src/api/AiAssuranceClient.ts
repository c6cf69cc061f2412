import {
  BodyOf,
  Pack,
  QueryInputOf,
  Reference,
  Release,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { parseEntityRef } from '@backstage/catalog-model';
import { DiscoveryApi, FetchApi } from '@backstage/frontend-plugin-api';
import { AiAssuranceApi, CallOptions, RangeOptions } from './AiAssuranceApi';
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

  getOverview(options?: CallOptions) {
    return this.#get<Awaited<ReturnType<AiAssuranceApi['getOverview']>>>(
      '/overview',
      options,
    );
  }

  getSubjectSummary(entityRef: string, options?: CallOptions) {
    return this.#get<Awaited<ReturnType<AiAssuranceApi['getSubjectSummary']>>>(
      `${subjectPath(entityRef)}/summary`,
      options,
    );
  }

  getService(entityRef: string, options?: RangeOptions) {
    return this.#ranged<Awaited<ReturnType<AiAssuranceApi['getService']>>>(
      entityRef,
      'service',
      options,
    );
  }

  getModel(entityRef: string, options?: RangeOptions) {
    return this.#ranged<Awaited<ReturnType<AiAssuranceApi['getModel']>>>(
      entityRef,
      'model',
      options,
    );
  }

  getCohort(entityRef: string, options?: RangeOptions) {
    return this.#ranged<Awaited<ReturnType<AiAssuranceApi['getCohort']>>>(
      entityRef,
      'cohort',
      options,
    );
  }

  listScorecards(options?: CallOptions) {
    return this.#get<Awaited<ReturnType<AiAssuranceApi['listScorecards']>>>(
      '/scorecards',
      options,
    );
  }

  listReleases(
    query: QueryInputOf<'listReleases'> = {},
    options?: CallOptions,
  ) {
    const path = `/releases${queryText(query as QueryValues)}`;
    return this.#get<Awaited<ReturnType<AiAssuranceApi['listReleases']>>>(
      path,
      options,
    );
  }

  proposeRelease(body: BodyOf<'proposeRelease'>) {
    return this.#post<Release>('/releases', body);
  }

  getRelease(releaseId: string, options?: CallOptions) {
    return this.#get<Release>(
      `/releases/${encodeURIComponent(releaseId)}`,
      options,
    );
  }

  voteOnRelease(releaseId: string, body: BodyOf<'voteOnRelease'>) {
    return this.#post<Release>(
      `/releases/${encodeURIComponent(releaseId)}/votes`,
      body,
    );
  }

  withdrawRelease(releaseId: string, body: BodyOf<'withdrawRelease'>) {
    return this.#post<Release>(
      `/releases/${encodeURIComponent(releaseId)}/withdraw`,
      body,
    );
  }

  approveReference(body: BodyOf<'approveReference'>) {
    return this.#post<Reference>('/references', body);
  }

  listReferences(subject: string, options?: CallOptions) {
    const path = `/references${queryText({ subject })}`;
    return this.#get<Awaited<ReturnType<AiAssuranceApi['listReferences']>>>(
      path,
      options,
    );
  }

  pushEvidence(body: BodyOf<'pushEvidence'>) {
    return this.#post<Awaited<ReturnType<AiAssuranceApi['pushEvidence']>>>(
      '/evidence',
      body,
    );
  }

  listEvidence(
    query: QueryInputOf<'listEvidence'> = {},
    options?: CallOptions,
  ) {
    const path = `/evidence${queryText(query as QueryValues)}`;
    return this.#get<Awaited<ReturnType<AiAssuranceApi['listEvidence']>>>(
      path,
      options,
    );
  }

  getEvidence(evidenceId: string, options?: CallOptions) {
    const path = `/evidence/${encodeURIComponent(evidenceId)}`;
    return this.#get<Awaited<ReturnType<AiAssuranceApi['getEvidence']>>>(
      path,
      options,
    );
  }

  async getHead(options?: CallOptions) {
    return (
      await this.#fetch('/ledger/head', { signal: options?.signal })
    ).text();
  }

  listPacks(options?: CallOptions) {
    return this.#get<Awaited<ReturnType<AiAssuranceApi['listPacks']>>>(
      '/audit/packs',
      options,
    );
  }

  createPack(body: BodyOf<'createPack'>) {
    return this.#post<Pack>('/audit/packs', body);
  }

  async downloadPack(packId: string) {
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
    return (await this.#fetch(path, { signal: options?.signal })).json();
  }

  async #post<T>(path: string, body: unknown): Promise<T> {
    const response = await this.#fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
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

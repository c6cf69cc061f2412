import { DiscoveryApi, FetchApi } from '@backstage/frontend-plugin-api';
import { CallOptions } from './AiAssuranceApi';
import { AiAssuranceError, errorFromResponse } from './AiAssuranceError';

function jsonPost(body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

/** Requests to `/api/ai-assurance` with the reader's sign-in. Paths begin with a slash. All throw {@link AiAssuranceError}. */
export class AssuranceRequests {
  readonly #discoveryApi: DiscoveryApi;
  readonly #fetchApi: FetchApi;

  constructor(options: { discoveryApi: DiscoveryApi; fetchApi: FetchApi }) {
    this.#discoveryApi = options.discoveryApi;
    this.#fetchApi = options.fetchApi;
  }

  async get<T>(path: string, options?: CallOptions): Promise<T> {
    return (await this.#read(path, options)).json();
  }

  async text(path: string, options?: CallOptions): Promise<string> {
    return (await this.#read(path, options)).text();
  }

  /** A read that says in its body what it asks for. */
  async ask<T>(path: string, body: unknown, options?: CallOptions): Promise<T> {
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
    return this.fetch(`${path}${moment}`, { ...init, signal });
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    const response = await this.fetch(path, jsonPost(body));
    return response.json();
  }

  async fetch(path: string, init: RequestInit): Promise<Response> {
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

import {
  CollectorError,
  createJsonClient,
  JsonClient,
  readAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { AuthService, DiscoveryService } from '@backstage/backend-plugin-api';
import { z } from 'zod';
import { clustersSchema, listSchemaOf } from './core/answers';
import { ResourceName, RESOURCES } from './core/selection';

const pageSize = 100;

/** Where objects are asked for. */
export interface Place {
  readonly cluster: string;
  /** `undefined` is all namespaces, for lists only. */
  readonly namespace: string | undefined;
}

/** What was found, and what was asked for it. */
export interface Found<T> {
  readonly value: T;
  readonly asked: string;
}

/** The questions that one run has for Backstage's Kubernetes plugin. They only ever read. */
export interface KubernetesSession {
  /** Names of the clusters that the plugin knows. */
  clusters(): Promise<string[]>;
  /** One object; `undefined` when it is not there. Throws `not-found` when its kind is not installed in the cluster. */
  get<T>(
    resource: ResourceName,
    place: Place & { namespace: string; name: string },
    schema: z.ZodType<T>,
  ): Promise<Found<T> | undefined>;
  /** All objects with a label, at most `limit`; `partial-answer` when there are more. `not-found` as for `get`. */
  list<T>(
    resource: ResourceName,
    place: Place & { labelSelector: string; limit: number },
    schema: z.ZodType<T>,
  ): Promise<Found<T[]>>;
}

/** Opens sessions with Backstage's Kubernetes plugin. */
export interface KubernetesClient {
  open(signal: AbortSignal): Promise<KubernetesSession>;
}

/**
 * A client of the Kubernetes plugin of the same Backstage, called as the plugin that the collector runs in. The clusters'
 * credentials stay with the Kubernetes plugin.
 */
export function createKubernetesClient(options: {
  auth: AuthService;
  discovery: DiscoveryService;
  timeoutMs: number;
  maxBytes: number;
}): KubernetesClient {
  const { auth, discovery, timeoutMs, maxBytes } = options;
  return {
    async open(signal) {
      signal.throwIfAborted();
      const { token } = await auth.getPluginRequestToken({
        onBehalfOf: await auth.getOwnServiceCredentials(),
        targetPluginId: 'kubernetes',
      });
      const http = createJsonClient({
        name: 'Kubernetes through Backstage',
        baseUrl: await discovery.getBaseUrl('kubernetes'),
        headers: { authorization: `Bearer ${token}` },
        timeoutMs,
        maxBytes,
      });
      return sessionOf(http, signal);
    },
  };
}

function sessionOf(http: JsonClient, signal: AbortSignal): KubernetesSession {
  const ask = (
    cluster: string,
    path: string[],
    parameters: Record<string, string | number | undefined> = {},
  ) =>
    http.ask({
      path: ['proxy', 'apis', ...path],
      parameters,
      headers: { 'Backstage-Kubernetes-Cluster': cluster },
      signal,
    });

  async function list<T>(
    resource: ResourceName,
    place: Place & { labelSelector?: string; limit: number },
    schema: z.ZodType<T>,
  ): Promise<Found<T[]>> {
    const { cluster, namespace, labelSelector, limit } = place;
    const items: T[] = [];
    let asked = '';
    let next: string | undefined;
    do {
      const answer = await ask(cluster, pathOf(resource, namespace), {
        labelSelector,
        limit: Math.min(pageSize, limit),
        continue: next,
      }).catch(error => {
        throw missingKind(error, resource, cluster);
      });
      asked ||= answer.asked;
      const page = readAnswer(answer, listSchemaOf(schema), 'Kubernetes');
      items.push(...page.items);
      const following = page.metadata.continue || undefined;
      // A token that leads to itself would lead nowhere for ever.
      if (following !== undefined && following === next)
        throw new CollectorError(
          'partial-answer',
          `Kubernetes goes round in a list of ${RESOURCES[resource].plural} in cluster ${cluster}`,
        );
      next = following;
      if (items.length > limit || (items.length === limit && next))
        throw new CollectorError(
          'partial-answer',
          `more than ${limit} ${RESOURCES[resource].plural} in cluster ${cluster} have the label; name the objects instead, or choose a narrower label`,
        );
    } while (next);
    return { value: items, asked };
  }

  return {
    async clusters() {
      const answer = await http
        .ask({ path: ['clusters'], signal })
        .catch(error => {
          if (error instanceof CollectorError && error.code === 'not-found')
            throw new CollectorError(
              'not-found',
              'this Backstage has no Kubernetes plugin that answers; install @backstage/plugin-kubernetes-backend and configure it',
            );
          throw error;
        });
      return readAnswer(answer, clustersSchema, 'Kubernetes').items.map(
        ({ name }) => name,
      );
    },

    async get(resource, { cluster, namespace, name }, schema) {
      try {
        const answer = await ask(cluster, [
          ...pathOf(resource, namespace),
          name,
        ]);
        return {
          value: readAnswer(answer, schema, 'Kubernetes'),
          asked: answer.asked,
        };
      } catch (error) {
        if (!(error instanceof CollectorError && error.code === 'not-found'))
          throw error;
      }
      // Kubernetes answers 404 for an object that is not there and for a kind that it does not know. A list tells which.
      await ask(cluster, pathOf(resource, namespace), { limit: 1 }).catch(
        error => {
          throw missingKind(error, resource, cluster);
        },
      );
      return undefined;
    },

    list,
  };
}

function pathOf(resource: ResourceName, namespace: string | undefined) {
  const { group, version, plural } = RESOURCES[resource];
  return namespace === undefined
    ? [group, version, plural]
    : [group, version, 'namespaces', namespace, plural];
}

function missingKind(
  error: unknown,
  resource: ResourceName,
  cluster: string,
): unknown {
  if (!(error instanceof CollectorError && error.code === 'not-found'))
    return error;
  const { group, version, plural } = RESOURCES[resource];
  return new CollectorError(
    'not-found',
    `cluster ${cluster} does not know ${plural}.${group} in version ${version}: install that custom resource definition, or leave ${resource} out of aiAssurance.kubernetes.resources`,
  );
}

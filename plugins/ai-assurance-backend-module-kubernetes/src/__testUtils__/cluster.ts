import type {
  StandInAnswer,
  StandInSystem,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import analysisRun from '../__fixtures__/analysis-run.json';
import inferenceService from '../__fixtures__/inference-service.json';
import rollout from '../__fixtures__/rollout.json';

type Loose = Record<string, any>;

/** What a stand-in for a cluster's API server holds; a test may change it between runs. `undefined`: not installed. */
export interface ClusterStore {
  inferenceservices: Loose[] | undefined;
  rollouts: Loose[] | undefined;
  analysisruns: Loose[] | undefined;
}

/** A fresh copy of the recorded objects. */
export function exampleStore(): ClusterStore {
  return structuredClone({
    inferenceservices: [inferenceService as Loose],
    rollouts: [rollout as Loose],
    analysisruns: [analysisRun as Loose],
  });
}

const plurals = [
  ['serving.kserve.io', 'v1beta1', 'inferenceservices'],
  ['argoproj.io', 'v1alpha1', 'rollouts'],
  ['argoproj.io', 'v1alpha1', 'analysisruns'],
] as const;

/**
 * Serves objects as a Kubernetes API server does, as far as the collector asks: get by name, list of one namespace or all,
 * `labelSelector` with `=` and `in`, `limit` and `continue`; 404 as plain text for a kind that is not installed and as a
 * Status for an object that is not there.
 */
export function clusterSystem(store: ClusterStore): StandInSystem {
  return request => {
    if (request.method !== 'GET') return { status: 405 };
    for (const [group, version, plural] of plurals) {
      const path = new RegExp(
        `^/apis/${group}/${version}(?:/namespaces/([^/]+))?/${plural}(?:/([^/]+))?$`,
      ).exec(request.path);
      const all = path ? store[plural] : undefined;
      if (!path || !all) continue;
      const [, namespace, name] = path;
      const objects = all.filter(
        one => namespace === undefined || one.metadata.namespace === namespace,
      );
      return name === undefined
        ? listOf(objects, request.query)
        : oneOf(objects, plural, name);
    }
    return { status: 404, text: '404 page not found\n' };
  };
}

function oneOf(objects: Loose[], plural: string, name: string): StandInAnswer {
  const found = objects.find(one => one.metadata.name === name);
  if (found) return { json: found };
  return {
    status: 404,
    json: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `${plural} "${name}" not found`,
      reason: 'NotFound',
      code: 404,
    },
  };
}

function listOf(objects: Loose[], query: URLSearchParams): StandInAnswer {
  const selected = objects.filter(one =>
    isSelected(one.metadata.labels ?? {}, query.get('labelSelector')),
  );
  const limit = Number(query.get('limit') ?? selected.length);
  const from = Number(query.get('continue') ?? 0);
  const to = from + limit;
  return {
    json: {
      apiVersion: 'v1',
      kind: 'List',
      metadata: {
        resourceVersion: '900000',
        ...(to < selected.length ? { continue: String(to) } : {}),
      },
      items: selected.slice(from, to),
    },
  };
}

function isSelected(labels: Loose, selector: string | null): boolean {
  if (!selector) return true;
  const [, key, list] = /^(\S+) in \((.*)\)$/.exec(selector) ?? [];
  if (key) return list.split(',').includes(labels[key]);
  const [name, value] = selector.split('=');
  return labels[name] === value;
}

/**
 * Serves what Backstage's Kubernetes plugin serves to the collector: `/clusters`, and `/proxy/*` to the cluster that the
 * header names. Written from the plugin's source (0.21.11); a test compares it with the plugin itself.
 */
export function pluginSystem(
  clusters: Record<string, ClusterStore>,
): StandInSystem {
  return request => {
    if (request.path === '/clusters')
      return {
        json: {
          items: Object.keys(clusters).map(name => ({
            name,
            authProvider: 'serviceAccount',
          })),
        },
      };
    const name = request.headers['backstage-kubernetes-cluster'];
    const store = Object.hasOwn(clusters, name) ? clusters[name] : undefined;
    if (!request.path.startsWith('/proxy/') || !store)
      return { status: 404, json: { error: { name: 'NotFoundError' } } };
    return clusterSystem(store)({
      ...request,
      path: request.path.slice('/proxy'.length),
    });
  };
}

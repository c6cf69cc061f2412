import {
  CollectContext,
  codeOfLabel,
  CollectorError,
  EvidenceCollector,
  readMemory,
  requireSelection,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { z } from 'zod';
import { Found, KubernetesClient, KubernetesSession } from './client';
import {
  analysisRunSchema,
  argoRolloutSchema,
  ArgoRollout,
  inferenceServiceSchema,
} from './core/answers';
import { POD_HASH_LABEL } from './core/analysisRun';
import {
  CLUSTER_ANNOTATION,
  NamedObject,
  RESOURCES,
  SearchedResource,
  Selection,
  selectionOf,
} from './core/selection';
import {
  analysisStatements,
  inferenceServiceStatements,
  rolloutStatements,
  Statement,
} from './statements';

/** What an operator may set. */
export interface KubernetesSettings {
  /** What is looked for by label. */
  readonly resources: readonly SearchedResource[];
  /** Most objects of a kind, a subject and a cluster. */
  readonly maxObjects: number;
  /** What the environment of a cluster is called; a cluster that is not named is its own. */
  readonly environments: Readonly<Record<string, string>>;
}

const maxClusters = 20;

/** What was said last, by object and kind of statement: digests, so that an unchanged object adds nothing. */
const memorySchema = z.record(z.string(), z.string());
type Memory = z.infer<typeof memorySchema>;

/** Brings what KServe and Argo Rollouts say, through Backstage's Kubernetes plugin. */
export function createKubernetesCollector(
  client: KubernetesClient,
  settings: KubernetesSettings,
): EvidenceCollector {
  return {
    id: 'kubernetes',
    title: 'KServe and Argo Rollouts',
    version: '1',
    schedule: { everySeconds: 120, timeoutSeconds: 90 },
    appliesTo: subject => selectionOf(subject.annotations) !== undefined,

    async *collect(context) {
      context.signal.throwIfAborted();
      const selection = requireSelection(
        selectionOf(context.subject.annotations),
        'Kubernetes',
      );
      const before = readMemory(context.memory, memorySchema) ?? {};
      const now: Memory = {};
      let left = context.maxFacts;

      const session = await client.open(context.signal);
      const clusters = clustersOf(selection, await session.clusters());
      const missing: CollectorError[] = [];
      const found = new Set<NamedObject>();
      for (const cluster of clusters) {
        const search = searchOf({
          context,
          session,
          selection,
          settings,
          cluster,
        });
        for await (const { statements, named, error } of search) {
          if (named) found.add(named);
          if (error) missing.push(error);
          for (const { key, digest, fact } of statements) {
            const said = Object.hasOwn(before, key) ? before[key] : undefined;
            if (said === digest) {
              now[key] = digest;
            } else if (left > 0) {
              left -= 1;
              yield fact;
              now[key] = digest;
            } else if (said !== undefined) {
              // No room: what was said before stays remembered, so that the next run says what is new.
              now[key] = said;
            }
          }
        }
      }
      const lost = selection.named.filter(named => !found.has(named));
      if (
        lost.length > 0 &&
        missing.length > 0 &&
        missing.length >= clusters.length
      )
        throw missing[0];
      if (lost.length > 0)
        throw new CollectorError(
          'not-found',
          `${lost
            .map(
              ({ resource, namespace, name }) =>
                `${RESOURCES[resource].kind} ${namespace}/${name}`,
            )
            .join(', ')}: not in ${clusters.join(', ')}`,
        );
      if (selection.named.length === 0 && missing.length > 0) throw missing[0];
      context.memory.write(now);
    },
  };
}

/** One step of a search: what was found, or which kind a cluster does not know. */
interface Step {
  statements: Statement[];
  named?: NamedObject;
  error?: CollectorError;
}

interface Search {
  context: CollectContext;
  session: KubernetesSession;
  selection: Selection;
  settings: KubernetesSettings;
  cluster: string;
}

async function* searchOf(search: Search): AsyncIterable<Step> {
  const { selection, session, settings, cluster } = search;
  for (const named of selection.named) {
    yield* tolerant(async () => {
      const place = { cluster, ...named };
      if (named.resource === 'inference-services') {
        const service = await session.get(
          'inference-services',
          place,
          inferenceServiceSchema,
        );
        return service
          ? [
              {
                named,
                statements: inferenceServiceStatements(
                  sourceOf(search, service.asked),
                  service.value,
                ),
              },
            ]
          : [];
      }
      const rollout = await session.get('rollouts', place, argoRolloutSchema);
      return rollout
        ? [{ named, statements: await rolloutWithAnalyses(search, rollout) }]
        : [];
    });
  }
  const { labelSelector, namespace } = selection;
  if (labelSelector === undefined) return;
  const place = {
    cluster,
    namespace,
    labelSelector,
    limit: settings.maxObjects,
  };
  if (settings.resources.includes('inference-services'))
    yield* tolerant(async () => {
      const { value, asked } = await session.list(
        'inference-services',
        place,
        inferenceServiceSchema,
      );
      return value.map(service => ({
        statements: inferenceServiceStatements(
          sourceOf(search, asked),
          service,
        ),
      }));
    });
  if (settings.resources.includes('rollouts'))
    yield* tolerant(async () => {
      const { value, asked } = await session.list(
        'rollouts',
        place,
        argoRolloutSchema,
      );
      const steps: Step[] = [];
      for (const rollout of value)
        steps.push({
          statements: await rolloutWithAnalyses(search, {
            value: rollout,
            asked,
          }),
        });
      return steps;
    });
}

/** A kind that a cluster does not know is told at the end, so that what other clusters and kinds say is kept. */
async function* tolerant(work: () => Promise<Step[]>): AsyncIterable<Step> {
  let steps: Step[];
  try {
    steps = await work();
  } catch (error) {
    if (!(error instanceof CollectorError && error.code === 'not-found'))
      throw error;
    steps = [{ statements: [], error }];
  }
  yield* steps;
}

/** A rollout, and the analysis runs of its newest and its stable pods. Older ones were told while they were the newest. */
async function rolloutWithAnalyses(
  search: Search,
  { value: rollout, asked }: Found<ArgoRollout>,
): Promise<Statement[]> {
  const { session, cluster, settings } = search;
  const statements = rolloutStatements(sourceOf(search, asked), rollout);
  const hashes = [rollout.status?.currentPodHash, rollout.status?.stableRS];
  const wanted = [...new Set(hashes)].filter(
    hash => hash && /^[a-z0-9]+$/.test(hash),
  );
  if (wanted.length === 0) return statements;
  const runs = await session.list(
    'analysis-runs',
    {
      cluster,
      namespace: rollout.metadata.namespace,
      labelSelector: `${POD_HASH_LABEL} in (${wanted.sort().join(',')})`,
      limit: settings.maxObjects,
    },
    analysisRunSchema,
  );
  for (const run of runs.value) {
    const isOwn = (run.metadata.ownerReferences ?? []).some(
      owner => owner.kind === 'Rollout' && owner.uid === rollout.metadata.uid,
    );
    if (!isOwn) continue;
    const { group, version, plural } = RESOURCES['analysis-runs'];
    // Not the list that it was found in: that one names hashes which change while the run stays the same.
    const own = `GET /apis/${group}/${version}/namespaces/${run.metadata.namespace}/${plural}/${run.metadata.name}`;
    statements.push(...analysisStatements(sourceOf(search, own), rollout, run));
  }
  return statements;
}

function sourceOf({ context, cluster, settings }: Search, asked: string) {
  const environment = Object.hasOwn(settings.environments, cluster)
    ? settings.environments[cluster]
    : cluster;
  return {
    subject: context.subject.entityRef,
    nowMs: context.nowMs,
    cluster,
    environment: codeOfLabel(environment),
    asked,
  };
}

function clustersOf(selection: Selection, known: string[]): string[] {
  const { cluster } = selection;
  if (cluster === undefined) {
    if (known.length <= maxClusters) return known;
    throw new CollectorError(
      'misconfigured',
      `the Kubernetes plugin knows ${known.length} clusters, and at most ${maxClusters} are searched; name one in ${CLUSTER_ANNOTATION}`,
    );
  }
  if (known.includes(cluster)) return [cluster];
  throw new CollectorError(
    'misconfigured',
    `${CLUSTER_ANNOTATION}: the Kubernetes plugin knows no cluster ${cluster}; it knows ${
      known.join(', ') || 'none'
    }`,
  );
}

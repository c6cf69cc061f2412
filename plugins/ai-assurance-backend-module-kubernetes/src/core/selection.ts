import type { SelectionReading } from '@ai-assurance/backstage-plugin-ai-assurance-node';

/** What the collector knows how to read, each by its group, version and plural name in Kubernetes. */
export const RESOURCES = {
  'inference-services': {
    group: 'serving.kserve.io',
    version: 'v1beta1',
    plural: 'inferenceservices',
    kind: 'InferenceService',
  },
  rollouts: {
    group: 'argoproj.io',
    version: 'v1alpha1',
    plural: 'rollouts',
    kind: 'Rollout',
  },
  'analysis-runs': {
    group: 'argoproj.io',
    version: 'v1alpha1',
    plural: 'analysisruns',
    kind: 'AnalysisRun',
  },
} as const;

export type ResourceName = keyof typeof RESOURCES;
/** What is looked for by label; analysis runs are found by the rollout that they belong to. */
export type SearchedResource = Exclude<ResourceName, 'analysis-runs'>;

/** Names InferenceServices about the subject: `name` or `namespace/name`, several with commas. */
export const INFERENCE_SERVICE_ANNOTATION = 'ai-assurance.io/inference-service';
/** Names Argo Rollouts about the subject, in the same way. */
export const ARGO_ROLLOUT_ANNOTATION = 'ai-assurance.io/argo-rollout';
/** Backstage's own: the value of the label of the same name on the objects. */
export const KUBERNETES_ID_ANNOTATION = 'backstage.io/kubernetes-id';
/** Backstage's own: a label selector, instead. */
export const LABEL_SELECTOR_ANNOTATION =
  'backstage.io/kubernetes-label-selector';
/** Backstage's own: the one namespace; without it all are searched. */
export const NAMESPACE_ANNOTATION = 'backstage.io/kubernetes-namespace';
/** Backstage's own: the one cluster; without it all are searched. */
export const CLUSTER_ANNOTATION = 'backstage.io/kubernetes-cluster';

/** An object by its name. */
export interface NamedObject {
  readonly resource: SearchedResource;
  readonly namespace: string;
  readonly name: string;
}

/** Where to look for the objects of a subject: by name when names are given, else by label. */
export interface Selection {
  readonly cluster: string | undefined;
  readonly named: readonly NamedObject[];
  readonly labelSelector: string | undefined;
  readonly namespace: string | undefined;
}

const maxNames = 20;
// RFC 1123, as Kubernetes has it for names of objects and for namespaces.
const objectName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const namespaceName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const labelValue = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/** Reads the annotations of a subject. */
export function selectionOf(
  annotations: Readonly<Record<string, string>>,
): SelectionReading<Selection> {
  const namespace = annotations[NAMESPACE_ANNOTATION];
  const cluster = annotations[CLUSTER_ANNOTATION];
  const id = annotations[KUBERNETES_ID_ANNOTATION];
  const selector = annotations[LABEL_SELECTOR_ANNOTATION];
  const names = [
    [INFERENCE_SERVICE_ANNOTATION, 'inference-services'],
    [ARGO_ROLLOUT_ANNOTATION, 'rollouts'],
  ] as const;
  const isNamed = names.some(([annotation]) => annotation in annotations);
  if (!isNamed && id === undefined && selector === undefined) return undefined;

  if (namespace !== undefined && !namespaceName.test(namespace))
    return problem(NAMESPACE_ANNOTATION, 'write the name of one namespace');
  if (cluster === '')
    return problem(CLUSTER_ANNOTATION, 'write the name of one cluster');
  const named: NamedObject[] = [];
  for (const [annotation, resource] of names) {
    const value = annotations[annotation];
    if (value === undefined) continue;
    const parts = value.split(',').map(part => part.trim());
    if (parts.length > maxNames)
      return problem(annotation, `at most ${maxNames} names`);
    for (const part of parts) {
      const at = part.indexOf('/');
      const name = at < 0 ? part : part.slice(at + 1);
      const where = at < 0 ? namespace : part.slice(0, at);
      if (!objectName.test(name))
        return problem(annotation, 'write name or namespace/name');
      if (where === undefined || !namespaceName.test(where))
        return problem(
          annotation,
          `write namespace/name, or name the namespace in ${NAMESPACE_ANNOTATION}`,
        );
      named.push({ resource, namespace: where, name });
    }
  }
  if (isNamed)
    return {
      ok: true,
      selection: { cluster, named, labelSelector: undefined, namespace },
    };
  if (selector === undefined && !labelValue.test(id!))
    return problem(KUBERNETES_ID_ANNOTATION, 'write the value of a label');
  if (selector !== undefined && !(selector.trim() && selector.length <= 1000))
    return problem(LABEL_SELECTOR_ANNOTATION, 'write a label selector');
  return {
    ok: true,
    selection: {
      cluster,
      named,
      labelSelector: selector ?? `${KUBERNETES_ID_ANNOTATION}=${id}`,
      namespace,
    },
  };
}

function problem(
  annotation: string,
  what: string,
): SelectionReading<Selection> {
  return { ok: false, problem: `${annotation}: ${what}` };
}

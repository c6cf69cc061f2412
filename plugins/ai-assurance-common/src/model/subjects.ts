/** The four kinds of subject that the suite assures by default. @public */
export const SUBJECT_KINDS = [
  'ai-service',
  'ai-model',
  'edge-model',
  'device-cohort',
] as const;

/** @public */
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** The least an entity must have for {@link subjectKindOf}. @public */
export interface TypedEntity {
  kind: string;
  spec?: { type?: unknown } & Record<string, unknown>;
}

/** Which kind of subject an entity is, or `undefined` when the suite does not assure it. @public */
export function subjectKindOf(entity: TypedEntity): SubjectKind | undefined {
  const kind = entity.kind.toLocaleLowerCase('en-US');
  const type = String(entity.spec?.type ?? '').toLocaleLowerCase('en-US');
  if (kind === 'component' && type === 'ai-service') return 'ai-service';
  if (
    kind === 'resource' &&
    (type === 'ai-model' || type === 'edge-model' || type === 'device-cohort')
  )
    return type;
  return undefined;
}

/** Relations between subjects, both directions. @public */
export const RELATIONS = {
  usesModel: 'usesModel',
  modelUsedBy: 'modelUsedBy',
  derivedFrom: 'derivedFrom',
  derivationOf: 'derivationOf',
  trainedOn: 'trainedOn',
  trains: 'trains',
  targetsCohort: 'targetsCohort',
  targetOfModel: 'targetOfModel',
} as const;

/** Annotation: where the OpenSLO documents of the entity are; a URL or a path relative to the catalog file. @public */
export const ANNOTATION_SLO = 'ai-assurance.io/slo';
/** Where the drift monitors of a service or model are declared. @public */
export const ANNOTATION_MONITORS = 'ai-assurance.io/monitors';

/**
 * Annotation: where the gates for evaluations of the entity are; a URL or a path relative to the catalog file.
 * @public
 */
export const ANNOTATION_EVALUATION_GATES = 'ai-assurance.io/evaluation-gates';

/** Annotation: link to the runbook. @public */
export const ANNOTATION_RUNBOOK = 'ai-assurance.io/runbook';

/** Annotation: day on which somebody last checked the runbook, for example 2026-11-22. @public */
export const ANNOTATION_RUNBOOK_CHECKED = 'ai-assurance.io/runbook-checked';

/** Annotation: link to whoever is on call. @public */
export const ANNOTATION_ON_CALL = 'ai-assurance.io/on-call';

/**
 * Signals channel on which changes are announced, as `{ subjects: string[], topics: string[] }`; refetch on receipt. What is
 * about no subject that everybody may know of, such as quarantine, is announced by its topic alone.
 * @public
 */
export const SIGNAL_CHANNEL = 'ai-assurance:changed';

/** Annotation of a subject with what it may cost, such as `500 EUR/month` or `120 USD/7d`. @public */
export const ANNOTATION_COST_BUDGET = 'ai-assurance.io/cost-budget';

/** How {@link ANNOTATION_COST_BUDGET} is written: amount, currency (ISO 4217) and window. @public */
export const COST_BUDGET_PATTERN =
  '^\\d{1,12}(\\.\\d{1,6})? [A-Z]{3}/(month|[1-9]\\d{0,2}d)$';

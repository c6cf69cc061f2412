import { RELATIONS } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { parseEntityRef } from '@backstage/catalog-model';
import { Assignment, SubjectRecord } from '../types';
import { refsOf } from './subjectRecord';

/** Resource attribute that names the service or model a signal is about. */
export const SUBJECT_ATTRIBUTE = 'ai_assurance.subject';

interface Condition {
  attribute: string;
  accepted: Set<string>;
}

/** Subjects prepared for quick assignment: selectors are read once for a snapshot, not once for a signal. */
export interface AssignmentIndex {
  /** For each service or model: the cohorts that may claim its signals, in entity-ref order. */
  candidates: Map<string, { cohortRef: string; conditions: Condition[] }[]>;
}

/** The conditions of a cohort's selector. An unreadable one is kept as a condition that nothing meets. */
function conditionsOf(selector: unknown): Condition[] {
  if (
    typeof selector !== 'object' ||
    selector === null ||
    Array.isArray(selector)
  )
    return [];
  return Object.entries(selector).map(([attribute, values]) => ({
    attribute,
    accepted: new Set((Array.isArray(values) ? values : [values]).map(String)),
  }));
}

function targetedCohorts(subject: SubjectRecord): string[] {
  if (subject.kind === 'ai-service') return [];
  const { namespace } = parseEntityRef(subject.entityRef);
  const declared = refsOf(subject.spec.targetsCohorts, {
    defaultKind: 'resource',
    defaultNamespace: namespace,
  });
  const related = subject.relations[RELATIONS.targetsCohort] ?? [];
  return [...new Set([...declared, ...related])].sort();
}

/** Prepares a snapshot of subjects. */
export function indexSubjects(subjects: SubjectRecord[]): AssignmentIndex {
  const cohorts = new Map(
    subjects
      .filter(s => s.kind === 'device-cohort')
      .map(s => [s.entityRef, conditionsOf(s.spec.selector)]),
  );
  const candidates: AssignmentIndex['candidates'] = new Map();
  for (const subject of subjects) {
    if (subject.kind === 'device-cohort') continue;
    candidates.set(
      subject.entityRef,
      targetedCohorts(subject).flatMap(cohortRef => {
        const conditions = cohorts.get(cohortRef);
        // A cohort without conditions claims nothing: a forgotten selector must not swallow every device.
        return conditions && conditions.length > 0
          ? [{ cohortRef, conditions }]
          : [];
      }),
    );
  }
  return { candidates };
}

/**
 * Finds subject and cohort of a signal by its resource attributes. The subject must be a known service or model; the
 * cohort is the first in entity-ref order, among those that the model targets, whose selector matches every attribute.
 * `undefined` when the subject is missing or unknown.
 */
export function assign(
  index: AssignmentIndex,
  attributes: Record<string, string>,
): Assignment | undefined {
  const subjectRef = attributes[SUBJECT_ATTRIBUTE]?.toLocaleLowerCase('en-US');
  if (!subjectRef) return undefined;
  const candidates = index.candidates.get(subjectRef);
  if (!candidates) return undefined;
  const claimed = candidates.find(({ conditions }) =>
    conditions.every(c => c.accepted.has(attributes[c.attribute])),
  );
  return { subjectRef, cohortRef: claimed?.cohortRef };
}

import { SubjectKind } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Check } from './scorecard';

/** What applicability looks at. */
export interface Applicant {
  kind: SubjectKind;
  tier: number | undefined;
  annotations: Record<string, string>;
}

/**
 * Whether a check asks about a subject: one clause of `appliesTo` has to fit as a whole. A clause that names tiers fits no
 * subject without a tier.
 */
export function applies(
  check: Pick<Check, 'appliesTo'>,
  subject: Applicant,
): boolean {
  return check.appliesTo.some(
    clause =>
      clause.kinds.includes(subject.kind) &&
      (clause.tiers === undefined ||
        (subject.tier !== undefined && clause.tiers.includes(subject.tier))) &&
      (clause.annotation === undefined ||
        Object.hasOwn(subject.annotations, clause.annotation)),
  );
}

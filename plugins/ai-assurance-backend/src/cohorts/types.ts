import { SubjectKind } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** A subject as the catalog has it now. */
export interface SubjectRecord {
  entityRef: string;
  kind: SubjectKind;
  title: string;
  ownerRef: string | undefined;
  tier: number | undefined;
  riskTier: string | undefined;
  annotations: Record<string, string>;
  /** Where the catalog file came from, for relative references; for example `url:https://…` or `file:/…`. */
  location: string | undefined;
  spec: Record<string, unknown>;
  /** Targets by relation type. */
  relations: Record<string, string[]>;
}

export interface Assignment {
  subjectRef: string;
  /** The cohort whose selector claims the signal; `undefined` when none does. */
  cohortRef: string | undefined;
}

export interface SubjectAnswers {
  /** All subjects, ordered by entity ref. A snapshot of the catalog, at most some seconds old. */
  list(): Promise<SubjectRecord[]>;
  get(entityRef: string): Promise<SubjectRecord | undefined>;
  /** Finds subject and cohort of a signal by its resource attributes; `undefined` when the subject is unknown. */
  assign(attributes: Record<string, string>): Promise<Assignment | undefined>;
}

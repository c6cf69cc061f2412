import {
  Subject,
  SubjectKind,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** The least of a catalog record that the wire form needs. */
export interface RecordLike {
  entityRef: string;
  kind: SubjectKind;
  title: string;
  ownerRef: string | undefined;
  tier: number | undefined;
  riskTier: string | undefined;
}

/** A subject as the wire has it. An owner that is missing stays missing. */
export function subjectOf(record: RecordLike): Subject {
  return {
    entityRef: record.entityRef,
    kind: record.kind,
    title: record.title,
    ownerRef: record.ownerRef,
    riskTier: record.riskTier,
    tier: record.tier,
  };
}

import { z } from 'zod';
import * as s from './shapes';

/** @public */ export type SubjectSummary = z.infer<
  typeof s.subjectSummaryShape
>;
/** @public */ export type Subject = z.infer<typeof s.subjectShape>;
/** @public */ export type CheckVerdict = z.infer<typeof s.checkVerdictShape>;
/** @public */ export type SubjectScore = z.infer<typeof s.subjectScoreShape>;
/** @public */ export type Objective = z.infer<typeof s.objectiveShape>;
/** @public */ export type Drift = z.infer<typeof s.driftShape>;
/** @public */ export type LatencyPoint = z.infer<typeof s.latencyPointShape>;
/** @public */ export type SegmentLatency = z.infer<
  typeof s.segmentLatencyShape
>;
/** @public */ export type AdoptionRow = z.infer<typeof s.adoptionRowShape>;
/** @public */ export type CohortAdoption = z.infer<
  typeof s.cohortAdoptionShape
>;
/** @public */ export type AdoptionPoint = z.infer<typeof s.adoptionPointShape>;
/** @public */ export type ModelVersion = z.infer<typeof s.versionShape>;
/** @public */ export type Release = z.infer<typeof s.releaseShape>;
/** @public */ export type ReleaseState = (typeof s.RELEASE_STATES)[number];
/** @public */ export type EvidenceSummary = z.infer<
  typeof s.evidenceSummaryShape
>;
/** @public */ export type EvidenceDetail = z.infer<
  typeof s.evidenceDetailShape
>;
/** @public */ export type Pack = z.infer<typeof s.packShape>;
/** @public */ export type Overview = z.infer<typeof s.overviewShape>;
/** @public */ export type Attention = z.infer<typeof s.attentionShape>;
/** @public */ export type ServiceAnswer = z.infer<typeof s.serviceAnswerShape>;
/** @public */ export type ModelAnswer = z.infer<typeof s.modelAnswerShape>;
/** @public */ export type CohortAnswer = z.infer<typeof s.cohortAnswerShape>;
/** @public */ export type ScorecardBoard = z.infer<
  typeof s.scorecardBoardShape
>;
/** @public */ export type IngestResult = z.infer<typeof s.ingestResultShape>;
/** @public */ export type Reference = z.infer<typeof s.referenceShape>;

import {
  CohortAnswer,
  Drift,
  ModelAnswer,
  Objective,
  ServiceAnswer,
  ServiceSignals,
  Subject,
  SubjectScore,
  SubjectSummary,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AiAssuranceApi } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { Entity } from '@backstage/catalog-model';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import { digest, nowMs, reader, service } from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

export const serviceEntity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'digit-api', namespace: 'default' },
  spec: { type: 'ai-service' },
};

export const edgeModelEntity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name: 'digit-reader-edge', namespace: 'default' },
  spec: { type: 'edge-model' },
};

export const cohortEntity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Resource',
  metadata: { name: 'low-end-phones', namespace: 'default' },
  spec: { type: 'device-cohort' },
};

export const websiteEntity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'shop', namespace: 'default' },
  spec: { type: 'website' },
};

const edgeModel: Subject = {
  entityRef: 'resource:default/digit-reader-edge',
  kind: 'edge-model',
  title: 'Digit reader for phones',
  ownerRef: 'group:default/vision-team',
};

const cohort: Subject = {
  entityRef: 'resource:default/low-end-phones',
  kind: 'device-cohort',
  title: 'Low-end phones',
  ownerRef: 'group:default/vision-team',
};

export const failingObjective: Objective = {
  sloName: 'digit-api-latency',
  objectiveName: 'Latency',
  description: 'People draw and expect the digit at once.',
  objectiveRatio: 0.95,
  thresholdMs: 150,
  windowMs: 24 * hourMs,
  goodCount: 900,
  totalCount: 1000,
  attainmentRatio: 0.9,
  budgetRemainingRatio: -1,
  burnRates: [
    {
      severity: 'page',
      longWindowMs: 12 * minuteMs,
      shortWindowMs: minuteMs,
      factor: 6,
      longBurn: 8.4,
      shortBurn: 9,
      firing: true,
    },
    {
      severity: 'ticket',
      longWindowMs: 2.4 * hourMs,
      shortWindowMs: 12 * minuteMs,
      factor: 1,
      longBurn: null,
      shortBurn: null,
      firing: false,
    },
  ],
  verdict: {
    status: 'fail',
    reason: 'budget-exhausted',
    facts: { value: 0.9, bound: 0.95, evidenceId: '21' },
  },
  evaluatedAtMs: nowMs,
};

export const driftWithoutReference: Drift = {
  feature: 'output.confidence',
  version: null,
  statistic: 'psi',
  value: null,
  warnLimit: 0.1,
  failLimit: 0.25,
  falseAlarmRatio: 0.01,
  referenceId: null,
  referenceApprovedBy: null,
  referenceCount: 0,
  currentCount: 480,
  minimumCount: 200,
  boundaries: [0.5],
  referenceBins: [],
  currentBins: [30, 450],
  verdict: { status: 'inconclusive', reason: 'no-data', facts: {} },
  evaluatedAtMs: nowMs,
  history: [],
};

export const driftFailing: Drift = {
  ...driftWithoutReference,
  value: 0.4213,
  referenceId: 'ref_1',
  referenceApprovedBy: 'user:default/ada',
  referenceCount: 1200,
  referenceBins: [100, 1100],
  verdict: { status: 'fail', reason: 'drifted', facts: { evidenceId: '30' } },
};

const serviceScore: SubjectScore = {
  subject: service,
  scorecardId: 'production-readiness',
  level: null,
  rollUp: {
    status: 'fail',
    measuredCount: 1,
    inScopeCount: 1,
    unknownCount: 0,
  },
  checks: [
    {
      checkId: 'accuracy',
      question: 'Is it accurate enough?',
      level: 'bronze',
      verdict: { status: 'not-applicable', reason: 'not-in-scope', facts: {} },
      fixHint: 'Evaluate it.',
      judgedAtMs: nowMs,
    },
    {
      checkId: 'latency',
      question: 'Are all objectives met?',
      level: 'silver',
      verdict: {
        status: 'fail',
        reason: 'budget-exhausted',
        facts: {
          value: 0.9,
          bound: 0.95,
          comparator: 'at-least',
          unit: 'ratio',
          sampleCount: 1000,
          evidenceId: '21',
        },
      },
      fixHint: 'Roll back or raise capacity.',
      judgedAtMs: nowMs,
    },
  ],
  judgedAtMs: nowMs,
};

export const serviceAnswer: ServiceAnswer = {
  subject: service,
  sentence:
    'P95 latency burning 9× since 11:55 UTC; started 4 minutes after version 7 reached 100 %.',
  status: 'fail',
  severity: 'page',
  sinceMs: nowMs - 5 * minuteMs,
  onset: {
    atMs: nowMs - 9 * minuteMs,
    text: 'started 4 minutes after version 7 reached 100 %',
    version: '7',
    evidenceId: null,
  },
  rangeStartMs: nowMs - hourMs,
  rangeEndMs: nowMs,
  objectives: [failingObjective],
  objectiveProblems: [],
  incidents: [],
  incidentCount: 0,
  costBudgetProblem: null,
  runbooks: [
    {
      url: 'https://runbooks.example.com/digit-api.md?plain=1',
      checkedAtMs: null,
      checkedBy: null,
      evidenceId: null,
    },
  ],
  onCall: [],
  pagerDutyServiceId: null,
  mayRollBack: { allowed: true },
  mayManageIncidents: { allowed: true },
  mayCorrect: {
    allowed: false,
    reason:
      'Only contributors who own this service may correct its error budget.',
  },
};

export const serviceSignals: ServiceSignals = {
  rangeStartMs: nowMs - hourMs,
  rangeEndMs: nowMs,
  stepMs: minuteMs,
  source: 'embedded',
  failures: [],
  isWhole: true,
  errorBoundRatio: 0.022,
  points: [0, 1].map(minute => ({
    startMs: nowMs - (2 - minute) * minuteMs,
    count: 500,
    errorCount: 5,
    p50Ms: 40,
    p95Ms: 160 + minute,
    p99Ms: 300,
    p95LowMs: null,
    p95HighMs: null,
  })),
  bands: [
    {
      version: '6',
      digest: null,
      fromMs: nowMs - 2 * minuteMs,
      toMs: nowMs - minuteMs,
      count: 500,
      shareRatio: 0.5,
      shares: [1, 0],
    },
    {
      version: '7',
      digest,
      fromMs: nowMs - minuteMs,
      toMs: nowMs,
      count: 500,
      shareRatio: 0.5,
      shares: [0, 1],
    },
  ],
  bandStartMs: nowMs - 2 * minuteMs,
  bandStepMs: minuteMs,
  costs: null,
  segments: [
    {
      version: '7',
      digest,
      cohort: null,
      count: 1000,
      errorCount: 10,
      p50Ms: 40,
      p95Ms: 161,
      p99Ms: null,
      errorBoundRatio: 0.022,
      meanConfidence: 0.972,
    },
  ],
  drift: [driftWithoutReference],
  events: [
    {
      atMs: nowMs - 90_000,
      kind: 'artifact',
      group: 'record',
      title: 'Artifact of version 7 recorded',
      evidenceId: '2',
    },
    {
      atMs: nowMs - 30_000,
      kind: 'approval-decision',
      group: 'approval',
      title: 'Release of version 7 approved',
      evidenceId: '9',
      releaseId: 'rel_1',
    },
  ],
  score: serviceScore,
  mayApproveReference: {
    allowed: false,
    reason: 'Only approvers may approve a reference window.',
  },
};

/** A service that nobody has declared, measured or judged anything for. */
export const silentService: ServiceAnswer = {
  ...serviceAnswer,
  sentence: 'No objective is declared.',
  status: 'inconclusive',
  severity: null,
  sinceMs: null,
  onset: null,
  objectives: [],
  runbooks: [],
};

/** Its charts. */
export const silentSignals: ServiceSignals = {
  ...serviceSignals,
  points: [],
  bands: [],
  segments: [],
  drift: [],
  events: [],
  score: null,
};

export const modelAnswer: ModelAnswer = {
  subject: edgeModel,
  sentence: 'Not ready for production: 1 of 5 checks fails.',
  status: 'fail',
  rangeStartMs: nowMs - hourMs,
  rangeEndMs: nowMs,
  versions: [
    {
      version: '2',
      digest,
      sizeBytes: 78_009,
      precision: 'int8',
      accuracy: {
        value: 0.9585,
        intervalLow: 0.9488,
        intervalHigh: 0.9664,
        totalCount: 2000,
      },
      release: { releaseId: 'rel_1', state: 'in-review' },
      sessionCount: 30,
      sessionTotalCount: 70,
    },
    {
      version: '3',
      digest: null,
      sessionCount: 0,
      sessionTotalCount: 0,
    },
  ],
  adoption: [
    {
      cohort: 'resource:default/low-end-phones',
      title: 'Low-end phones',
      totalCount: 40,
      versions: [
        {
          version: '2',
          digest,
          sessionCount: 30,
          crashedCount: 3,
          loadAttemptCount: 0,
          loadFailureCount: 0,
        },
      ],
    },
  ],
  adoptionOverTime: [{ startMs: nowMs - minuteMs, counts: { '2': 30 } }],
  latency: [],
  segments: [],
  objectives: [],
  objectiveProblems: [],
  drift: [driftFailing],
  releases: [],
  score: null,
  mayPropose: { allowed: true },
  mayApproveReference: { allowed: true },
};

/** A model of which nothing is known yet. */
export const unknownModel: ModelAnswer = {
  ...modelAnswer,
  sentence: 'Not judged yet. No session reported in this range.',
  status: 'inconclusive',
  versions: [],
  adoption: [],
  adoptionOverTime: [],
  drift: [],
};

export const cohortAnswer: CohortAnswer = {
  subject: cohort,
  sentence: 'Digit reader for phones: version 2 runs 75.0 % of 40 sessions.',
  status: 'pass',
  rangeStartMs: nowMs - hourMs,
  rangeEndMs: nowMs,
  selector: { 'ai_assurance.device.class': ['low-end', 'entry'] },
  ring: 'canary',
  expectedDeviceCount: 10,
  minimumGroupSize: 5,
  models: [
    {
      modelRef: edgeModel.entityRef,
      adoption: modelAnswer.adoption[0],
      adoptionOverTime: modelAnswer.adoptionOverTime,
      segments: [],
    },
  ],
  latency: [],
  score: null,
};

export const silentCohort: CohortAnswer = {
  ...cohortAnswer,
  sentence: 'Silent: no session reported in this range.',
  status: 'inconclusive',
  models: [
    {
      modelRef: edgeModel.entityRef,
      adoption: {
        cohort: cohort.entityRef,
        title: cohort.title,
        totalCount: 0,
        versions: [],
      },
      adoptionOverTime: [],
      segments: [],
    },
  ],
};

export const summary: SubjectSummary = {
  subject: reader,
  sentence: 'Drift of output.confidence is not known.',
  rollUp: {
    status: 'inconclusive',
    measuredCount: 4,
    inScopeCount: 5,
    unknownCount: 1,
  },
  level: 'bronze',
  facts: [
    {
      label: 'Within 150 ms',
      value: '98.9 % of 184',
      verdict: {
        status: 'pass',
        reason: 'within-budget',
        facts: {
          bound: 0.95,
          comparator: 'at-least',
          unit: 'ratio',
          sampleCount: 184,
          evidenceId: '15',
        },
      },
    },
    {
      label: 'Drift of output.confidence',
      value: 'not known',
      verdict: { status: 'inconclusive', reason: 'no-data', facts: {} },
    },
    { label: 'Low-end phones', value: '100 % of 30' },
    { label: 'Mid-range phones', value: '50.0 % of 20' },
    { label: 'Flagship phones', value: 'no data' },
  ],
};

/** Draws a part of an entity's page as Mira sees it. */
export function renderOn(
  entity: Entity,
  part: JSX.Element,
  api: Partial<AiAssuranceApi> = {},
  path?: string,
  onToast?: (title: unknown) => void,
) {
  return renderPage(<EntityProvider entity={entity}>{part}</EntityProvider>, {
    api,
    path,
    onToast,
  });
}

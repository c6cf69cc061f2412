import {
  CohortAdoption,
  Drift,
  Objective,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  cohortSentence,
  driftPhrase,
  modelSentence,
  objectivePhrase,
  overviewSentence,
  scoreSentence,
} from './sentences';
import { serviceStatus } from './serviceStatus';

const serviceSentence = (
  objectives: Objective[],
  monitors: Drift[],
  problems: string[],
) =>
  serviceStatus({ objectives, drift: monitors, problems, nowMs: 0 }).sentence;

const objective = (change: Partial<Objective> = {}): Objective => ({
  sloName: 'digit-api-latency',
  objectiveName: 'p95 latency',
  description: '',
  objectiveRatio: 0.95,
  thresholdMs: 50,
  windowMs: 86_400_000,
  goodCount: 1180,
  totalCount: 1204,
  attainmentRatio: 1180 / 1204,
  budgetRemainingRatio: 0.6,
  burnRates: [],
  verdict: { status: 'pass', reason: 'within-budget', facts: {} },
  evaluatedAtMs: 0,
  ...change,
});

const drift = (change: Partial<Drift> = {}): Drift => ({
  feature: 'output.confidence',
  version: null,
  statistic: 'psi',
  value: 0.02,
  warnLimit: 0.1,
  failLimit: 0.25,
  falseAlarmRatio: 0.001,
  referenceId: 'ref_1',
  referenceApprovedBy: 'user:default/ada',
  referenceCount: 2000,
  currentCount: 640,
  minimumCount: 200,
  boundaries: [],
  referenceBins: [],
  currentBins: [],
  verdict: { status: 'pass', reason: 'stable', facts: {} },
  evaluatedAtMs: 0,
  history: [],
  ...change,
});

const score = (
  statuses: ('pass' | 'fail' | 'warn' | 'inconclusive' | 'not-applicable')[],
  level: string | null,
): SubjectScore => {
  const applicable = statuses.filter(s => s !== 'not-applicable');
  const unknownCount = applicable.filter(s => s === 'inconclusive').length;
  return {
    subject: {
      entityRef: 'resource:default/m',
      kind: 'edge-model',
      title: 'M',
    },
    scorecardId: 'production-readiness',
    level,
    rollUp: {
      status:
        (['fail', 'inconclusive', 'warn', 'pass'] as const).find(s =>
          applicable.includes(s),
        ) ?? 'not-applicable',
      inScopeCount: applicable.length,
      unknownCount,
      measuredCount: applicable.length - unknownCount,
    },
    checks: statuses.map((status, index) => ({
      checkId: `check-${index}`,
      question: 'Is it?',
      level: 'bronze',
      verdict: { status, reason: 'x', facts: {} },
      fixHint: 'Do it.',
      judgedAtMs: 0,
    })),
    judgedAtMs: 0,
  };
};

const cohort = (change: Partial<CohortAdoption> = {}): CohortAdoption => ({
  cohort: 'resource:default/flagship-phones',
  title: 'Flagship phones',
  totalCount: 400,
  versions: [
    {
      version: '2',
      digest: null,
      sessionCount: 100,
      crashedCount: 0,
      loadAttemptCount: 8,
      loadFailureCount: 0,
    },
    {
      version: '1',
      digest: null,
      sessionCount: 300,
      crashedCount: 3,
      loadAttemptCount: 8,
      loadFailureCount: 0,
    },
  ],
  ...change,
});

describe('the first line of the overview', () => {
  it.each([
    [
      [],
      'No AI service, model or device cohort is registered in the catalog yet.',
    ],
    [
      [
        { status: 'pass' as const, isOwned: true },
        { status: 'not-applicable' as const, isOwned: true },
      ],
      'All 2 subjects pass every check that applies to them.',
    ],
    [
      [
        { status: 'fail' as const, isOwned: true },
        { status: 'inconclusive' as const, isOwned: true },
        { status: 'pass' as const, isOwned: false },
        { status: 'pass' as const, isOwned: true },
      ],
      '3 of 4 subjects need attention: 1 failing, 1 not known, 1 without an owner.',
    ],
  ])('says of %j: %s', (subjects, sentence) => {
    expect(overviewSentence(subjects)).toBe(sentence);
  });

  it('counts a subject that fails and has no owner once', () => {
    expect(overviewSentence([{ status: 'fail', isOwned: false }])).toBe(
      '1 of 1 subject needs attention: 1 failing, 1 without an owner.',
    );
  });
});

describe('what an on-call engineer reads first', () => {
  it('says what holds, with its denominator, when nothing is wrong', () => {
    expect(serviceSentence([objective()], [drift()], [])).toBe(
      'Healthy. P95 latency: 98.0 % of 1,204 within 50 ms, objective 95 %.',
    );
  });

  it('puts the worst thing first, whatever it is', () => {
    const drifted = drift({
      value: 0.731,
      verdict: { status: 'fail', reason: 'drifted', facts: {} },
    });
    expect(serviceSentence([objective()], [drifted], [])).toBe(
      'Outputs have drifted: PSI of output.confidence 0.731, limit 0.250, n = 640.',
    );
  });

  it('names the fastest burn that fires', () => {
    const burning = objective({
      goodCount: 900,
      totalCount: 1204,
      verdict: { status: 'fail', reason: 'burning', facts: {} },
      burnRates: [
        {
          severity: 'page',
          longWindowMs: 1,
          shortWindowMs: 1,
          factor: 14.4,
          longBurn: 15.2,
          shortBurn: 20,
          firing: true,
        },
        {
          severity: 'ticket',
          longWindowMs: 1,
          shortWindowMs: 1,
          factor: 1,
          longBurn: 40,
          shortBurn: 0,
          firing: false,
        },
      ],
    });
    expect(objectivePhrase(burning)).toBe(
      'p95 latency: 74.8 % of 1,204 within 50 ms, objective 95 %, burning 15×',
    );
  });

  it('never calls missing data healthy', () => {
    expect(serviceSentence([], [], [])).toBe(
      'No objective is declared, so nobody can say whether this service is healthy.',
    );
    expect(
      serviceSentence([], [], ['objectives.yaml:3: target is missing']),
    ).toBe('No objective could be read: objectives.yaml:3: target is missing');
    const unknown = objective({
      goodCount: 0,
      totalCount: 0,
      verdict: { status: 'inconclusive', reason: 'no-data', facts: {} },
    });
    expect(serviceSentence([unknown], [], [])).toBe(
      'P95 latency is not known (no data): no data within 50 ms, objective 95 %.',
    );
    expect(
      driftPhrase(
        drift({
          referenceId: null,
          value: null,
          verdict: { status: 'inconclusive', reason: 'no-data', facts: {} },
        }),
      ),
    ).toBe('drift is not known: output.confidence has no approved reference');
  });
});

describe('the line of a model', () => {
  it.each([
    [undefined, 'Not judged yet.'],
    [score(['not-applicable'], null), 'No check applies to this subject.'],
    [
      score(['pass', 'pass', 'not-applicable'], 'gold'),
      'Ready for production: all 2 checks pass. Level held: gold.',
    ],
    [
      score(
        ['pass', 'fail', 'inconclusive', 'warn', 'not-applicable'],
        'bronze',
      ),
      'Not ready for production: 1 of 4 checks fails, 1 with a warning, 1 of 4 not known. Level held: bronze.',
    ],
  ])('judges readiness (%#)', (given, sentence) => {
    expect(scoreSentence(given)).toBe(sentence);
  });

  it('adds which version most sessions run, over all cohorts', () => {
    expect(
      modelSentence(score(['pass'], 'gold'), [
        cohort(),
        cohort({ cohort: null, title: 'No cohort' }),
      ]),
    ).toBe(
      'Ready for production: the one check that applies passes. Level held: gold. Version 1 runs 75.0 % of 800 sessions.',
    );
  });
});

describe('the line of a cohort', () => {
  it('says silent when nothing reports, never zero', () => {
    expect(
      cohortSentence([
        { title: 'Reader', adoption: cohort({ totalCount: 0, versions: [] }) },
      ]),
    ).toBe('Silent: no session reported in this range.');
    expect(cohortSentence([])).toBe('No model targets this cohort.');
  });

  it('says what most sessions run and how many were crash-free', () => {
    expect(cohortSentence([{ title: 'Reader', adoption: cohort() }])).toBe(
      'Reader: version 1 runs 75.0 % of 400 sessions, 99.3 % of 400 crash-free.',
    );
  });
});

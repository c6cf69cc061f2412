import { examplePayload } from './__testUtils__/fixtures';
import { evidenceKinds, type EvidenceType } from './kinds';

const early = '2026-11-22T01:00:00.000Z';

/** What a payload of the kind is told when its example is changed so; nothing when it is fine. */
function problemsOf(kind: string, changes: Record<string, unknown>): string[] {
  const type = `io.ai-assurance.${kind}.v1` as EvidenceType;
  const parsed = evidenceKinds[type].safeParse(examplePayload(type, changes));
  return parsed.success
    ? []
    : parsed.error.issues.map(
        issue => `${issue.path.join('.')}: ${issue.message}`,
      );
}

const link = {
  question: 'digit-api-latency',
  status: 'pass',
  reason: 'WITHIN_BUDGET',
  evidenceId: '902',
};

describe('a payload that contradicts itself is refused', () => {
  it.each<[string, string, Record<string, unknown>, string]>([
    [
      'a deployment that succeeded at no time',
      'deployment',
      { finishedAt: null },
      'finishedAt: a deployment has a finish exactly when it is no longer running',
    ],
    [
      'a deployment that runs and has finished',
      'deployment',
      { outcome: 'running' },
      'finishedAt: a deployment has a finish exactly when it is no longer running',
    ],
    [
      'a deployment that finished before it started',
      'deployment',
      { finishedAt: early },
      'finishedAt: it finished before it started',
    ],
    [
      'a correction that ends before it starts',
      'correction',
      { end: early },
      'end: a correction has to end after its start',
    ],
    [
      'a pipeline run that finished before it started',
      'pipeline-run',
      { finishedAt: early },
      'finishedAt: it finished before it started',
    ],
    [
      'a pipeline run that ended at no time',
      'pipeline-run',
      { outcome: 'terminated', finishedAt: null },
      'finishedAt: a run has a finish exactly when it is no longer running',
    ],
    [
      'a share beyond the whole',
      'evaluation',
      {
        value: 88,
        intervalLow: 0.1,
        intervalHigh: 96,
        successCount: undefined,
      },
      'value: a ratio lies within 0 and 1; intervalHigh: a ratio lies within 0 and 1',
    ],
    [
      'a share below nothing',
      'evaluation',
      { intervalLow: -0.1 },
      'intervalLow: a ratio lies within 0 and 1',
    ],
    [
      'a value below its interval',
      'evaluation',
      { intervalLow: 0.881 },
      'value: it lies outside its interval',
    ],
    [
      'a value above its interval',
      'evaluation',
      { intervalHigh: 0.879 },
      'value: it lies outside its interval',
    ],
    [
      'an interval that ends before it starts, in any unit',
      'evaluation',
      { unit: 'ms', intervalLow: 0.9, intervalHigh: 0.8 },
      'value: it lies outside its interval',
    ],
    [
      'more successes than trials',
      'evaluation',
      { unit: 'points', successCount: 2001 },
      'successCount: more succeeded than there were',
    ],
    [
      'a share that its counts do not give',
      'evaluation',
      { value: 0.8851 },
      'value: it is not successCount of totalCount',
    ],
    [
      'attacks that reached their aim beyond their stated interval',
      'safety-evaluation',
      { successCount: 118 },
      'successInterval: successCount of attackCount lies outside it',
    ],
    [
      'more leaks than outputs',
      'safety-evaluation',
      { leakage: { outputCount: 10, leakedOutputCount: 11 } },
      'leakage.leakedOutputCount: more outputs leaked than there were',
    ],
    [
      'a family with more attacks that succeeded than were decided',
      'safety-evaluation',
      {
        categories: [
          {
            category: 'promptinject',
            references: [],
            attackCount: 1,
            successCount: 2,
            undecidedCount: 0,
          },
        ],
      },
      'categories.0.successCount: more attacks succeeded than were decided',
    ],
    [
      'a limit beyond the whole, and more good outputs than outputs',
      'safety-evaluation',
      {
        scores: [
          {
            metric: 'groundedness',
            limit: 70,
            unit: 'ratio',
            goodCount: 11,
            totalCount: 10,
          },
        ],
      },
      'scores.0.limit: a ratio lies within 0 and 1; scores.0.goodCount: more outputs were good than there were',
    ],
    [
      'a check with shares beyond the whole, and more failures than rows',
      'quality-report',
      {
        checks: [
          {
            check: 'expect-no-nulls',
            aspect: 'null-share',
            feature: null,
            value: 2,
            limit: -1,
            unit: 'ratio',
            failedCount: 11,
            totalCount: 10,
            status: 'fail',
            reason: 'TOO_MANY',
          },
        ],
      },
      'checks.0.value: a ratio lies within 0 and 1; checks.0.limit: a ratio lies within 0 and 1; checks.0.failedCount: more failed than there were',
    ],
    [
      'a share outside the interval stated of it',
      'judge-calibration',
      {
        sensitivityInterval: {
          lowRatio: 0.5,
          highRatio: 0.6,
          levelRatio: 0.95,
          method: 'wilson',
        },
      },
      'sensitivityInterval: truePositiveCount of positiveCount lies outside it',
    ],
    [
      'more attacks that succeeded than were made',
      'safety-evaluation',
      { successCount: 1181, successInterval: null },
      'successCount: more attacks succeeded than were decided',
    ],
    [
      'an interval that ends below its start',
      'safety-evaluation',
      {
        successInterval: {
          lowRatio: 0.2,
          highRatio: 0.1,
          levelRatio: 0.95,
          method: 'wilson',
        },
      },
      'successInterval.highRatio: the interval ends below its start',
    ],
    [
      'a sensitivity that its counts do not give',
      'judge-calibration',
      { sensitivityRatio: 0.99 },
      'sensitivityRatio: it is not truePositiveCount of positiveCount',
    ],
    [
      'a specificity of no negatives',
      'judge-calibration',
      { negativeCount: 0, trueNegativeCount: 0, specificityRatio: 1 },
      'specificityRatio: it is not trueNegativeCount of negativeCount',
    ],
    [
      'an override without a reason',
      'gate-decision',
      { isOverride: true, decidedBy: 'user:default/ken' },
      'overrideReason: an override has a reason, and nothing else has one',
    ],
    [
      'an override by nobody',
      'gate-decision',
      { isOverride: true, overrideReason: 'The store closes tonight' },
      'decidedBy: nobody is named for the override',
    ],
    [
      'a waiver of a pass',
      'waiver',
      { waived: link },
      'waived.status: only a fail or an inconclusive verdict can be waived',
    ],
    [
      'a tier other than the computed one that nobody overrode',
      'risk-classification',
      { override: null },
      'override: another tier than the computed one needs an override, and an override another tier',
    ],
    [
      'an override to the same tier',
      'risk-classification',
      { computedTier: 'high' },
      'override: another tier than the computed one needs an override, and an override another tier',
    ],
    [
      'an incident that was mitigated before anybody noticed it',
      'incident',
      { mitigatedAt: early },
      'detectedAt: its instants are out of order',
    ],
    [
      'an incident that is open and resolved',
      'incident',
      { state: 'open' },
      'resolvedAt: an incident has a resolution exactly when it is resolved',
    ],
    [
      'an incident that was mitigated at no time',
      'incident',
      { state: 'mitigated', mitigatedAt: null, resolvedAt: null },
      'mitigatedAt: it is mitigated, and nothing says when',
    ],
    [
      'an action that is effective by saying so',
      'capa',
      { effect: null },
      'effect: an action closes on its measured effect, and only then has one',
    ],
    [
      'an action that is effective on a verdict that does not pass',
      'capa',
      { effect: { ...link, status: 'inconclusive' } },
      'effect.status: only a passing verdict shows that it is effective',
    ],
    [
      'an action that closed at no time',
      'capa',
      { closedAt: null },
      'closedAt: an action has a closing time exactly when it is closed',
    ],
    [
      'a number without a unit',
      'attestation',
      { unit: null },
      'unit: a value has a unit, and a unit a value',
    ],
    [
      'a period that ends as it starts',
      'cost-report',
      { periodEnd: '2026-11-21T00:00:00Z' },
      'periodEnd: the period ends before it starts, or is empty',
    ],
    [
      'more idle cost than cost',
      'cost-report',
      { idleCostMicros: 184250001 },
      'idleCostMicros: more is idle than was paid',
    ],
    [
      'parts that cost more than the whole',
      'cost-report',
      { byResource: [{ resource: 'cpu', costMicros: 184250001 }] },
      'byResource: the parts cost more than the whole',
    ],
    [
      'a drill in which more confirmed than were asked',
      'drill',
      { confirmedCount: 501 },
      'confirmedCount: more confirmed than were targeted',
    ],
    [
      'a confirmation curve that falls',
      'drill',
      {
        confirmations: [
          { elapsedMs: 1, confirmedCount: 2 },
          { elapsedMs: 2, confirmedCount: 1 },
        ],
      },
      'confirmations: the confirmation curve falls',
    ],
    [
      'a drill that reached devices before the order',
      'drill',
      { propagatedAt: early },
      'detectedAt: its instants are out of order',
    ],
    [
      'a policy change that changed nothing',
      'policy-change',
      { fromDigest: null, toDigest: null },
      'toDigest: nothing changed',
    ],
    [
      'a retention below its legal floor',
      'redaction',
      {
        because: {
          cause: 'retention',
          ruleId: 'telemetry',
          rulesDigest: `sha256:${'0'.repeat(64)}`,
          retentionDays: 30,
          legalFloorDays: 180,
          legalBasis: 'eu-ai-act/19',
        },
      },
      'because.retentionDays: it is kept for a shorter time than law or contract demands',
    ],
    [
      'an item that is redacted twice in one redaction',
      'redaction',
      {
        items: ['0', '1'].map(digit => ({
          evidenceId: '41',
          leafHash: digit.repeat(64),
        })),
      },
      'items: an item is listed twice',
    ],
    [
      'a collector that works and failed',
      'collection-status',
      { state: 'working' },
      'failureCode: a failure has a code and a count, and success has neither',
    ],
    [
      'a collector that fails without a failed run',
      'collection-status',
      { failedRunCount: 0 },
      'failureCode: a failure has a code and a count, and success has neither',
    ],
  ])('%s', (_, kind, changes, problem) => {
    expect(problemsOf(kind, changes).join('; ')).toBe(problem);
  });

  it('and what is only unusual is not', () => {
    expect(
      problemsOf('deployment', { outcome: 'running', finishedAt: null }),
    ).toEqual([]);
    // A share that was rounded, one of no counts, and a number that is no share.
    expect(problemsOf('evaluation', { value: 0.885 })).toEqual([]);
    expect(
      problemsOf('evaluation', { successCount: undefined, value: 0.89 }),
    ).toEqual([]);
    expect(
      problemsOf('evaluation', {
        unit: 'ms',
        value: 41.2,
        intervalLow: 40,
        intervalHigh: 43,
      }),
    ).toEqual([]);
    expect(
      problemsOf('judge-calibration', {
        positiveCount: 0,
        truePositiveCount: 0,
        sensitivityRatio: null,
        sensitivityInterval: null,
      }),
    ).toEqual([]);
    expect(
      problemsOf('incident', { occurredAt: null, decidedAt: null }),
    ).toEqual([]);
    expect(problemsOf('drill', { propagatedAt: null })).toEqual([]);
  });

  it('a link never carries credentials, a query or a fragment', () => {
    const answers = [
      'https://user:pass@pager.example/1',
      'https://pager.example/1?token=abc',
      'https://pager.example/1#abc',
      'ftp://pager.example/1',
    ].map(address => problemsOf('incident', { link: address }).length);
    expect(answers).toEqual([1, 1, 1, 1]);
  });

  it('a signer is a workload, never a person’s address', () => {
    expect(
      problemsOf('signature-verification', {
        signerIdentity: 'mailto:mira@example.org',
      }).length,
    ).toBe(1);
    expect(
      problemsOf('signature-verification', {
        signerIdentity: 'spiffe://cluster.example/ns/ml/sa/release',
      }),
    ).toEqual([]);
  });
});

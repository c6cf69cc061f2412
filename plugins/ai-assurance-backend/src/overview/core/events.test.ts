import type { Drift } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  CHANGE_TYPES,
  changeEvents,
  driftEvents,
  RecordedItem,
} from './events';

const item = (
  evidenceId: string,
  timeMs: number,
  kind: string,
  payload: Record<string, unknown>,
): RecordedItem => ({
  evidenceId,
  timeMs,
  item: { type: `io.ai-assurance.${kind}.v1`, data: { payload } },
});

describe('the change strip', () => {
  it('says that something was redacted, and what is still known of it', () => {
    const erased = (evidenceId: string, timeMs: number, kind: string) => ({
      ...item(evidenceId, timeMs, kind, {}),
      isErased: true as const,
    });
    expect(
      changeEvents([
        erased('1', 100, 'artifact'),
        erased('2', 200, 'slo-status'),
        item('3', 300, 'redaction', {}),
      ]).map(({ title }) => title),
    ).toEqual(['Artifact recorded, redacted since', 'Evidence redacted']);
  });

  it.each([
    [
      'approval-decision',
      { version: '2', decision: 'approved', releaseId: 'rel_1' },
      ['approval', 'Release of version 2 approved'],
    ],
    [
      'approval-vote',
      { votedBy: 'user:default/ada', vote: 'approve', releaseId: 'rel_1' },
      ['approval', 'Ada voted to approve'],
    ],
    [
      'deployment',
      {
        version: '7',
        environment: 'production',
        cause: 'release',
        outcome: 'succeeded',
      },
      ['deployment', 'Deployment of version 7 in production done'],
    ],
    [
      'deployment',
      {
        version: '6',
        environment: 'production',
        cause: 'rollback',
        outcome: 'failed',
      },
      ['deployment', 'Rollback to version 6 in production failed'],
    ],
    [
      'deployment',
      {
        version: '6',
        environment: 'production',
        cause: 'configuration',
        outcome: 'succeeded',
      },
      ['configuration', 'Configuration changed in production, done'],
    ],
    [
      'policy-change',
      { ruleKind: 'threshold', ruleId: 'p95', effect: 'loosened' },
      ['threshold', 'Threshold p95 loosened'],
    ],
    [
      'action-order',
      { fromVersion: '7', toVersion: '6', state: 'unanswered' },
      ['action', 'Rollback from version 7 to 6 sent, and not answered'],
    ],
    [
      'incident',
      {
        incidentId: 'Q2',
        state: 'open',
        severity: 'critical',
        category: 'latency',
      },
      ['incident', 'Incident Q2 open (critical, latency)'],
    ],
    [
      'slo-alert',
      {
        objectiveName: 'Latency',
        cause: 'burn-rate',
        severity: 'page',
        state: 'firing',
      },
      ['alert', 'Latency: burn rate alert (page) fires'],
    ],
    [
      'gate-decision',
      {
        gateId: 'service-rollback',
        decision: 'roll-back',
        version: '7',
        isOverride: true,
      },
      [
        'rollout',
        'Gate service-rollback: roll back version 7, against its verdicts',
      ],
    ],
  ])('says of a %s %j: %j', (kind, payload, told) => {
    const [event] = changeEvents([item('7', 300, kind, payload)]);
    expect([event.group, event.title]).toEqual(told);
    expect([event.atMs, event.evidenceId]).toEqual([300, '7']);
  });

  it('puts the oldest first, and those of one moment in the order of the ledger', () => {
    const artifact = (evidenceId: string, timeMs: number) =>
      item(evidenceId, timeMs, 'artifact', { version: evidenceId });
    expect(
      changeEvents([
        artifact('10', 2),
        artifact('9', 2),
        artifact('11', 1),
      ]).map(({ evidenceId }) => evidenceId),
    ).toEqual(['11', '9', '10']);
  });

  it('stretches a correction over the time that it leaves out', () => {
    const [event] = changeEvents([
      item('7', 300, 'correction', {
        state: 'recorded',
        cause: 'load-test',
        start: '2026-11-22T02:00:00.000Z',
        end: '2026-11-22T02:30:00.000Z',
      }),
    ]);
    expect([event.title, event.endMs! - event.atMs]).toEqual([
      'Correction: load test',
      1_800_000,
    ]);
  });

  it('leaves out what is measured again and again, and what is said twice', () => {
    expect(
      changeEvents([
        item('1', 1, 'slo-status', { status: 'fail' }),
        item('2', 2, 'scorecard-verdict', { status: 'fail' }),
        item('3', 3, 'attestation', { statement: 'incident-opened' }),
      ]),
    ).toEqual([]);
    expect(CHANGE_TYPES).not.toContain('io.ai-assurance.slo-status.v1');
  });
});

describe('drift on the change strip', () => {
  it('shows where a verdict moved', () => {
    const history = (['pass', 'pass', 'fail', 'fail', 'pass'] as const).map(
      (status, atMs) => ({ atMs, value: 0, status }),
    );
    expect(
      driftEvents([{ feature: 'output.confidence', history } as Drift]),
    ).toEqual([
      {
        atMs: 2,
        kind: 'drift-report',
        group: 'drift',
        title: 'Drift of output.confidence: pass → fail',
      },
      {
        atMs: 4,
        kind: 'drift-report',
        group: 'drift',
        title: 'Drift of output.confidence: fail → pass',
      },
    ]);
  });
});

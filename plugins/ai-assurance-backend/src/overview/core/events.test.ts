import { changeEvents, RecordedItem } from './events';

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

  it('shows every decision, oldest first', () => {
    expect(
      changeEvents([
        item('7', 300, 'approval-decision', {
          version: '2',
          decision: 'approved',
        }),
        item('5', 100, 'approval-request', { version: '2' }),
        item('6', 200, 'approval-vote', {
          votedBy: 'user:default/ada',
          vote: 'approve',
        }),
      ]),
    ).toEqual([
      {
        atMs: 100,
        kind: 'approval-request',
        title: 'Release of version 2 proposed',
        evidenceId: '5',
      },
      {
        atMs: 200,
        kind: 'approval-vote',
        title: 'user:default/ada voted to approve',
        evidenceId: '6',
      },
      {
        atMs: 300,
        kind: 'approval-decision',
        title: 'Release of version 2 approved',
        evidenceId: '7',
      },
    ]);
  });

  it('shows a repeated status only where it moved', () => {
    const drift = (id: string, atMs: number, status: string) =>
      item(id, atMs, 'drift-report', { feature: 'output.confidence', status });
    expect(
      changeEvents([
        drift('1', 1, 'pass'),
        drift('2', 2, 'pass'),
        drift('3', 3, 'fail'),
        drift('4', 4, 'fail'),
        drift('5', 5, 'pass'),
      ]),
    ).toEqual([
      {
        atMs: 3,
        kind: 'drift-report',
        title: 'output.confidence: pass → fail',
        evidenceId: '3',
      },
      {
        atMs: 5,
        kind: 'drift-report',
        title: 'output.confidence: fail → pass',
        evidenceId: '5',
      },
    ]);
  });

  it('keeps two objectives apart', () => {
    const status = (id: string, slo: string, value: string) =>
      item(id, Number(id), 'slo-status', {
        sloName: slo,
        objectiveName: 'p95',
        status: value,
      });
    expect(
      changeEvents([
        status('1', 'a', 'pass'),
        status('2', 'b', 'fail'),
        status('3', 'a', 'pass'),
        status('4', 'b', 'fail'),
      ]),
    ).toEqual([]);
  });
});

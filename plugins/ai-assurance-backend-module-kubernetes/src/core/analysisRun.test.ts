import { Change, rollout, run } from '../__testUtils__/objects';
import { rolloutAnalysis } from './analysisRun';

describe('what an AnalysisRun measured', () => {
  const analyse = (change?: Change) =>
    rolloutAnalysis({ cluster: 'eu', rollout: rollout(), run: run(change) });

  it('counts each metric, and a dry run beside them', () => {
    expect(analyse()).toEqual({
      analysisId: 'eu/vision/digit-api-7f8d9c6b5-7-2',
      rolloutId: 'eu/vision/digit-api',
      version: '2.0.0',
      digest: null,
      purpose: 'Step',
      stageIndex: 2,
      sourceState: 'Successful',
      isCutShort: false,
      metrics: [
        {
          metric: 'p95-latency',
          sourceState: 'Successful',
          isDryRun: false,
          measuredCount: 5,
          successfulCount: 4,
          failedCount: 1,
          inconclusiveCount: 0,
          errorCount: 0,
        },
        {
          metric: 'error-rate',
          sourceState: 'Successful',
          isDryRun: false,
          measuredCount: 4,
          successfulCount: 3,
          failedCount: 0,
          inconclusiveCount: 1,
          errorCount: 1,
        },
        {
          metric: 'new-metric',
          sourceState: 'Failed',
          isDryRun: true,
          measuredCount: 3,
          successfulCount: 0,
          failedCount: 3,
          inconclusiveCount: 0,
          errorCount: 0,
        },
      ],
      measuredCount: 9,
      successfulCount: 7,
      failedCount: 1,
      inconclusiveCount: 1,
      errorCount: 1,
      startedAt: '2026-11-22T12:10:00.000Z',
      finishedAt: '2026-11-22T12:16:00.000Z',
      status: 'pass',
      reason: 'ANALYSIS_SUCCESSFUL',
    });
  });

  it.each<[string, Change, string, string]>([
    [
      'failed',
      o => {
        o.status.phase = 'Failed';
      },
      'fail',
      'ANALYSIS_FAILED',
    ],
    [
      'failed before it was ended',
      o => {
        o.status.phase = 'Failed';
        o.spec.terminate = true;
      },
      'fail',
      'ANALYSIS_FAILED',
    ],
    [
      'successful because it was ended',
      o => {
        o.spec.terminate = true;
      },
      'inconclusive',
      'terminated',
    ],
    [
      'inconclusive',
      o => {
        o.status.phase = 'Inconclusive';
      },
      'inconclusive',
      'ANALYSIS_INCONCLUSIVE',
    ],
    [
      'broken',
      o => {
        o.status.phase = 'Error';
      },
      'inconclusive',
      'source-error',
    ],
    [
      'successful without a measurement',
      o => {
        o.status.metricResults = [];
      },
      'inconclusive',
      'no-data',
    ],
    [
      'successful in a dry run only',
      o => {
        o.status.metricResults.forEach((m: any) => {
          m.dryRun = true;
        });
      },
      'inconclusive',
      'no-data',
    ],
  ])('%s', (_, change, status, reason) => {
    expect(analyse(change)).toMatchObject({ status, reason });
  });

  it('ended with its last measurement where Argo does not date its end', () => {
    expect(
      analyse(o => {
        delete o.status.completedAt;
      })!.finishedAt,
    ).toBe('2026-11-22T12:16:00.000Z');
    expect(
      analyse(o => {
        delete o.status.completedAt;
        delete o.status.metricResults[0].measurements;
      })!.finishedAt,
    ).toBe(null);
  });

  it.each(['Pending', 'Running'])('is nothing while it is %s', phase => {
    expect(
      analyse(o => {
        o.status.phase = phase;
      }),
    ).toBe(undefined);
  });

  it('shows no argument, message or measured value', () => {
    const text = JSON.stringify(analyse());
    expect(text).not.toContain('jane');
    expect(text).not.toContain('0.071');
  });
});

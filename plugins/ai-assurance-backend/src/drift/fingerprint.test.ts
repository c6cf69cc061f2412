import { Verdict } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { createHash } from 'node:crypto';
import { QualityCheck } from './core/quality';
import { MonitorAnswer } from './DriftStore';
import { fingerprintOf } from './fingerprint';

const verdict = (status: Verdict['status'], reason: string) =>
  ({ status, reason, facts: {} } as Verdict);
const cohort = (name: string, of: Verdict) =>
  ({ cohort: name, verdict: of } as NonNullable<
    MonitorAnswer['cohorts']
  >[number]);
const signal = (
  cohorts: MonitorAnswer['cohorts'],
  quality: Pick<QualityCheck, 'aspect' | 'verdict'>[] = [],
) => ({
  answer: {
    verdict: verdict('pass', 'within-limit'),
    referenceId: 'ref_1',
    cohorts,
  } as MonitorAnswer,
  quality: quality as QualityCheck[],
});
const hashed = (details: unknown) =>
  createHash('sha256').update(JSON.stringify(details)).digest('hex');

describe('the fingerprint of a judgement', () => {
  it('is what was said of the whole, and a hash of what was said of the rest', () => {
    expect(fingerprintOf(signal(undefined))).toBe(
      '["pass","within-limit","ref_1"]',
    );
    const pass = verdict('pass', 'within-limit');
    const fail = verdict('fail', 'drifted');
    expect(
      fingerprintOf(
        signal(
          [cohort('resource:default/phones', pass), cohort('"odd"\n', fail)],
          [{ aspect: 'range', verdict: verdict('warn', 'above-limit') }],
        ),
      ),
    ).toBe(
      JSON.stringify([
        'fail',
        'drifted',
        'ref_1',
        hashed([
          ['resource:default/phones', 'pass', 'within-limit'],
          ['"odd"\n', 'fail', 'drifted'],
          ['range', 'warn', 'above-limit'],
        ]),
      ]),
    );
  });

  it('is another one when anything is said otherwise, and the same one again when it is not', () => {
    const of = (status: Verdict['status'], reason: string, name = 'a') =>
      fingerprintOf(signal([cohort(name, verdict(status, reason))]));
    const some = [
      of('pass', 'within-limit'),
      of('inconclusive', 'no-data'),
      of('inconclusive', 'suppressed'),
      of('inconclusive', 'suppressed', 'b'),
    ];
    expect(new Set(some).size).toBe(4);
    expect(of('pass', 'within-limit')).toBe(some[0]);
    expect(of('inconclusive', 'suppressed')).toBe(some[2]);
  });
});

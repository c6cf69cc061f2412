import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import { MomentProvider } from '../hooks/moment';
import { DataTable } from './DataTable';
import { FactList, FactRow } from './FactRow';
import { formatAge, formatDuration, formatValue } from './format';
import { RelativeTime } from './RelativeTime';
import { Section } from './Section';
import { ShareText } from './ShareText';
import { VerdictBadge } from './VerdictBadge';
import { VerdictRollUpText } from './VerdictRollUpText';

describe('the verdict badge', () => {
  it.each([
    ['pass', undefined, 'Pass'],
    ['warn', undefined, 'Warn'],
    ['fail', 'LIMIT_EXCEEDED', 'Fail'],
    [
      'inconclusive',
      'insufficient-sample',
      'Inconclusive: insufficient sample',
    ],
    ['not-applicable', undefined, 'Not applicable'],
  ] as const)('says %s in words', async (status, reason, text) => {
    renderInTestApp(<VerdictBadge status={status} reason={reason} />);
    expect((await screen.findByText(text)).textContent).toBe(text);
  });

  it('draws another shape for every verdict, so that colour is never alone', async () => {
    renderInTestApp(
      <>
        {(
          ['pass', 'warn', 'fail', 'inconclusive', 'not-applicable'] as const
        ).map(status => (
          <div key={status} data-testid="badge">
            <VerdictBadge status={status} isCompact />
          </div>
        ))}
      </>,
    );
    const shapes = (await screen.findAllByTestId('badge')).map(
      badge => badge.querySelector('svg')!.innerHTML,
    );
    expect(new Set(shapes).size).toBe(5);
  });

  it('marks a waived fail as waived and still calls it a fail', async () => {
    renderInTestApp(<VerdictBadge status="fail" isWaived />);
    expect(
      (await screen.findByText('Fail: waived')).parentElement!.dataset.waived,
    ).toBe('true');
  });
});

describe('numbers', () => {
  it('a roll-up prints measured, in scope and unknown', async () => {
    renderInTestApp(
      <VerdictRollUpText
        rollUp={{
          status: 'inconclusive',
          measuredCount: 4,
          inScopeCount: 5,
          unknownCount: 1,
        }}
      />,
    );
    expect((await screen.findByText(/checks measured/)).textContent).toBe(
      '4 of 5 checks measured, 1 unknown',
    );
  });

  it('a share without anything counted is a word, not a zero', async () => {
    renderInTestApp(<ShareText part={0} whole={0} />);
    expect((await screen.findByText('no data')).textContent).toBe('no data');
  });

  it('a fact stands beside its limit, n and window', async () => {
    renderInTestApp(
      <FactList>
        <FactRow
          label="p95 latency"
          value="131 ms"
          verdict={{
            status: 'fail',
            reason: 'LIMIT_EXCEEDED',
            facts: {
              value: 131,
              bound: 120,
              comparator: 'at-most',
              unit: 'ms',
              sampleCount: 4812,
              windowStartMs: 0,
              windowEndMs: 3_600_000,
            },
          }}
        />
      </FactList>,
    );
    expect((await screen.findByText(/limit at most/)).textContent).toBe(
      'limit at most 120 ms, n = 4,812, over 1 h',
    );
  });

  it.each([
    [0.9312, 'ratio', '93.12 %'],
    [0.0125, 's', '12.5 ms'],
    [1250, 'ms', '1.25 s'],
    [12345, 'count', '12,345'],
    [305_902, 'By', '305.9 kB'],
    [999, 'By', '999 B'],
    [0.123456, undefined, '0.123'],
    [3, 'devices', '3 devices'],
  ])('%p in %p is written %p', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });

  it.each([
    [5_000, '5 s'],
    [300_000, '5 min'],
    [5_400_000, '1.5 h'],
    [2_592_000_000, '30 d'],
  ])('%p milliseconds last %p', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it.each([
    [1_000_000, 1_001_000, undefined],
    [1_000_000, 1_030_000, '30 seconds ago'],
    [1_000_000, 1_000_000 + 3 * 3_600_000, '3 hours ago'],
    [1_000_000 + 3 * 86_400_000, 1_000_000, 'in 3 days'],
    [1_015_000, 1_000_000, undefined],
    [1_030_000, 1_000_000, 'in 30 seconds'],
  ])('%p seen from %p is %p', (atMs, nowMs, text) => {
    expect(formatAge(atMs, nowMs)).toBe(text);
  });

  it('an age is counted from the moment that the page is about', async () => {
    renderInTestApp(
      <MomentProvider atMs={3 * 3_600_000}>
        <RelativeTime atMs={3_600_000} />
      </MomentProvider>,
    );
    expect((await screen.findByText('2 hours ago')).title).toContain('1970');
  });
});

describe('a table in a section of the same name', () => {
  it('is no second landmark, and still reached by keyboard', async () => {
    renderInTestApp(
      <Section title="Subjects">
        <DataTable
          caption="Subjects"
          rows={['a']}
          rowKey={row => row}
          columns={[{ id: 'a', label: 'A', cell: row => row }]}
        />
      </Section>,
    );
    expect(
      (await screen.findAllByRole('region', { name: 'Subjects' })).length,
    ).toBe(1);
    expect(screen.getByRole('group', { name: 'Subjects' }).tabIndex).toBe(0);
  });
});

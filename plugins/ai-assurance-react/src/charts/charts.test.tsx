import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { IntervalBar } from './IntervalBar';
import { PairedHistogram } from './PairedHistogram';
import { StackedAreaChart } from './StackedAreaChart';
import { TimeSeriesChart } from './TimeSeriesChart';

const cellTexts = (table: HTMLElement) =>
  within(table)
    .getAllByRole('row')
    .slice(1)
    .map(row =>
      within(row)
        .getAllByRole('cell')
        .map(cell => cell.textContent),
    );

describe('charts', () => {
  it('a time series says in words what it draws, with its limit', async () => {
    renderInTestApp(
      <TimeSeriesChart
        title="Latency"
        unit="ms"
        series={[{ id: 'p95', name: 'p95' }]}
        limit={{ value: 120 }}
        points={[
          { atMs: 0, values: { p95: 131 } },
          { atMs: 60_000, values: { p95: null } },
          { atMs: 120_000, values: { p95: 90 } },
        ]}
      />,
    );
    expect(
      (await screen.findByRole('img', { name: /^Latency/ })).getAttribute(
        'aria-label',
      ),
    ).toBe('Latency: p95 90 ms latest, highest 131 ms; Limit 120 ms.');
  });

  it('a minute without data is a gap in words, not a zero', async () => {
    renderInTestApp(
      <TimeSeriesChart
        title="Latency"
        unit="ms"
        series={[{ id: 'p95', name: 'p95' }]}
        points={[
          { atMs: 0, values: { p95: 131 } },
          { atMs: 60_000, values: { p95: null } },
        ]}
      />,
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Show as table' }),
    );
    expect(cellTexts(screen.getByRole('table'))).toEqual([
      ['no data'],
      ['131 ms'],
    ]);
  });

  it('a series without any value says so instead of drawing an empty frame', async () => {
    renderInTestApp(
      <TimeSeriesChart
        title="Latency"
        unit="ms"
        series={[{ id: 'p95', name: 'p95' }]}
        points={[{ atMs: 0, values: { p95: null } }]}
      />,
    );
    expect((await screen.findByText(/^No data/)).tagName).toBe('P');
    expect(screen.queryByRole('img')).toBe(null);
  });

  it('what happened is named in the table, at the moment it fell into, and never written over the drawing', async () => {
    renderInTestApp(
      <TimeSeriesChart
        title="Latency"
        unit="ms"
        series={[{ id: 'p95', name: 'p95' }]}
        points={[
          { atMs: 0, values: { p95: 131 } },
          { atMs: 60_000, values: { p95: 90 } },
        ]}
        events={[
          { atMs: 61_000, title: 'Version 7 approved' },
          { atMs: 62_000, title: 'Reference approved' },
          { atMs: 999_000, title: 'Outside of the range' },
        ]}
      />,
    );
    const drawing = await screen.findByRole('img', { name: /^Latency/ });
    expect(within(drawing).queryByText('Version 7 approved')).toBe(null);
    await userEvent.click(
      screen.getByRole('button', { name: 'Show as table' }),
    );
    expect(cellTexts(screen.getByRole('table'))).toEqual([
      ['90 ms', 'Version 7 approved; Reference approved'],
      ['131 ms', '–'],
    ]);
  });

  it('a range that is mostly empty in front starts at its first data, and says so', async () => {
    renderInTestApp(
      <TimeSeriesChart
        title="Latency"
        unit="ms"
        series={[{ id: 'p95', name: 'p95' }]}
        points={[null, null, null, 131].map((p95, minute) => ({
          atMs: Date.UTC(2026, 10, 22, 12, minute),
          values: { p95 },
        }))}
      />,
    );
    expect(
      (await screen.findByText(/^There is no data before/)).textContent,
    ).toBe('There is no data before 12:02, so the axis starts there.');
    await userEvent.click(
      screen.getByRole('button', { name: 'Show as table' }),
    );
    expect(cellTexts(screen.getByRole('table'))).toEqual([
      ['131 ms'],
      ['no data'],
    ]);
  });

  it('shares carry their denominator, and a moment without counts has none', async () => {
    renderInTestApp(
      <StackedAreaChart
        title="Sessions by version"
        points={[
          { atMs: 0, counts: { '6': 30, '7': 10 } },
          { atMs: 60_000, counts: {} },
        ]}
      />,
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Show as table' }),
    );
    expect(cellTexts(screen.getByRole('table'))).toEqual([
      ['no data', 'no data', '0'],
      ['75.0 % (30 of 40)', '25.0 % (10 of 40)', '40'],
    ]);
  });

  it('two histograms are compared by share, each of its own total', async () => {
    renderInTestApp(
      <PairedHistogram
        title="Confidence"
        boundaries={[0.5]}
        referenceBins={[10, 90]}
        currentBins={[5, 5]}
      />,
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Show as table' }),
    );
    const table = screen.getByRole('table');
    expect(
      within(table)
        .getAllByRole('rowheader')
        .map(header => header.textContent),
    ).toEqual(['up to 0.5', 'above 0.5']);
    expect(cellTexts(table)).toEqual([
      ['10.0 % (10 of 100)', '50.0 % (5 of 10)'],
      ['90.0 % (90 of 100)', '50.0 % (5 of 10)'],
    ]);
  });

  it('an interval stands beside its limit in words', async () => {
    renderInTestApp(
      <IntervalBar
        value={0.88}
        intervalLow={0.86}
        intervalHigh={0.9}
        domain={[0.7, 1]}
        limit={0.85}
        unit="ratio"
      />,
    );
    expect((await screen.findByRole('img')).getAttribute('aria-label')).toBe(
      '88 %, interval 86 % to 90 %, limit 85 %',
    );
  });
});

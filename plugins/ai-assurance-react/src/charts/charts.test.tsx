import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { EventStrip } from './EventStrip';
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

describe('an event strip', () => {
  const range = { fromMs: 0, toMs: 600_000 };
  const lanes = [
    { id: 'deployment', label: 'Deployments' },
    { id: 'alert', label: 'Alerts' },
    { id: 'drift', label: 'Drift' },
  ];
  const deployed = {
    id: 'a',
    atMs: 300_000,
    lane: 'deployment',
    title: 'Version 7 deployed',
    href: '/evidence',
  };

  it('puts each event on its lane, in time, and leaves out lanes without any', async () => {
    renderInTestApp(
      <EventStrip
        title="What changed"
        range={range}
        lanes={lanes}
        empty="Nothing"
        events={[
          deployed,
          {
            id: 'b',
            atMs: 60_000,
            endMs: 360_000,
            lane: 'alert',
            title: 'It burns',
          },
          { id: 'c', atMs: 900_000, lane: 'drift', title: 'Later than shown' },
        ]}
      />,
    );
    const lists = await screen.findAllByRole('list');
    expect(lists.map(list => list.getAttribute('aria-label'))).toEqual([
      'Deployments',
      'Alerts',
    ]);
    // Of 640 pixels the plot has 564, beginning at 64.
    const places = lists.map(list => {
      const { left, width } = (list.firstElementChild as HTMLElement).style;
      return [left, width];
    });
    expect(places).toEqual([
      ['346px', '0px'],
      ['120.4px', '282px'],
    ]);
  });

  it('says under it what a mark is while it has the focus', async () => {
    renderInTestApp(
      <EventStrip
        title="What changed"
        range={range}
        lanes={lanes}
        empty="Nothing"
        events={[deployed]}
      />,
    );
    const mark = await screen.findByRole('link');
    expect(mark.getAttribute('href')).toBe('/evidence');
    await userEvent.tab();
    expect(document.activeElement).toBe(mark);
    expect(
      screen.getByText('1 Jan 1970, 00:05:00 UTC · Version 7 deployed').tagName,
    ).toBe('P');
  });

  it('says so when nothing happened', async () => {
    renderInTestApp(
      <EventStrip
        title="What changed"
        range={range}
        lanes={lanes}
        empty="Nothing changed in this range."
        events={[]}
      />,
    );
    expect(
      (await screen.findByText('Nothing changed in this range.')).tagName,
    ).toBe('P');
    expect(screen.queryByRole('list')).toBe(null);
  });
});

describe('a time series with bands', () => {
  it('names them in words and beside each moment of the table', async () => {
    renderInTestApp(
      <TimeSeriesChart
        title="Latency"
        unit="ms"
        range={{ fromMs: 0, toMs: 120_000 }}
        series={[{ id: 'p95', name: 'p95' }]}
        bands={[
          { label: 'v6', fromMs: 0, toMs: 60_000 },
          { label: 'v7', fromMs: 60_000, toMs: 120_000 },
        ]}
        points={[
          { atMs: 0, values: { p95: 40 } },
          { atMs: 60_000, values: { p95: 160 } },
        ]}
      />,
    );
    expect((await screen.findByRole('img')).getAttribute('aria-label')).toBe(
      'Latency: p95 160 ms latest, highest 160 ms; Version that served most: v6, v7.',
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Show as table' }),
    );
    expect(cellTexts(screen.getByRole('table'))).toEqual([
      ['160 ms', 'v7'],
      ['40 ms', 'v6'],
    ]);
  });
});

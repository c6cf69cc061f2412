import { formatCount } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceReactTranslationRef } from '../translation';
import { formatTick, formatTime } from '../widgets/format';
import { ChartFrame, ChartTooltip } from './ChartFrame';
import { AXIS_STYLE, colorOf, GRID_COLOR } from './palette';
import { fromFirstData } from './timeAxis';

/**
 * Props of {@link StackedAreaChart}.
 *
 * @public
 */
export interface StackedAreaChartProps {
  title: string;
  /** Oldest first; counts by series, for example sessions by version. A moment without any count is a gap. */
  points: Array<{ atMs: number; counts: Record<string, number> }>;
  /** Order of the layers, from the bottom; by default every name that occurs, sorted. */
  names?: string[];
  height?: number;
  syncId?: string;
}

/**
 * How a whole is made up over time, in percent of each moment's total, as drawing or as table. When nothing was
 * counted in the first half of the range, the axis starts shortly before the first data, and the chart says so.
 *
 * @public
 */
export function StackedAreaChart(props: StackedAreaChartProps) {
  const { title, height = 200, syncId } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const { moments: points, startMs } = fromFirstData(props.points, point =>
    Object.values(point.counts).some(count => count > 0),
  );
  const names =
    props.names ??
    [...new Set(points.flatMap(point => Object.keys(point.counts)))].sort();
  const rangeMs =
    points.length > 1 ? points[points.length - 1].atMs - points[0].atMs : 0;

  const rows = points.map(point => {
    const total = names.reduce(
      (sum, name) => sum + (point.counts[name] ?? 0),
      0,
    );
    return { ...point, total };
  });
  type Row = (typeof rows)[number];
  const shareOf = (row: Row, name: string) =>
    row.total === 0 ? null : (100 * (row.counts[name] ?? 0)) / row.total;
  const textOf = (row: Row, name: string) => {
    const share = shareOf(row, name);
    if (share === null) return t('chart.gap');
    return t('chart.share', {
      percent: share.toFixed(1),
      part: formatCount(row.counts[name] ?? 0),
      total: formatCount(row.total),
    });
  };
  const latest = [...rows].reverse().find(row => row.total > 0);

  return (
    <ChartFrame
      title={title}
      summary={t('chart.summary', {
        title,
        parts: latest
          ? names.map(name => `${name} ${textOf(latest, name)}`).join('; ')
          : t('chart.gap'),
      })}
      isEmpty={!latest}
      height={height}
      note={
        startMs === undefined
          ? undefined
          : t('chart.startsLate', { time: formatTick(startMs, rangeMs) })
      }
      legend={names.map((name, index) => ({
        name,
        color: colorOf(index),
        isArea: true,
      }))}
      rows={[...rows].reverse()}
      rowKey={row => String(row.atMs)}
      columns={[
        {
          id: 'time',
          label: t('chart.time'),
          isRowHeader: true,
          cell: row => formatTime(row.atMs),
        },
        ...names.map(name => ({
          id: name,
          label: name,
          isNumber: true,
          cell: (row: Row) => textOf(row, name),
        })),
        {
          id: 'total',
          label: t('chart.total'),
          isNumber: true,
          cell: row => formatCount(row.total),
        },
      ]}
      draw={(
        width,
        { Area, AreaChart, CartesianGrid, Tooltip, XAxis, YAxis },
      ) => (
        <AreaChart
          width={width}
          height={height}
          data={rows}
          syncId={syncId}
          syncMethod="value"
          margin={{ top: 8, right: 12, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke={GRID_COLOR} vertical={false} />
          <XAxis
            dataKey="atMs"
            type="number"
            scale="time"
            domain={['dataMin', 'dataMax']}
            tick={AXIS_STYLE}
            tickLine={false}
            stroke={GRID_COLOR}
            minTickGap={48}
            tickFormatter={atMs => formatTick(Number(atMs), rangeMs)}
          />
          <YAxis
            width={64}
            domain={[0, 100]}
            ticks={[0, 50, 100]}
            tick={AXIS_STYLE}
            tickLine={false}
            stroke={GRID_COLOR}
            tickFormatter={value => `${value} %`}
          />
          <Tooltip
            isAnimationActive={false}
            content={({ active, payload }) => {
              const row = payload?.[0]?.payload as Row | undefined;
              if (!active || !row) return null;
              const lines = names.map(name => ({
                name,
                text: textOf(row, name),
              }));
              return (
                <ChartTooltip title={formatTime(row.atMs)} lines={lines} />
              );
            }}
          />
          {names.map((name, index) => (
            <Area
              key={name}
              name={name}
              stackId="share"
              dataKey={(row: Row) => shareOf(row, name)}
              stroke={colorOf(index)}
              fill={colorOf(index)}
              fillOpacity={0.75}
              connectNulls={false}
              isAnimationActive={false}
              type="linear"
            />
          ))}
        </AreaChart>
      )}
    />
  );
}

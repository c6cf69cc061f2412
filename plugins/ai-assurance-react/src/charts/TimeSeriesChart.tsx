import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceReactTranslationRef } from '../translation';
import { formatTick, formatTime, formatValue } from '../widgets/format';
import { ChartFrame, ChartTooltip } from './ChartFrame';
import { useChartGroup } from './ChartGroup';
import {
  AXIS_STYLE,
  colorOf,
  BAND_COLORS,
  EVENT_COLOR,
  GRID_COLOR,
  LIMIT_COLOR,
} from './palette';
import { eventsByMoment, fromFirstData } from './timeAxis';

/**
 * One line of a {@link TimeSeriesChart}.
 *
 * @public
 */
export interface TimeSeries {
  id: string;
  name: string;
}

/**
 * Props of {@link TimeSeriesChart}.
 *
 * @public
 */
export interface TimeSeriesChartProps {
  title: string;
  /** Unit of all values, as in `formatValue`. */
  unit: string;
  /** Oldest first; `null` where nothing was counted: drawn as a gap, never as zero. At most 2,000 points. */
  points: Array<{ atMs: number; values: Record<string, number | null> }>;
  series: TimeSeries[];
  /** The limit that the values are held against. */
  limit?: { value: number; label?: string };
  /** What happened in the range: releases, alerts, corrections. Marked by thin lines; named under the cursor and in the table. */
  events?: Array<{ atMs: number; title: string }>;
  height?: number;
  /** Charts with the same id share their cursor. */
  syncId?: string;
  /** The time that the axis spans, whatever is known of it; without it the axis begins with the first data. */
  range?: { fromMs: number; toMs: number };
  /** Stretches behind the lines, oldest first, for example which version served. */
  bands?: Array<{ label: string; fromMs: number; toMs: number }>;
}

type Point = TimeSeriesChartProps['points'][number];

const shareSteps = [0.05, 0.1, 0.2, 0.5, 1];

/** The end of an axis of shares: room above the highest, never beyond the whole, never so little that rounding looks like a wave. */
const highestShare = (highest: number) =>
  shareSteps.find(step => highest <= step * 0.95) ?? 1;

/** Room above the plot, in which the bands are named: inside, the names would lie on the lines. */
const bandLabelHeight = 20;
/** About the width of a character of a band's name, in CSS pixels. */
const characterWidth = 6;

/** The name of a band above its beginning; left to the cursor and the table where the band is too narrow for it. */
const bandLabel = (text: string) => (props: { viewBox?: object }) => {
  const { x, y, width } = (props.viewBox ?? {}) as {
    x?: number;
    y?: number;
    width?: number;
  };
  if (x === undefined || y === undefined || width === undefined) return <g />;
  if (width < text.length * characterWidth) return <g />;
  return (
    <text x={x + 2} y={y - 6} {...AXIS_STYLE}>
      {text}
    </text>
  );
};

const dashes = [undefined, '6 3', '2 3', '8 3 2 3'];

/**
 * Lines over time against a limit, with gaps where there is no data, as drawing or as table. When nothing was
 * counted in the first half of the range, the axis starts shortly before the first data, and the chart says so.
 *
 * @public
 */
export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const {
    title,
    unit,
    series,
    limit,
    events = [],
    height = 220,
    syncId,
    range,
    bands = [],
  } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const hasData = (point: Point) =>
    series.some(line => (point.values[line.id] ?? null) !== null);
  const { moments: points, startMs } = range
    ? { moments: props.points, startMs: undefined }
    : fromFirstData(props.points, hasData);
  const { cursorMs, setCursorMs } = useChartGroup();
  const [rangeStartMs, rangeEndMs] = range
    ? [range.fromMs, range.toMs]
    : [points[0]?.atMs ?? 0, points[points.length - 1]?.atMs ?? 0];
  const rangeMs = rangeEndMs - rangeStartMs;
  const bandOf = (point: Point) =>
    bands.find(band => point.atMs >= band.fromMs && point.atMs < band.toMs);
  const happened = eventsByMoment(points, events);
  const remarksOf = (point: Point) =>
    (happened.get(points.indexOf(point)) ?? []).map(event => event.title);
  const textOf = (value: number | null | undefined) =>
    value === null || value === undefined
      ? t('chart.gap')
      : formatValue(value, unit);
  const isEmpty = !points.some(hasData);
  const topShare = highestShare(
    points.reduce(
      (highest, point) =>
        series.reduce(
          (most, line) => Math.max(most, point.values[line.id] ?? 0),
          highest,
        ),
      limit?.value ?? 0,
    ),
  );
  // A line needs two neighbours; what stands alone between gaps is drawn as a dot, else it would not be seen.
  const isAlone = (index: number, id: string) =>
    [index - 1, index + 1].every(
      neighbour => (points[neighbour]?.values[id] ?? null) === null,
    );
  const limitName = limit
    ? limit.label ?? `${t('chart.limit')} ${formatValue(limit.value, unit)}`
    : '';

  const summaries: string[] = series.map(line => {
    const known = points
      .map(point => point.values[line.id] ?? null)
      .filter((value): value is number => value !== null);
    return t('chart.latest', {
      name: line.name,
      value: textOf(known[known.length - 1]),
      highest: textOf(
        known.length > 0 ? known.reduce((a, b) => Math.max(a, b)) : null,
      ),
    });
  });
  if (limit) summaries.push(limitName);
  if (bands.length > 0)
    summaries.push(
      `${t('chart.versions')}: ${[...new Set(bands.map(b => b.label))].join(
        ', ',
      )}`,
    );

  return (
    <ChartFrame
      title={title}
      summary={t('chart.summary', { title, parts: summaries.join('; ') })}
      isEmpty={isEmpty}
      height={height}
      note={
        startMs === undefined
          ? undefined
          : t('chart.startsLate', { time: formatTick(startMs, rangeMs) })
      }
      legend={[
        ...series.map((line, index) => ({
          name: line.name,
          color: colorOf(index),
          dash: dashes[index % 4],
        })),
        ...(limit
          ? [{ name: limitName, color: LIMIT_COLOR, dash: '4 4' }]
          : []),
        ...(happened.size > 0
          ? [{ name: t('chart.events'), color: EVENT_COLOR, isMark: true }]
          : []),
      ]}
      rows={[...points].reverse()}
      rowKey={point => String(point.atMs)}
      columns={[
        {
          id: 'time',
          label: t('chart.time'),
          isRowHeader: true,
          cell: point => formatTime(point.atMs),
        },
        ...series.map(line => ({
          id: line.id,
          label: line.name,
          isNumber: true,
          cell: (point: Point) => textOf(point.values[line.id]),
        })),
        ...(bands.length > 0
          ? [
              {
                id: 'band',
                label: t('chart.versions'),
                cell: (point: Point) => bandOf(point)?.label ?? '–',
              },
            ]
          : []),
        ...(happened.size > 0
          ? [
              {
                id: 'events',
                label: t('chart.events'),
                cell: (point: Point) => remarksOf(point).join('; ') || '–',
              },
            ]
          : []),
      ]}
      draw={(
        width,
        {
          CartesianGrid,
          Line,
          LineChart,
          ReferenceArea,
          ReferenceLine,
          Tooltip,
          XAxis,
          YAxis,
        },
      ) => (
        <LineChart
          width={width}
          height={height}
          data={points}
          syncId={syncId}
          syncMethod="value"
          margin={{
            top: bands.length > 0 ? bandLabelHeight : 8,
            right: 12,
            bottom: 0,
            left: 0,
          }}
          accessibilityLayer={false}
          onMouseMove={({ activeLabel }) =>
            setCursorMs(
              activeLabel === undefined ? undefined : Number(activeLabel),
            )
          }
          onMouseLeave={() => setCursorMs(undefined)}
        >
          {bands.map((band, index) => (
            <ReferenceArea
              key={`${band.label} ${band.fromMs}`}
              x1={Math.max(band.fromMs, rangeStartMs)}
              x2={Math.min(band.toMs, rangeEndMs)}
              fill={BAND_COLORS[index % BAND_COLORS.length]}
              stroke="none"
              ifOverflow="hidden"
              label={{ content: bandLabel(band.label) }}
            />
          ))}
          <CartesianGrid stroke={GRID_COLOR} vertical={false} />
          <XAxis
            dataKey="atMs"
            type="number"
            scale="time"
            domain={range ? [rangeStartMs, rangeEndMs] : ['dataMin', 'dataMax']}
            allowDataOverflow={range !== undefined}
            tick={AXIS_STYLE}
            tickLine={false}
            stroke={GRID_COLOR}
            minTickGap={48}
            tickFormatter={atMs => formatTick(Number(atMs), rangeMs)}
          />
          <YAxis
            width={64}
            tick={AXIS_STYLE}
            tickLine={false}
            stroke={GRID_COLOR}
            domain={unit === 'ratio' ? [0, topShare] : [0, 'auto']}
            ticks={unit === 'ratio' ? [0, topShare / 2, topShare] : undefined}
            tickFormatter={value => formatValue(Number(value), unit)}
          />
          <Tooltip
            isAnimationActive={false}
            filterNull={false}
            content={({ active, payload }) => {
              const point = payload?.[0]?.payload as Point | undefined;
              if (!active || !point) return null;
              const lines = series.map(line => ({
                name: line.name,
                text: textOf(point.values[line.id]),
              }));
              return (
                <ChartTooltip
                  title={formatTime(point.atMs)}
                  lines={lines}
                  remarks={[
                    ...(bandOf(point) ? [bandOf(point)!.label] : []),
                    ...remarksOf(point),
                  ]}
                />
              );
            }}
          />
          {limit ? (
            <ReferenceLine
              y={limit.value}
              stroke={LIMIT_COLOR}
              strokeDasharray="4 4"
              ifOverflow="extendDomain"
            />
          ) : null}
          {[...happened.keys()].map(index => (
            <ReferenceLine
              key={points[index].atMs}
              x={points[index].atMs}
              stroke={EVENT_COLOR}
            />
          ))}
          {cursorMs === undefined ? null : (
            <ReferenceLine x={cursorMs} stroke={EVENT_COLOR} />
          )}
          {series.map((line, index) => (
            <Line
              key={line.id}
              name={line.name}
              dataKey={point => point.values[line.id] ?? null}
              stroke={colorOf(index)}
              strokeWidth={index === 0 ? 2 : 1.5}
              strokeDasharray={dashes[index % 4]}
              dot={({ key, cx, cy, index: at, value }) =>
                value !== null && isAlone(at, line.id) ? (
                  <circle
                    key={key}
                    cx={cx}
                    cy={cy}
                    r={2.5}
                    fill={colorOf(index)}
                  />
                ) : (
                  <g key={key} />
                )
              }
              connectNulls={false}
              isAnimationActive={false}
              type="linear"
            />
          ))}
        </LineChart>
      )}
    />
  );
}

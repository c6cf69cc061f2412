import { formatCount } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceReactTranslationRef } from '../translation';
import { formatValue } from '../widgets/format';
import { ChartFrame, ChartTooltip } from './ChartFrame';
import { AXIS_STYLE, GRID_COLOR } from './palette';

/**
 * Props of {@link PairedHistogram}.
 *
 * @public
 */
export interface PairedHistogramProps {
  title: string;
  /** Upper edges of the bins; the last bin is open, so there is one bin more than edges, or as many. */
  boundaries: number[];
  /** Names of the bins, for what has categories instead of edges; `boundaries` is then not looked at. */
  categories?: string[] | null;
  /** Counts per bin. Both sides are drawn in percent of their own total, since their totals differ. */
  referenceBins: number[];
  currentBins: number[];
  /** Unit of the edges. */
  unit?: string;
  height?: number;
}

const referenceColor = 'var(--bui-fg-secondary)';
const currentColor = 'var(--bui-accent-bg)';

/**
 * A reference distribution beside the current one, bin by bin, as drawing or as table.
 *
 * @public
 */
export function PairedHistogram(props: PairedHistogramProps) {
  const {
    title,
    boundaries,
    categories,
    referenceBins,
    currentBins,
    unit,
    height = 200,
  } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const total = (bins: number[]) => bins.reduce((sum, count) => sum + count, 0);
  const referenceTotal = total(referenceBins);
  const currentTotal = total(currentBins);
  const edgeText = (edge: number) => formatValue(edge, unit);

  const tickOf = (index: number, high: number | undefined) => {
    if (categories) return categories[index] ?? '';
    return high === undefined ? '' : edgeText(high);
  };
  const bins = Array.from(
    { length: Math.max(referenceBins.length, currentBins.length) },
    (_, index) => {
      const low = boundaries[index - 1];
      const high = boundaries[index];
      let label: string;
      if (categories) label = categories[index] ?? '–';
      else if (low === undefined && high !== undefined)
        label = t('chart.belowFirst', { edge: edgeText(high) });
      else if (high === undefined)
        label = t('chart.aboveLast', {
          edge: low === undefined ? '–' : edgeText(low),
        });
      else
        label = t('chart.between', {
          low: edgeText(low),
          high: edgeText(high),
        });
      const reference = referenceBins[index] ?? 0;
      const current = currentBins[index] ?? 0;
      return {
        index,
        label,
        tick: tickOf(index, high),
        reference,
        current,
      };
    },
  );
  type Bin = (typeof bins)[number];
  const percentOf = (count: number, whole: number) =>
    whole === 0 ? null : (100 * count) / whole;
  const textOf = (count: number, whole: number) => {
    const percent = percentOf(count, whole);
    if (percent === null) return t('chart.gap');
    return t('chart.share', {
      percent: percent.toFixed(1),
      part: formatCount(count),
      total: formatCount(whole),
    });
  };
  const fullest = (side: 'reference' | 'current') =>
    bins.reduce<Bin | undefined>(
      (best, bin) => (best && best[side] >= bin[side] ? best : bin),
      undefined,
    )?.label ?? '';

  return (
    <ChartFrame
      title={title}
      summary={t('chart.summary', {
        title,
        parts: [
          `${t('chart.reference')} n = ${formatCount(
            referenceTotal,
          )}, ${fullest('reference')}`,
          `${t('chart.current')} n = ${formatCount(currentTotal)}, ${fullest(
            'current',
          )}`,
        ].join('; '),
      })}
      isEmpty={referenceTotal + currentTotal === 0}
      height={height}
      legend={[
        {
          name: `${t('chart.reference')} (n = ${formatCount(referenceTotal)})`,
          color: referenceColor,
          isArea: true,
        },
        {
          name: `${t('chart.current')} (n = ${formatCount(currentTotal)})`,
          color: currentColor,
          isArea: true,
        },
      ]}
      rows={bins}
      rowKey={bin => String(bin.index)}
      columns={[
        {
          id: 'bin',
          label: t(categories ? 'chart.category' : 'chart.bin'),
          isRowHeader: true,
          cell: bin => bin.label,
        },
        {
          id: 'reference',
          label: t('chart.reference'),
          isNumber: true,
          cell: bin => textOf(bin.reference, referenceTotal),
        },
        {
          id: 'current',
          label: t('chart.current'),
          isNumber: true,
          cell: bin => textOf(bin.current, currentTotal),
        },
      ]}
      draw={(
        width,
        { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis },
      ) => (
        <BarChart
          width={width}
          height={height}
          data={bins}
          barGap={0}
          margin={{ top: 8, right: 12, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <CartesianGrid stroke={GRID_COLOR} vertical={false} />
          <XAxis
            dataKey="tick"
            tick={AXIS_STYLE}
            tickLine={false}
            stroke={GRID_COLOR}
          />
          <YAxis
            width={64}
            tick={AXIS_STYLE}
            tickLine={false}
            stroke={GRID_COLOR}
            tickFormatter={value => `${Number(Number(value).toFixed(1))} %`}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--bui-bg-neutral-2)' }}
            content={({ active, payload }) => {
              const bin = payload?.[0]?.payload as Bin | undefined;
              if (!active || !bin) return null;
              return (
                <ChartTooltip
                  title={bin.label}
                  lines={[
                    {
                      name: t('chart.reference'),
                      text: textOf(bin.reference, referenceTotal),
                    },
                    {
                      name: t('chart.current'),
                      text: textOf(bin.current, currentTotal),
                    },
                  ]}
                />
              );
            }}
          />
          <Bar
            name={t('chart.reference')}
            dataKey={(bin: Bin) =>
              percentOf(bin.reference, referenceTotal) ?? 0
            }
            fill={referenceColor}
            isAnimationActive={false}
          />
          <Bar
            name={t('chart.current')}
            dataKey={(bin: Bin) => percentOf(bin.current, currentTotal) ?? 0}
            fill={currentColor}
            isAnimationActive={false}
          />
        </BarChart>
      )}
    />
  );
}

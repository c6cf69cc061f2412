import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { aiAssuranceReactTranslationRef } from '../translation';
import { formatValue } from '../widgets/format';
import styles from './charts.module.css';
import { LIMIT_COLOR } from './palette';

/**
 * Props of {@link IntervalBar}.
 *
 * @public
 */
export interface IntervalBarProps {
  value: number;
  intervalLow: number;
  intervalHigh: number;
  /** Ends of the axis, so that bars below each other can be compared. */
  domain: [number, number];
  limit?: number;
  /** The limit in words, such as `at least 85 %`; without it the number alone is told. */
  limitText?: string;
  unit?: string;
  width?: number;
}

/**
 * A value with its confidence interval on an axis, against a limit, with the numbers beside it.
 *
 * @public
 */
export function IntervalBar(props: IntervalBarProps) {
  const {
    value,
    intervalLow,
    intervalHigh,
    domain,
    limit,
    limitText,
    unit,
    width = 120,
  } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const [start, end] = domain;
  const x = (at: number) =>
    Math.min(1, Math.max(0, (at - start) / (end - start || 1))) * (width - 8) +
    4;
  const texts = {
    value: formatValue(value, unit),
    low: formatValue(intervalLow, unit),
    high: formatValue(intervalHigh, unit),
  };
  const inWords = () => {
    if (limitText !== undefined)
      return t('interval.withText', { ...texts, limit: limitText });
    return limit === undefined
      ? t('interval.text', texts)
      : t('interval.withLimit', { ...texts, limit: formatValue(limit, unit) });
  };
  const text = inWords();
  return (
    <span className={styles.interval}>
      <svg width={width} height="20" role="img" aria-label={text}>
        <line
          x1="4"
          x2={width - 4}
          y1="10"
          y2="10"
          stroke="var(--bui-border-2)"
        />
        <line
          x1={x(intervalLow)}
          x2={x(intervalHigh)}
          y1="10"
          y2="10"
          stroke="var(--bui-accent-bg)"
          strokeWidth="4"
        />
        {limit === undefined ? null : (
          <line
            x1={x(limit)}
            x2={x(limit)}
            y1="2"
            y2="18"
            stroke={LIMIT_COLOR}
            strokeDasharray="3 2"
            strokeWidth="2"
          />
        )}
        <circle
          cx={x(value)}
          cy="10"
          r="4"
          fill="var(--bui-accent-bg)"
          stroke="var(--bui-bg-neutral-1)"
        />
      </svg>
      <span aria-hidden="true">{text}</span>
    </span>
  );
}

import { useUrlState } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

const RANGES = ['15', '60', '360', '1440', '10080'] as const;
type RangeText = (typeof RANGES)[number];

/** How far back the tab looks, in minutes; kept in the URL, so that what one sees can be handed on. */
export function useRangeMinutes(): number {
  const [{ range }] = useUrlState({ range: '60' });
  const minutes = Number(range);
  return Number.isInteger(minutes) && minutes >= 5 && minutes <= 43_200
    ? minutes
    : 60;
}

/** Chooses the range of all charts and tables of the tab. */
export function RangePicker() {
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const [{ range }, update] = useUrlState({ range: '60' });
  const known = RANGES.find(value => value === range);
  return (
    <Select
      aria-label={t('range.label')}
      className={styles.range}
      size="small"
      value={known ?? '60'}
      options={RANGES.map((value: RangeText) => ({
        value,
        label: t(`range.${value}`),
      }))}
      onChange={key => update({ range: String(key ?? '60') })}
    />
  );
}

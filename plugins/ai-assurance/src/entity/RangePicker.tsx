import {
  formatDuration,
  useUrlState,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
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
  const [, update] = useUrlState({ range: '60' });
  const minutes = useRangeMinutes();
  const chosen = String(minutes);
  const isListed = RANGES.some(value => value === chosen);
  return (
    <Select
      aria-label={t('range.label')}
      className={styles.range}
      size="small"
      value={chosen}
      options={[
        ...RANGES.map((value: RangeText) => ({
          value: value as string,
          label: t(`range.${value}`),
        })),
        // A link may name any range; what is shown is never called another.
        ...(isListed
          ? []
          : [
              {
                value: chosen,
                label: t('range.other', {
                  length: formatDuration(minutes * 60_000),
                }),
              },
            ]),
      ]}
      onChange={key => update({ range: String(key ?? '60') })}
    />
  );
}

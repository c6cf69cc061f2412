import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useMoment } from '../hooks/moment';
import { toIsoTime } from '../hooks/useNow';
import { aiAssuranceReactTranslationRef } from '../translation';
import { formatAge, formatTime } from './format';
import styles from './widgets.module.css';

/**
 * Props of {@link RelativeTime}.
 *
 * @public
 */
export interface RelativeTimeProps {
  /** Epoch milliseconds; `null` and `undefined` are said as "never". */
  atMs: number | null | undefined;
}

/**
 * A moment as its distance from now, kept true while the page is open, or from the moment of the {@link MomentProvider}
 * around it; the full time on hover.
 *
 * @public
 */
export function RelativeTime(props: RelativeTimeProps) {
  const { atMs } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const nowMs = useMoment();
  if (atMs === null || atMs === undefined)
    return <span className={styles.secondary}>{t('time.never')}</span>;
  return (
    <time
      dateTime={toIsoTime(atMs)}
      title={formatTime(atMs)}
      className={styles.nowrap}
    >
      {formatAge(atMs, nowMs) ?? t('time.justNow')}
    </time>
  );
}

import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { aiAssuranceTranslationRef } from '../translation';
import styles from './pages.module.css';

interface PagerProps {
  cursor: string;
  nextCursor: string | undefined;
  onChange: (cursor: string) => void;
  /** A list that is not ordered by time has a start and goes on; one that is has newest and older entries. */
  order?: 'time' | 'rank';
}

/** Steps through a list that is paged by key: on to older entries, or back to the newest. */
export function Pager(props: PagerProps) {
  const { cursor, nextCursor, onChange, order = 'time' } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  if (cursor === '' && !nextCursor) return null;
  return (
    <div className={styles.row}>
      <Button
        size="small"
        variant="secondary"
        isDisabled={cursor === ''}
        onPress={() => onChange('')}
      >
        {order === 'time' ? t('common.newest') : t('common.first')}
      </Button>
      <Button
        size="small"
        variant="secondary"
        isDisabled={!nextCursor}
        onPress={() => onChange(nextCursor ?? '')}
      >
        {order === 'time' ? t('common.older') : t('common.more')}
      </Button>
    </div>
  );
}

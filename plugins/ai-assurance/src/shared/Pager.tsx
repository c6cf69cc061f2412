import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { aiAssuranceTranslationRef } from '../translation';
import styles from './pages.module.css';

interface PagerProps {
  cursor: string;
  nextCursor: string | undefined;
  onChange: (cursor: string) => void;
}

/** Steps through a list that is paged by key: on to older entries, or back to the newest. */
export function Pager(props: PagerProps) {
  const { cursor, nextCursor, onChange } = props;
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
        {t('common.newest')}
      </Button>
      <Button
        size="small"
        variant="secondary"
        isDisabled={!nextCursor}
        onPress={() => onChange(nextCursor ?? '')}
      >
        {t('common.older')}
      </Button>
    </div>
  );
}

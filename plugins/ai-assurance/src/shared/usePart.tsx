import { formatCount } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { ReactNode, useState } from 'react';
import { aiAssuranceTranslationRef } from '../translation';
import styles from './pages.module.css';

/**
 * The first of many, with how many there are and a button that brings as many more. `what` names them in the button, for those
 * who hear the page. `total` is how many there are in all where the server sent fewer.
 */
export function usePart<T>(
  all: readonly T[],
  options: { step: number; what: string; total?: number },
): { part: T[]; more: ReactNode } {
  const { step, what, total = all.length } = options;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [shown, setShown] = useState(step);
  const part = all.slice(0, shown);
  if (part.length >= total) return { part, more: null };
  return {
    part,
    more: (
      <div className={styles.row}>
        <span className={styles.secondary}>
          {t('common.partShown', {
            shown: formatCount(part.length),
            total: formatCount(total),
            what,
          })}
        </span>
        {part.length < all.length ? (
          <Button
            size="small"
            variant="secondary"
            aria-label={`${t('common.showMore')}: ${what}`}
            onPress={() => setShown(shown + step)}
          >
            {t('common.showMore')}
          </Button>
        ) : null}
      </div>
    ),
  };
}

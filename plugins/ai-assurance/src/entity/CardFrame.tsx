import { useHere } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Card, CardBody, CardHeader, Link, Text } from '@backstage/ui';
import { ReactNode } from 'react';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

/** A card on the overview of an entity: what it says, and the one link to the rest. */
export function CardFrame(props: { title: string; children: ReactNode }) {
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const here = useHere();
  return (
    <Card>
      <CardHeader>
        <Text as="h2" variant="title-x-small" weight="bold">
          {props.title}
        </Text>
      </CardHeader>
      <CardBody>
        <div className={styles.cardBody}>
          {props.children}
          <div>
            <Link href={here('assurance')}>{t('card.open')}</Link>
          </div>
        </div>
      </CardBody>
    </Card>
  );
}

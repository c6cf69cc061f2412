import { subjectKindOf } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { EmptyState } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { LookingBack } from '../shared/asOf/LookingBack';
import { CohortTab } from './CohortTab';
import styles from './entity.module.css';
import { ModelTab } from './ModelTab';
import { ServiceTab } from './ServiceTab';
import { aiAssuranceEntityTranslationRef } from './translation';

/** The assurance tab of whichever subject the page is about. */
export function AssuranceTab() {
  const { entity } = useEntity();
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const entityRef = stringifyEntityRef(entity);
  const parts = {
    'ai-service': <ServiceTab entityRef={entityRef} />,
    'ai-model': <ModelTab entityRef={entityRef} />,
    'edge-model': <ModelTab entityRef={entityRef} />,
    'device-cohort': <CohortTab entityRef={entityRef} />,
  };
  const kind = subjectKindOf(entity);
  return (
    <div className={styles.tab}>
      {kind ? (
        <LookingBack>{parts[kind]}</LookingBack>
      ) : (
        <EmptyState
          title={t('wrongKind.title')}
          description={t('wrongKind.description')}
        />
      )}
    </div>
  );
}

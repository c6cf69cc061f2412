import {
  aiAssuranceApiRef,
  AnswerView,
  Section,
  useAnswer,
  useUrlState,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { useAsOf } from '../../shared/asOf/useAsOf';
import styles from '../entity.module.css';
import { aiAssuranceEntityTranslationRef } from '../translation';
import { CorrectionsTable } from './CorrectionsTable';
import { ObjectiveExports } from './ObjectiveExports';
import { ObjectiveSegmentsTable } from './ObjectiveSegmentsTable';

const pollSeconds = 30;

interface ObjectiveDetailsProps {
  entityRef: string;
  /** Whether the reader may withdraw corrections; left out: it is not offered here. */
  mayCorrect?: { allowed: boolean; reason?: string };
  onChanged: () => void;
}

/** What stands behind the objectives of an entity. Read when it is opened; that it is open is in the URL. */
export function ObjectiveDetails(props: ObjectiveDetailsProps) {
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const [{ behind }, update] = useUrlState({ behind: '' });
  const isOpen = behind === 'open';
  return (
    <Section
      title={t('behind.title')}
      description={t('behind.description')}
      actions={
        <Button
          size="small"
          variant="tertiary"
          aria-expanded={isOpen}
          onPress={() => update({ behind: isOpen ? '' : 'open' })}
        >
          {isOpen ? t('behind.hide') : t('behind.show')}
        </Button>
      }
    >
      {isOpen ? <Details {...props} /> : null}
    </Section>
  );
}

function Details(props: ObjectiveDetailsProps) {
  const { entityRef, mayCorrect, onChanged } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal => api.getObjectives(entityRef, { signal, asOf }),
    [entityRef, asOf],
    {
      pollSeconds: poll(pollSeconds),
      changesOf: asOf ? undefined : [entityRef],
    },
  );
  return (
    <AnswerView answer={answer} skeleton={[120, 60]}>
      {({ objectives, corrections }) => (
        <>
          <h3 className={styles.subhead}>{t('objectiveSegments.caption')}</h3>
          <p className={styles.secondary}>
            {asOf
              ? t('objectiveSegments.notKept')
              : t('objectiveSegments.description')}
          </p>
          {asOf ? null : <ObjectiveSegmentsTable objectives={objectives} />}
          <h3 className={styles.subhead}>{t('corrections.caption')}</h3>
          <CorrectionsTable
            corrections={corrections}
            mayCorrect={asOf ? undefined : mayCorrect}
            onChanged={() => {
              answer.reload();
              onChanged();
            }}
          />
          <h3 className={styles.subhead}>{t('exports.caption')}</h3>
          <ObjectiveExports entityRef={entityRef} asOf={asOf} />
        </>
      )}
    </AnswerView>
  );
}

import { SubjectSummary } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  FactList,
  FactRow,
  useAnswer,
  useHere,
  VerdictRollUpText,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import { useAsOf } from '../shared/asOf/useAsOf';
import { Card, CardBody, CardHeader, Link, Text } from '@backstage/ui';
import styles from './entity.module.css';
import { aiAssuranceEntityTranslationRef } from './translation';

const pollSeconds = 30;

/** One sentence, at most five facts, one link. */
export function AssuranceCard() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal => api.getSubjectSummary(entityRef, { signal, asOf }),
    [entityRef, asOf],
    {
      pollSeconds: poll(pollSeconds),
      changesOf: asOf ? undefined : [entityRef],
    },
  );
  return (
    <Card>
      <CardHeader>
        <Text as="h2" variant="title-x-small" weight="bold">
          {t('card.title')}
        </Text>
      </CardHeader>
      <CardBody>
        <div className={styles.cardBody}>
          <AnswerView answer={answer} skeleton={[24, 96]}>
            {summary => <SummaryFacts summary={summary} />}
          </AnswerView>
        </div>
      </CardBody>
    </Card>
  );
}

function SummaryFacts(props: { summary: SubjectSummary }) {
  const { summary } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const here = useHere();
  return (
    <>
      <p className={styles.text}>{summary.sentence}</p>
      <div className={styles.links}>
        <VerdictRollUpText rollUp={summary.rollUp} />
        <span className={styles.secondary}>
          {summary.level
            ? t('card.level', { level: summary.level })
            : t('card.noLevel')}
        </span>
      </div>
      {summary.facts.length === 0 ? (
        <p className={styles.secondary}>{t('card.noFacts')}</p>
      ) : (
        <FactList>
          {summary.facts.map(fact => (
            <FactRow
              key={fact.label}
              label={fact.label}
              value={fact.value}
              verdict={fact.verdict}
            />
          ))}
        </FactList>
      )}
      <div>
        <Link href={here('assurance')}>{t('card.open')}</Link>
      </div>
    </>
  );
}

import { AnswerOf } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { aiAssuranceApiRef } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { useState } from 'react';
import { saveFile } from '../../shared/saveFile';
import styles from '../entity.module.css';
import { aiAssuranceEntityTranslationRef } from '../translation';

type Lost = AnswerOf<'exportOpenSlo'>['lost'];
type Outcome = { lost: Lost } | { message: string };

/** Saves objectives as OpenSLO documents or as rules for a metrics engine, and says what they could not hold. */
export function ObjectiveExports(props: {
  entityRef: string;
  asOf: string | undefined;
}) {
  const { entityRef, asOf } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  const [outcome, setOutcome] = useState<Outcome>();
  const save = async (
    kind: 'openslo' | 'rules',
    ask: () => Promise<{ text: string; lost: Lost }>,
  ) => {
    try {
      const { text, lost } = await ask();
      saveFile(
        new Blob([text], { type: 'application/yaml' }),
        `${entityRef.replaceAll(/[^a-z0-9-]+/gi, '-')}.${kind}.yaml`,
      );
      setOutcome({ lost });
    } catch (error) {
      setOutcome({ message: (error as Error).message });
    }
  };
  return (
    <>
      <div className={styles.actions}>
        <Button
          size="small"
          variant="secondary"
          onPress={() =>
            save('openslo', async () => {
              const { documents, lost } = await api.exportOpenSlo(entityRef, {
                asOf,
              });
              return { text: documents, lost };
            })
          }
        >
          {t('exports.openSlo')}
        </Button>
        <Button
          size="small"
          variant="secondary"
          onPress={() =>
            save('rules', async () => {
              const { rules, lost } = await api.exportRules(entityRef, {
                asOf,
              });
              return { text: rules, lost };
            })
          }
        >
          {t('exports.rules')}
        </Button>
      </div>
      <div role="status">{outcome ? <Said outcome={outcome} /> : null}</div>
    </>
  );
}

function Said(props: { outcome: Outcome }) {
  const { outcome } = props;
  const { t } = useTranslationRef(aiAssuranceEntityTranslationRef);
  if ('message' in outcome)
    return (
      <p className={styles.text}>
        {t('exports.failed', { message: outcome.message })}
      </p>
    );
  if (outcome.lost.length === 0)
    return <p className={styles.text}>{t('exports.whole')}</p>;
  return (
    <>
      <p className={styles.text}>
        {t('exports.lost', { count: outcome.lost.length })}
      </p>
      <ul className={styles.list}>
        {outcome.lost.map(one => (
          <li key={`${one.at} ${one.lost}`}>{`${one.at}: ${one.lost}`}</li>
        ))}
      </ul>
    </>
  );
}

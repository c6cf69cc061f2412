import {
  ModelVersion,
  Release,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  Digest,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Checkbox, CheckboxGroup, Select } from '@backstage/ui';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { ReasonDialog } from '../shared/ReasonDialog';
import { aiAssuranceTranslationRef } from '../translation';
import { useTitle } from './useTitle';

/** Props of {@link ProposeReleaseDialog}. */
export interface ProposeReleaseDialogProps {
  modelRef: string;
  /** Versions that the model page knows; only those with a digest can be proposed. */
  versions: Array<Pick<ModelVersion, 'version' | 'digest'>>;
  /** Cohorts that the model targets, as entity refs. */
  cohorts: string[];
  /** Chosen at first; else the newest version with a digest. */
  initialVersion?: string;
  onClose: () => void;
  onProposed: (release: Release) => void;
}

/** Asks for version, cohorts and reason, and proposes the release. Mount it to open it. */
export function ProposeReleaseDialog(props: ProposeReleaseDialogProps) {
  const { modelRef, versions, cohorts, initialVersion, onClose, onProposed } =
    props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const proposable = versions.flatMap(({ version, digest }) =>
    digest ? [{ version, digest, key: `${version} ${digest}` }] : [],
  );
  const [chosenKey, setChosenKey] = useState(
    () =>
      (
        proposable.find(({ version }) => version === initialVersion) ??
        proposable[0]
      )?.key ?? '',
  );
  const [chosenCohorts, setChosenCohorts] = useState(cohorts);
  const chosen = proposable.find(({ key }) => key === chosenKey);

  const submit = async (reason: string) => {
    if (!chosen) return;
    const release = await api.proposeRelease({
      modelRef,
      version: chosen.version,
      digest: chosen.digest,
      cohorts: chosenCohorts,
      reason,
    });
    onProposed(release);
  };

  return (
    <ReasonDialog
      title={t('propose.title', { model: useTitle(modelRef) })}
      reasonLabel={chosen ? t('propose.reason') : undefined}
      submitLabel={t('propose.submit')}
      disabledReason={chosen ? undefined : t('propose.nothing')}
      doneMessage={t('propose.done')}
      onSubmit={submit}
      onClose={onClose}
    >
      {proposable.length === 0 ? (
        <p className={styles.text}>{t('propose.noVersions')}</p>
      ) : (
        <>
          <Select
            label={t('propose.version')}
            description={t('propose.versionHint')}
            options={proposable.map(({ key, version, digest }) => ({
              value: key,
              label: `${version} (${digest
                .replace('sha256:', '')
                .slice(0, 12)})`,
            }))}
            value={chosenKey}
            onChange={key => setChosenKey(String(key ?? ''))}
          />
          {chosen ? <Digest digest={chosen.digest} isFull /> : null}
          {cohorts.length === 0 ? (
            <p className={styles.secondary}>{t('propose.cohortsNone')}</p>
          ) : (
            <CheckboxGroup
              label={t('propose.cohorts')}
              value={chosenCohorts}
              onChange={setChosenCohorts}
            >
              {cohorts.map(cohort => (
                <Checkbox key={cohort} value={cohort}>
                  <SubjectTitle entityRef={cohort} />
                </Checkbox>
              ))}
            </CheckboxGroup>
          )}
          <p className={styles.secondary}>{t('propose.consequence')}</p>
        </>
      )}
    </ReasonDialog>
  );
}

function SubjectTitle(props: { entityRef: string }) {
  return <>{useTitle(props.entityRef)}</>;
}

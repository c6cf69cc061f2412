import {
  ModelVersion,
  Release,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  Digest,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  toastApiRef,
  useApi,
  useApiHolder,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import {
  Alert,
  Button,
  Checkbox,
  CheckboxGroup,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Select,
  TextAreaField,
} from '@backstage/ui';
import { useState } from 'react';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';
import { nameOf } from './releaseVerdict';

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

const minReasonLength = 3;

/** Asks for version, cohorts and reason, and proposes the release. Mount it to open it. */
export function ProposeReleaseDialog(props: ProposeReleaseDialogProps) {
  const { modelRef, versions, cohorts, initialVersion, onClose, onProposed } =
    props;
  const api = useApi(aiAssuranceApiRef);
  const toastApi = useApiHolder().get(toastApiRef);
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
  const [reason, setReason] = useState('');
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<Error>();

  const chosen = proposable.find(({ key }) => key === chosenKey);
  const isReasonShort = reason.trim().length < minReasonLength;

  const submit = async () => {
    if (!chosen) return;
    setIsPending(true);
    setFailure(undefined);
    try {
      const release = await api.proposeRelease({
        modelRef,
        version: chosen.version,
        digest: chosen.digest,
        cohorts: chosenCohorts,
        reason: reason.trim(),
      });
      toastApi?.post({ title: t('propose.done'), status: 'success' });
      onProposed(release);
    } catch (error) {
      setFailure(error as Error);
      setIsPending(false);
    }
  };

  return (
    <Dialog
      isOpen
      onOpenChange={isOpen => (isOpen ? undefined : onClose())}
      width="min(36rem, 92vw)"
    >
      <DialogHeader>
        {t('propose.title', { model: nameOf(modelRef) })}
      </DialogHeader>
      <DialogBody>
        {proposable.length === 0 ? (
          <p className={styles.text}>{t('propose.noVersions')}</p>
        ) : (
          <div className={styles.form}>
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
                    {nameOf(cohort)}
                  </Checkbox>
                ))}
              </CheckboxGroup>
            )}
            <TextAreaField
              label={t('propose.reason')}
              description={t('releases.reasonHint')}
              value={reason}
              onChange={setReason}
              maxLength={1000}
              isRequired
            />
            <p className={styles.secondary}>{t('propose.consequence')}</p>
            {failure ? (
              <Alert
                role="alert"
                status="danger"
                icon
                title={failure.message}
              />
            ) : null}
          </div>
        )}
      </DialogBody>
      <DialogFooter>
        {proposable.length > 0 && isReasonShort ? (
          <span className={styles.secondary}>{t('releases.reasonShort')}</span>
        ) : null}
        <Button variant="secondary" size="small" onPress={onClose}>
          {t('common.cancel')}
        </Button>
        <Button
          variant="primary"
          size="small"
          isDisabled={!chosen || isReasonShort}
          isPending={isPending}
          onPress={submit}
        >
          {t('propose.submit')}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

import {
  Runbook,
  ServiceAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  ActionButton,
  aiAssuranceApiRef,
  EvidenceLink,
  RelativeTime,
  Section,
  SubjectLink,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import {
  useApi,
  useApiHolder,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { Link } from '@backstage/ui';
import { useState } from 'react';
import { Owner } from '../../shared/Owner';
import { ReasonDialog } from '../../shared/ReasonDialog';
import styles from '../entity.module.css';
import { OnCallLink, onCallLinks } from './onCallLinks';
import { aiAssuranceServiceTranslationRef } from './translation';

interface PeopleSectionProps {
  service: ServiceAnswer;
  onChanged: () => void;
}

/** Links of the owner group to whoever is on call; none where the app has no catalog, or the group no such link. */
function useOwnerLinks(ownerRef: string | undefined): OnCallLink[] {
  const catalog = useApiHolder().get(catalogApiRef);
  const answer = useAnswer(async () => {
    if (!catalog || !ownerRef) return [];
    const group = await catalog.getEntityByRef(ownerRef);
    return onCallLinks(group?.metadata.links ?? []);
  }, [ownerRef]);
  return answer.state === 'ready' ? answer.value : [];
}

/** Who owns the service, who is on call, and what to do: with the day on which somebody last checked it. */
export function PeopleSection(props: PeopleSectionProps) {
  const { service, onChanged } = props;
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const ownerLinks = useOwnerLinks(service.subject.ownerRef);
  const links = [...service.onCall, ...ownerLinks];
  const [checking, setChecking] = useState<Runbook>();
  return (
    <Section title={t('people.title')}>
      <dl className={styles.people}>
        <dt>{t('people.owner')}</dt>
        <dd>
          <Owner subject={service.subject} />
        </dd>
        <dt>{t('people.onCall')}</dt>
        <dd className={styles.links}>
          {links.map(link => (
            <Link key={link.url} href={link.url}>
              {link.title}
            </Link>
          ))}
          {service.pagerDutyServiceId ? (
            <span>
              {t('people.pagerDuty', { id: service.pagerDutyServiceId })}
            </span>
          ) : null}
          {links.length === 0 && !service.pagerDutyServiceId ? (
            <span className={styles.secondary}>{t('people.noOnCall')}</span>
          ) : null}
        </dd>
        <dt>{t('people.runbook')}</dt>
        <dd>
          {service.runbooks.length === 0 ? (
            <span className={styles.secondary}>{t('people.noRunbook')}</span>
          ) : null}
          {service.runbooks.map(runbook => (
            <div key={runbook.url} className={styles.links}>
              <Link href={runbook.url}>{nameOfRunbook(runbook.url)}</Link>
              <span className={styles.secondary}>
                {runbook.checkedAtMs === null ? (
                  t('people.neverChecked')
                ) : (
                  <>
                    {t('people.checked')}{' '}
                    <RelativeTime atMs={runbook.checkedAtMs} />
                    {runbook.checkedBy ? (
                      <>
                        {` ${t('people.checkedBy')} `}
                        <SubjectLink entityRef={runbook.checkedBy} />
                      </>
                    ) : null}
                  </>
                )}
              </span>
              {runbook.evidenceId ? (
                <EvidenceLink evidenceId={runbook.evidenceId} />
              ) : null}
              <ActionButton
                variant="tertiary"
                disabledReason={
                  service.mayManageIncidents.allowed
                    ? undefined
                    : service.mayManageIncidents.reason ?? ''
                }
                isReasonHidden
                onPress={() => setChecking(runbook)}
              >
                {t('people.check')}
              </ActionButton>
            </div>
          ))}
        </dd>
      </dl>
      {checking ? (
        <CheckDialog
          subject={service.subject.entityRef}
          runbook={checking}
          onClose={() => setChecking(undefined)}
          onDone={() => {
            setChecking(undefined);
            onChanged();
          }}
        />
      ) : null}
    </Section>
  );
}

/** The last part of an address, which is what people call the page. */
function nameOfRunbook(url: string): string {
  const last = url.replace(/[?#].*$/, '').replace(/\/+$/, '');
  return last.slice(last.lastIndexOf('/') + 1) || url;
}

function CheckDialog(props: {
  subject: string;
  runbook: Runbook;
  onClose: () => void;
  onDone: () => void;
}) {
  const { subject, runbook, onClose, onDone } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  return (
    <ReasonDialog
      title={t('people.checkTitle')}
      reasonLabel={t('people.checkReason')}
      submitLabel={t('people.checkSubmit')}
      doneMessage={t('people.checkDone')}
      onClose={onClose}
      onSubmit={async reason => {
        await api.checkRunbook({ subject, url: runbook.url, reason });
        onDone();
      }}
    >
      <p className={styles.text}>{t('people.checkText')}</p>
      <p className={styles.secondary}>{runbook.url}</p>
    </ReasonDialog>
  );
}

import { ServiceAnswer } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { ActionButton } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useState } from 'react';
import styles from '../entity.module.css';
import { CorrectionDialog } from './CorrectionDialog';
import { OpenIncidentDialog } from './IncidentDialogs';
import { RollbackDialog } from './RollbackDialog';
import { aiAssuranceServiceTranslationRef } from './translation';

interface ActionBarProps {
  service: ServiceAnswer;
  onChanged: () => void;
}

const reasonOf = (may: ServiceAnswer['mayRollBack']) =>
  may.allowed ? undefined : may.reason ?? '';

/** What one may do about a service; what one may not is shown with its reason. */
export function ActionBar(props: ActionBarProps) {
  const { service, onChanged } = props;
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const [open, setOpen] = useState<'rollback' | 'incident' | 'correction'>();
  const close = () => setOpen(undefined);
  const done = () => {
    close();
    onChanged();
  };
  const alerts = service.objectives.flatMap(one => one.alerts ?? []);
  return (
    <>
      <div
        className={styles.actions}
        role="group"
        aria-label={t('actions.label')}
      >
        <ActionButton
          isDestructive
          disabledReason={reasonOf(service.mayRollBack)}
          onPress={() => setOpen('rollback')}
        >
          {t('actions.rollBack')}
        </ActionButton>
        <ActionButton
          disabledReason={reasonOf(service.mayManageIncidents)}
          isReasonHidden={
            service.mayManageIncidents.reason === service.mayRollBack.reason
          }
          onPress={() => setOpen('incident')}
        >
          {t('actions.openIncident')}
        </ActionButton>
        <ActionButton
          disabledReason={reasonOf(service.mayCorrect)}
          isReasonHidden={
            service.mayCorrect.reason === service.mayRollBack.reason ||
            service.mayCorrect.reason === service.mayManageIncidents.reason
          }
          onPress={() => setOpen('correction')}
        >
          {t('actions.addCorrection')}
        </ActionButton>
      </div>
      {open === 'rollback' ? (
        <RollbackDialog
          entityRef={service.subject.entityRef}
          title={service.subject.title}
          onClose={close}
          onDone={done}
        />
      ) : null}
      {open === 'incident' ? (
        <OpenIncidentDialog
          subject={service.subject.entityRef}
          suggestion={{
            category: service.objectives.some(
              one => one.thresholdMs !== undefined && (one.alerts ?? []).length,
            )
              ? 'latency'
              : 'other',
            severity: service.severity === 'page' ? 'critical' : 'major',
            occurredAtMs: service.sinceMs ?? undefined,
            version: service.onset?.version ?? undefined,
            alertIds: alerts.map(alert => alert.alertId).slice(0, 20),
          }}
          onClose={close}
          onDone={done}
        />
      ) : null}
      {open === 'correction' ? (
        <CorrectionDialog
          subject={service.subject.entityRef}
          objectives={service.objectives}
          sinceMs={service.sinceMs}
          onClose={close}
          onDone={done}
        />
      ) : null}
    </>
  );
}

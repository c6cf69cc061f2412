import {
  Incident,
  IncidentCategory,
  IncidentSeverity,
  Mitigation,
  wireShapes,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { aiAssuranceApiRef } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { Select } from '@backstage/ui';
import { useState } from 'react';
import { ReasonDialog } from '../../shared/ReasonDialog';
import styles from '../entity.module.css';
import { aiAssuranceServiceTranslationRef } from './translation';

interface OpenIncidentDialogProps {
  subject: string;
  /** What the page suggests: the category of what burns, since when, and the version that came before it. */
  suggestion: {
    category: IncidentCategory;
    severity: IncidentSeverity;
    occurredAtMs?: number;
    version?: string;
    alertIds: string[];
  };
  onClose: () => void;
  onDone: () => void;
}

/** Opens an incident, filled in with what the page knows. */
export function OpenIncidentDialog(props: OpenIncidentDialogProps) {
  const { subject, suggestion, onClose, onDone } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const [category, setCategory] = useState(suggestion.category);
  const [severity, setSeverity] = useState(suggestion.severity);
  const [version, setVersion] = useState(suggestion.version ?? '');
  return (
    <ReasonDialog
      title={t('open.title')}
      reasonLabel={t('open.reason')}
      submitLabel={t('open.submit')}
      doneMessage={t('open.done')}
      onClose={onClose}
      onSubmit={async reason => {
        await api.openIncident({
          subject,
          category,
          severity,
          reason,
          alertIds: suggestion.alertIds,
          ...(suggestion.occurredAtMs === undefined
            ? {}
            : { occurredAtMs: suggestion.occurredAtMs }),
          ...(version === '' ? {} : { causedByVersion: version }),
        });
        onDone();
      }}
    >
      <p className={styles.text}>{t('open.text')}</p>
      <div className={styles.pickPair}>
        <Select
          label={t('open.category')}
          size="small"
          value={category}
          options={wireShapes.INCIDENT_CATEGORIES.map(value => ({
            value,
            label: t(`incidents.categories.${value}`),
          }))}
          onChange={key => setCategory(key as IncidentCategory)}
        />
        <Select
          label={t('open.severity')}
          size="small"
          value={severity}
          options={wireShapes.INCIDENT_SEVERITIES.map(value => ({
            value,
            label: t(`incidents.severities.${value}`),
          }))}
          onChange={key => setSeverity(key as IncidentSeverity)}
        />
      </div>
      {suggestion.version === undefined ? null : (
        <Select
          label={t('open.version')}
          size="small"
          value={version === '' ? 'unknown' : version}
          options={[
            { value: suggestion.version, label: suggestion.version },
            { value: 'unknown', label: t('open.versionUnknown') },
          ]}
          onChange={key => setVersion(key === 'unknown' ? '' : String(key))}
        />
      )}
    </ReasonDialog>
  );
}

interface MoveIncidentDialogProps {
  incident: Incident;
  to: 'mitigated' | 'resolved';
  onClose: () => void;
  onDone: () => void;
}

/** Moves an incident on. */
export function MoveIncidentDialog(props: MoveIncidentDialogProps) {
  const { incident, to, onClose, onDone } = props;
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceServiceTranslationRef);
  const [mitigation, setMitigation] = useState<Mitigation>(
    incident.mitigation ?? 'rollback',
  );
  return (
    <ReasonDialog
      title={
        to === 'mitigated' ? t('move.titleMitigated') : t('move.titleResolved')
      }
      reasonLabel={t('move.reason')}
      submitLabel={
        to === 'mitigated'
          ? t('move.submitMitigated')
          : t('move.submitResolved')
      }
      doneMessage={t('move.done')}
      onClose={onClose}
      onSubmit={async reason => {
        await api.moveIncident(incident.incidentId, {
          state: to,
          mitigation,
          reason,
          rowVersion: incident.rowVersion ?? 0,
        });
        onDone();
      }}
    >
      <p className={styles.text}>{t('move.text')}</p>
      <Select
        label={t('move.mitigation')}
        size="small"
        value={mitigation}
        options={wireShapes.MITIGATIONS.map(value => ({
          value,
          label: t(`incidents.mitigations.${value}`),
        }))}
        onChange={key => setMitigation(key as Mitigation)}
      />
    </ReasonDialog>
  );
}

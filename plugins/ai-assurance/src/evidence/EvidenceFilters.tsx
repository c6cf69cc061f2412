import { evidenceKinds, titleOf } from '@ai-assurance/evidence';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { TextField } from '@backstage/ui';
import { DateField } from '../shared/DateField';
import { FilterSelect } from '../shared/FilterSelect';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';

/** Names of the filters in the URL. */
export const evidenceFilterDefaults = {
  subject: '',
  type: '',
  from: '',
  through: '',
};

type Filters = typeof evidenceFilterDefaults;

export const isEntityRef = (text: string) =>
  /^[a-z0-9]+:[a-z0-9._-]+\/[a-z0-9._-]+$/.test(text);

interface EvidenceFiltersProps {
  values: Filters;
  onChange: (changes: Partial<Filters>) => void;
}

export function EvidenceFilters(props: EvidenceFiltersProps) {
  const { values, onChange } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const isBad = values.subject !== '' && !isEntityRef(values.subject);
  return (
    <div>
      <div
        className={styles.filters}
        role="search"
        aria-label={t('common.filters')}
      >
        <TextField
          label={t('evidence.subject')}
          size="small"
          placeholder={t('evidence.subjectHint')}
          value={values.subject}
          isInvalid={isBad}
          onChange={subject =>
            onChange({ subject: subject.trim().toLocaleLowerCase('en-US') })
          }
        />
        <FilterSelect
          label={t('evidence.kind')}
          value={values.type}
          options={[
            { value: '', label: t('common.all') },
            ...Object.keys(evidenceKinds).map(type => ({
              value: type,
              label: titleOf(type),
            })),
          ]}
          onChange={type => onChange({ type })}
        />
        <DateField
          label={t('evidence.from')}
          value={values.from}
          onChange={from => onChange({ from })}
        />
        <DateField
          label={t('evidence.to')}
          value={values.through}
          onChange={through => onChange({ through })}
        />
      </div>
      {isBad ? (
        <p className={styles.secondary} role="alert">
          {t('evidence.badSubject')}
        </p>
      ) : null}
    </div>
  );
}

import { EvidenceFacets } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Answer } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { titleOf } from '@ai-assurance/evidence';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { DateField } from '../shared/DateField';
import { FilterSelect } from '../shared/FilterSelect';
import styles from '../shared/pages.module.css';
import { PickField } from '../shared/PickField';
import { TextSearch } from '../shared/TextSearch';
import { useVerdictOptions } from '../shared/useVerdictOptions';
import { aiAssuranceTranslationRef } from '../translation';
import {
  evidenceFilterDefaults,
  EvidenceFilterValues,
  hasFilter,
} from './filters';

interface EvidenceFiltersProps {
  values: EvidenceFilterValues;
  /** Values that occur in the ledger. */
  facets: Answer<EvidenceFacets>;
  onChange: (changes: Partial<EvidenceFilterValues>) => void;
}

const optionOf = (value: string) => ({ value, label: value });

/** What to show of the ledger. Every filter is part of the URL, so that a view can be passed on. */
export function EvidenceFilters(props: EvidenceFiltersProps) {
  const { values, onChange } = props;
  const facets =
    props.facets.state === 'ready' ? props.facets.value : undefined;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const verdicts = useVerdictOptions();
  const kinds = (facets?.types ?? [])
    .map(type => ({ value: type, label: titleOf(type) }))
    .sort((a, b) => a.label.localeCompare(b.label, 'en-US'));
  return (
    <div
      className={`${styles.filters} ${styles.manyFilters}`}
      role="search"
      aria-label={t('common.filters')}
    >
      <div className={styles.wideFilter}>
        <TextSearch
          label={t('evidence.text')}
          placeholder={t('evidence.textHint')}
          value={values.text}
          onSearch={text => onChange({ text })}
        />
      </div>
      <PickField
        label={t('evidence.subject')}
        placeholder={t('common.all')}
        value={values.subject}
        options={(facets?.subjects ?? []).map(optionOf)}
        onChange={subject => onChange({ subject })}
      />
      <PickField
        label={t('evidence.kind')}
        placeholder={t('common.all')}
        value={values.type}
        options={kinds}
        onChange={type => onChange({ type })}
      />
      <PickField
        label={t('evidence.source')}
        placeholder={t('common.all')}
        value={values.source}
        options={(facets?.sources ?? []).map(optionOf)}
        onChange={source => onChange({ source })}
      />
      <FilterSelect
        label={t('common.verdict')}
        value={values.status}
        options={verdicts}
        onChange={status => onChange({ status })}
      />
      <FilterSelect
        label={t('evidence.time')}
        value={values.time}
        options={[
          { value: 'observed', label: t('evidence.observed') },
          { value: 'recorded', label: t('evidence.recorded') },
        ]}
        onChange={time => onChange({ time })}
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
      {props.facets.state === 'failed' ? (
        <p className={styles.secondary} role="alert">
          {t('evidence.noFacets', { message: props.facets.error.message })}
        </p>
      ) : null}
      {hasFilter(values) ? (
        <div className={styles.filterAction}>
          <Button
            size="small"
            variant="tertiary"
            onPress={() => onChange(evidenceFilterDefaults)}
          >
            {t('common.clearFilters')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

import {
  formatCount,
  VERDICT_STATUSES,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  Digest,
  FactList,
  FactRow,
  formatTime,
  SubjectLink,
  VerdictBadge,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { ReactNode } from 'react';
import styles from '../shared/pages.module.css';
import { aiAssuranceTranslationRef } from '../translation';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `budgetRemainingRatio` → `Budget remaining ratio`; the unit that is part of the name moves to the value. */
export function fieldLabel(name: string): string {
  const words = name
    .replace(/(Ratio|Ms|Bytes|Count)$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLocaleLowerCase('en-US');
  return (words || name).replace(/^./, first =>
    first.toLocaleUpperCase('en-US'),
  );
}

const unitsOfTime = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A length of time in the largest unit that holds it without a rest. */
function exactDuration(durationMs: number): string {
  const fitting = unitsOfTime.find(
    ([, unitMs]) => durationMs !== 0 && durationMs % unitMs === 0,
  );
  return fitting
    ? `${exactNumber(durationMs / fitting[1])} ${fitting[0]}`
    : `${exactNumber(durationMs)} ms`;
}

/** Every digit that was recorded; whole numbers are grouped. */
function exactNumber(value: number): string {
  return Number.isSafeInteger(value) ? formatCount(value) : String(value);
}

/** A ratio in percent. The decimal point moves in the text, since a multiplication would add digits that nobody recorded. */
function exactPercent(ratio: number): string {
  const [digits, exponent = '0'] = String(ratio).split('e');
  return `${exactNumber(Number(`${digits}e${Number(exponent) + 2}`))} %`;
}

/** A number, exact, by the unit that ends its field's name, as the suite names fields. */
export function fieldNumber(name: string, value: number): string {
  if (name.endsWith('Ratio')) return exactPercent(value);
  if (name.endsWith('WindowMs')) return exactDuration(value);
  if (name.endsWith('Ms')) return `${exactNumber(value)} ms`;
  if (name.endsWith('Bytes')) return `${exactNumber(value)} bytes`;
  return exactNumber(value);
}

/** Fields of a payload as people read them: names in words, units, links, digests, tables for lists. */
export function FieldsView(props: { value: unknown; name?: string }) {
  const { value, name = '' } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  if (value === null || value === undefined)
    return <span className={styles.secondary}>{t('evidence.none')}</span>;
  if (typeof value === 'boolean')
    return <>{value ? t('evidence.yes') : t('evidence.no')}</>;
  if (typeof value === 'number') return <>{fieldNumber(name, value)}</>;
  if (typeof value === 'string') return <TextValue name={name} text={value} />;
  if (Array.isArray(value)) return <ListValue name={name} items={value} />;
  return (
    <div className={name === '' ? undefined : styles.nested}>
      <FactList>
        {Object.entries(value as Record<string, unknown>).map(
          ([field, content]) => (
            <FactRow
              key={field}
              label={fieldLabel(field)}
              value={<FieldsView name={field} value={content} />}
            />
          ),
        )}
      </FactList>
    </div>
  );
}

function TextValue(props: { name: string; text: string }): JSX.Element {
  const { name, text } = props;
  if (/^sha256:[0-9a-f]{64}$/.test(text) || /^[0-9a-f]{64}$/.test(text))
    return <Digest digest={text} />;
  if (/^[a-z0-9]+:[a-z0-9._-]+\/[a-z0-9._-]+$/.test(text))
    return <SubjectLink entityRef={text} />;
  if (/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text))
    return <>{formatTime(Date.parse(text))}</>;
  if (
    /(^s|S)tatus$/.test(name) &&
    (VERDICT_STATUSES as readonly string[]).includes(text)
  ) {
    return <VerdictBadge status={text as VerdictStatus} />;
  }
  return <span className={styles.preserved}>{text}</span>;
}

function ListValue(props: { name: string; items: unknown[] }): JSX.Element {
  const { name, items } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  if (items.length === 0)
    return <span className={styles.secondary}>{t('evidence.none')}</span>;
  if (items.every(isRecord)) {
    const rows = items.map((item, index) => ({ index, item }));
    const fields = [...new Set(items.flatMap(item => Object.keys(item)))];
    return (
      <DataTable<(typeof rows)[number]>
        caption={fieldLabel(name)}
        rows={rows}
        rowKey={row => String(row.index)}
        columns={fields.map((field, index) => ({
          id: field,
          label: fieldLabel(field),
          isRowHeader: index === 0,
          isNumber:
            index > 0 && items.every(item => typeof item[field] === 'number'),
          cell: row => <FieldsView name={field} value={row.item[field]} />,
        }))}
      />
    );
  }
  if (items.every(item => typeof item === 'number')) {
    return <>{items.map(item => fieldNumber(name, item)).join(', ')}</>;
  }
  const parts: ReactNode[] = items.map((item, index) => (
    <FieldsView key={index} name={name} value={item} />
  ));
  return <span className={styles.chips}>{parts}</span>;
}

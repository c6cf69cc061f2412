import {
  formatCount,
  Verdict,
  VerdictFacts,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  TranslationFunction,
  useTranslationRef,
} from '@backstage/frontend-plugin-api';
import { ReactNode } from 'react';
import { aiAssuranceReactTranslationRef } from '../translation';
import { EvidenceLink } from './EvidenceLink';
import { formatDuration, formatValue } from './format';
import { RelativeTime } from './RelativeTime';
import { VerdictBadge } from './VerdictBadge';
import styles from './widgets.module.css';

type Translate = TranslationFunction<
  (typeof aiAssuranceReactTranslationRef)['T']
>;

/** The limit, sample and window of a verdict, in words, in this order; what is not known is left out. */
export function factParts(facts: VerdictFacts, t: Translate): string[] {
  const parts: string[] = [];
  if (facts.bound !== undefined) {
    const bound = formatValue(facts.bound, facts.unit);
    parts.push(
      t(facts.comparator ? `facts.${facts.comparator}` : 'facts.bound', {
        bound,
      }),
    );
  }
  if (facts.sampleCount !== undefined) {
    const size = formatCount(facts.sampleCount);
    parts.push(
      facts.sampleCountNeeded !== undefined &&
        facts.sampleCountNeeded > facts.sampleCount
        ? t('facts.sampleNeeded', {
            size,
            needed: formatCount(facts.sampleCountNeeded),
          })
        : t('facts.sample', { size }),
    );
  }
  if (facts.windowStartMs !== undefined && facts.windowEndMs !== undefined) {
    parts.push(
      t('facts.window', {
        duration: formatDuration(facts.windowEndMs - facts.windowStartMs),
      }),
    );
  }
  return parts;
}

/**
 * Props of {@link VerdictFactsText}.
 *
 * @public
 */
export interface VerdictFactsTextProps {
  facts: VerdictFacts;
}

/**
 * The facts of a verdict in one line: value, limit, n, window. Unknown is a word, never zero.
 *
 * @public
 */
export function VerdictFactsText(props: VerdictFactsTextProps) {
  const { facts } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const value =
    facts.value === undefined
      ? t('facts.noValue')
      : formatValue(facts.value, facts.unit);
  return (
    <span className={styles.tabular}>
      {[value, ...factParts(facts, t)].join(', ')}
    </span>
  );
}

/**
 * Props of {@link FactRow}.
 *
 * @public
 */
export interface FactRowProps {
  label: ReactNode;
  /** What was measured, with its unit. */
  value: ReactNode;
  /** Gives limit, n, window and the badge. */
  verdict?: Verdict;
  /** When it was measured, epoch milliseconds. */
  atMs?: number;
  /** Whatever else the reader needs beside the value. */
  note?: ReactNode;
}

/**
 * A value beside its limit, n, window, age and verdict. Rows belong into a {@link FactList}.
 *
 * @public
 */
export function FactRow(props: FactRowProps) {
  const { label, value, verdict, atMs, note } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const parts = verdict ? factParts(verdict.facts, t) : [];
  return (
    <div className={styles.fact}>
      <dt className={styles.factLabel}>{label}</dt>
      <dd className={styles.factBody}>
        <span className={styles.factValue}>{value}</span>
        {verdict ? (
          <VerdictBadge status={verdict.status} reason={verdict.reason} />
        ) : null}
        {parts.length > 0 ? (
          <span className={styles.secondary}>{parts.join(', ')}</span>
        ) : null}
        {atMs === undefined ? null : (
          <span className={styles.secondary}>
            <RelativeTime atMs={atMs} />
          </span>
        )}
        {note ? <span className={styles.secondary}>{note}</span> : null}
        {verdict?.facts.evidenceId ? (
          <EvidenceLink evidenceId={verdict.facts.evidenceId} />
        ) : null}
      </dd>
    </div>
  );
}

/**
 * Holds {@link FactRow}s.
 *
 * @public
 */
export function FactList(props: { children: ReactNode }) {
  return <dl className={styles.facts}>{props.children}</dl>;
}

import {
  formatCount,
  formatShare,
  SafetyResult,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  DataTable,
  Digest,
  EvidenceLink,
  IntervalBar,
  Section,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import styles from './evaluations.module.css';
import { axisOf, nameOfTool, nameOfVersion } from './names';
import { aiAssuranceEvaluationsTranslationRef } from './translation';

/** How each version withstood attacks and refused what it should. */
export function SafetySection(props: { safety: SafetyResult[] }) {
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  return (
    <Section title={t('safety.title')}>
      {props.safety.map(result => (
        <SafetyOfVersion key={result.evidenceId} result={result} />
      ))}
    </Section>
  );
}

function SafetyOfVersion(props: { result: SafetyResult }) {
  const { result } = props;
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const title = t('safety.version', {
    version: nameOfVersion(result, t('unknown')),
    suite: nameOfTool(result.suite, t('safety.unnamedSuite')),
  });
  const domain = axisOf(
    result.categories.flatMap(({ low, high }) =>
      low === null || high === null ? [] : [{ low, high }],
    ),
    [0],
    'ratio',
  );
  return (
    <div className={styles.block}>
      <h3 className={styles.heading}>
        {title}
        <span className={styles.remark}>
          {t('safety.promptSet')} {result.promptSetId ?? ''}{' '}
          <Digest digest={result.promptSetDigest} />
        </span>
        <EvidenceLink evidenceId={result.evidenceId} />
      </h3>
      <DataTable
        caption={t('safety.attacks')}
        rows={result.categories}
        rowKey={row => row.category}
        empty={<p className={styles.none}>{t('safety.noAttacks')}</p>}
        columns={[
          {
            id: 'category',
            label: t('safety.category'),
            isRowHeader: true,
            cell: row => row.category,
          },
          {
            id: 'share',
            label: t('safety.share'),
            cell: row =>
              row.attackCount === null ||
              row.low === null ||
              row.high === null ? (
                t('safety.countUnknown', {
                  hits: formatCount(row.successCount),
                })
              ) : (
                <span className={styles.results}>
                  <IntervalBar
                    value={row.successCount / row.attackCount}
                    intervalLow={row.low}
                    intervalHigh={row.high}
                    domain={domain}
                    unit="ratio"
                  />
                  <span className={styles.remark}>
                    {formatShare(row.successCount, row.attackCount)}
                  </span>
                </span>
              ),
          },
          {
            id: 'undecided',
            label: t('safety.undecided'),
            isNumber: true,
            cell: row => formatCount(row.undecidedCount),
          },
          {
            id: 'references',
            label: t('safety.references'),
            isProse: true,
            cell: row =>
              row.references.length === 0
                ? t('safety.noReference')
                : row.references
                    .map(({ id, list, title: name }) =>
                      name ? `${id} ${name} (${list})` : id,
                    )
                    .join('; '),
          },
        ]}
      />
      {result.refusals ? (
        <RefusalMatrix refusals={result.refusals} />
      ) : (
        <p className={styles.none}>{t('safety.noRefusals')}</p>
      )}
    </div>
  );
}

/** What should be refused against what was: a table of itself, each share with its denominator. */
function RefusalMatrix(props: {
  refusals: NonNullable<SafetyResult['refusals']>;
}) {
  const { refusals } = props;
  const { t } = useTranslationRef(aiAssuranceEvaluationsTranslationRef);
  const rows = [
    {
      name: t('safety.harmful'),
      refused: refusals.harmfulRefusedCount,
      complied: refusals.harmfulCompliedCount,
      isRefusalRight: true,
    },
    {
      name: t('safety.benign'),
      refused: refusals.benignRefusedCount,
      complied: refusals.benignCompliedCount,
      isRefusalRight: false,
    },
  ];
  const cell = (count: number, total: number, isRight: boolean) => (
    <td data-right={isRight}>
      {formatShare(count, total)}{' '}
      <span className={styles.remark}>
        {t(isRight ? 'safety.right' : 'safety.wrong')}
      </span>
    </td>
  );
  return (
    <div className={styles.scroll}>
      <table className={styles.matrix}>
        <caption className={styles.caption}>{t('safety.refusals')}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{t('safety.refused')}</th>
            <th scope="col">{t('safety.complied')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, refused, complied, isRefusalRight }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {cell(refused, refused + complied, isRefusalRight)}
              {cell(complied, refused + complied, !isRefusalRight)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

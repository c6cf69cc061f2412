import {
  CheckVerdict,
  ScorecardBoard,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceReactTranslationRef,
  DataColumn,
  DataTable,
  Digest,
  EmptyState,
  humanizeCode,
  Section,
  SubjectLink,
  useUrlState,
  VerdictBadge,
  VerdictRollUpText,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { FilterSelect } from '../shared/FilterSelect';
import { Owner } from '../shared/Owner';
import { Pager } from '../shared/Pager';
import styles from '../shared/pages.module.css';
import { useVerdictOptions } from '../shared/useVerdictOptions';
import { aiAssuranceTranslationRef } from '../translation';
import { boardsUrl, pageOfUrl, pageText } from './boardsUrl';
import { CheckPanel } from './CheckPanel';

/** How a cell is named in the URL. */
const cellKey = (scorecardId: string, entityRef: string, checkId: string) =>
  `${scorecardId}|${entityRef}|${checkId}`;

/** One scorecard: subjects × checks under a sticky header, level and coverage, and the panel of the opened cell. */
export function Board(props: { board: ScorecardBoard }) {
  const { board } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const [url, setUrl] = useUrlState(boardsUrl);
  const verdictOptions = useVerdictOptions();

  const { rows } = board;
  const turned = pageOfUrl(url.page);
  const cursor = turned?.scorecard === board.scorecardId ? turned.cursor : '';
  const groups = groupRows(rows, row =>
    groupName(row, url.group, t('common.noOwner'), t('overview.noRiskTier')),
  );
  const isOpenHere = url.cell.startsWith(`${board.scorecardId}|`);
  const opened = isOpenHere ? findCell(board, url.cell) : undefined;

  const columns: DataColumn<SubjectScore>[] = [
    {
      id: 'subject',
      label: t('common.subject'),
      isRowHeader: true,
      cell: row => (
        <SubjectLink
          entityRef={row.subject.entityRef}
          title={row.subject.title}
        />
      ),
    },
    {
      id: 'level',
      label: t('common.level'),
      cell: row => (
        <span className={styles.nowrap}>
          {row.level ?? t('common.noLevel')}
        </span>
      ),
    },
    ...board.checks.map(check => ({
      id: check.checkId,
      label: <span title={check.question}>{check.question}</span>,
      cell: (row: SubjectScore) => (
        <BoardCell
          row={row}
          question={check.question}
          verdict={row.checks.find(judged => judged.checkId === check.checkId)}
          isOpen={
            url.cell ===
            cellKey(board.scorecardId, row.subject.entityRef, check.checkId)
          }
          onToggle={isOpen =>
            setUrl(
              {
                cell: isOpen
                  ? ''
                  : cellKey(
                      board.scorecardId,
                      row.subject.entityRef,
                      check.checkId,
                    ),
              },
              { push: true },
            )
          }
        />
      ),
    })),
    {
      id: 'coverage',
      label: t('scorecards.coverage'),
      cell: row => (
        <span className={styles.nowrap}>
          <VerdictRollUpText rollUp={row.rollUp} />
        </span>
      ),
    },
    {
      id: 'owner',
      label: t('common.owner'),
      cell: row => <Owner subject={row.subject} />,
    },
  ];

  return (
    <Section
      title={board.title}
      description={
        <span className={styles.row}>
          <VerdictRollUpText rollUp={board.rollUp} />
          <span>
            {t('scorecards.levels', { levels: board.levels.join(', ') })}
          </span>
          <Digest digest={board.digest} />
        </span>
      }
    >
      <div
        className={styles.filters}
        role="search"
        aria-label={t('common.filters')}
      >
        <FilterSelect
          label={t('scorecards.worstVerdict')}
          value={url.verdict}
          options={verdictOptions}
          onChange={verdict => setUrl({ verdict, page: '' })}
        />
        <FilterSelect
          label={t('scorecards.groupBy')}
          value={url.group}
          options={[
            { value: '', label: t('scorecards.groupNone') },
            { value: 'owner', label: t('scorecards.groupOwner') },
            { value: 'tier', label: t('scorecards.groupTier') },
            { value: 'kind', label: t('scorecards.groupKind') },
          ]}
          onChange={group => setUrl({ group })}
        />
      </div>
      {rows.length === 0 ? (
        <NoRows
          hasFilter={url.verdict !== ''}
          onClear={() => setUrl({ verdict: '', page: '' })}
        />
      ) : (
        groups.map(([name, members]) => (
          <DataTable
            key={name}
            caption={name === '' ? board.title : `${board.title}, ${name}`}
            columns={
              name === ''
                ? columns
                : [{ ...columns[0], label: name }, ...columns.slice(1)]
            }
            rows={members}
            rowKey={row => row.subject.entityRef}
            maxHeight={560}
          />
        ))
      )}
      {rows.length < board.matchingCount ? (
        <p className={styles.secondary}>
          {t('scorecards.part', {
            shown: String(rows.length),
            total: String(board.matchingCount),
          })}
        </p>
      ) : null}
      <Pager
        order="rank"
        cursor={cursor}
        nextCursor={board.nextCursor}
        onChange={next =>
          setUrl(
            { page: pageText(board.scorecardId, next), cell: '' },
            { push: true },
          )
        }
      />
      {isOpenHere ? (
        <CheckPanel
          score={opened?.score}
          check={opened?.check}
          onClose={() => setUrl({ cell: '' })}
        />
      ) : null}
    </Section>
  );
}

function NoRows(props: { hasFilter: boolean; onClear: () => void }) {
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  if (!props.hasFilter) return <EmptyState title={t('scorecards.noRows')} />;
  return (
    <EmptyState
      title={t('common.nothingMatches')}
      action={
        <Button size="small" onPress={props.onClear}>
          {t('common.clearFilters')}
        </Button>
      }
    />
  );
}

interface BoardCellProps {
  row: SubjectScore;
  question: string;
  verdict: CheckVerdict | undefined;
  isOpen: boolean;
  onToggle: (isOpen: boolean) => void;
}

function BoardCell(props: BoardCellProps) {
  const { row, question, verdict, isOpen, onToggle } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { t: word } = useTranslationRef(aiAssuranceReactTranslationRef);
  if (!verdict)
    return (
      <span className={styles.secondary}>{t('scorecards.notJudged')}</span>
    );
  const { status, reason } = verdict.verdict;
  return (
    <button
      type="button"
      className={styles.cell}
      aria-expanded={isOpen}
      aria-label={t('scorecards.openCell', {
        check: question,
        subject: row.subject.title,
        // The words in sight are part of the name.
        verdict:
          status === 'inconclusive' && reason
            ? `${word(`verdict.${status}`)}: ${humanizeCode(reason)}`
            : word(`verdict.${status}`),
      })}
      onClick={() => onToggle(isOpen)}
    >
      <VerdictBadge status={status} reason={reason} />
    </button>
  );
}

function findCell(board: ScorecardBoard, key: string) {
  const [, entityRef, checkId] = key.split('|');
  const score = board.rows.find(row => row.subject.entityRef === entityRef);
  const check = score?.checks.find(judged => judged.checkId === checkId);
  return score && check ? { score, check } : undefined;
}

function groupName(
  row: SubjectScore,
  group: string,
  noOwner: string,
  noTier: string,
): string {
  if (group === 'owner') return row.subject.ownerRef ?? noOwner;
  if (group === 'tier') return row.subject.riskTier ?? noTier;
  if (group === 'kind') return row.subject.kind;
  return '';
}

/** Groups in the order in which their first row comes: worst first. */
function groupRows(
  rows: SubjectScore[],
  nameOf: (row: SubjectScore) => string,
): Array<[string, SubjectScore[]]> {
  const groups = new Map<string, SubjectScore[]>();
  for (const row of rows)
    groups.set(nameOf(row), [...(groups.get(nameOf(row)) ?? []), row]);
  return [...groups];
}

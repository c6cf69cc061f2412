import {
  severityRank,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { aiAssuranceReactTranslationRef } from '../translation';
import { DataTable } from '../widgets/DataTable';
import { formatTime } from '../widgets/format';
import { VerdictBadge } from '../widgets/VerdictBadge';
import chartStyles from './charts.module.css';
import styles from './heatMap.module.css';

/**
 * One row of a {@link HeatMap}: what it is about, and one cell for each column; `undefined` where nothing was judged.
 *
 * @public
 */
export interface HeatMapRow {
  id: string;
  name: string;
  cells: ({ status: VerdictStatus; text: string } | undefined)[];
}

/**
 * Props of {@link HeatMap}.
 *
 * @public
 */
export interface HeatMapProps {
  title: string;
  /** Ends of the columns, oldest first. */
  timesMs: number[];
  rows: HeatMapRow[];
  /** Row and column that are open. */
  selected?: { rowId: string; column: number };
  onSelect: (rowId: string, column: number) => void;
}

const marks: Record<VerdictStatus, string> = {
  pass: '✓',
  warn: '!',
  fail: '✕',
  inconclusive: '?',
  'not-applicable': '–',
};

/**
 * Verdicts of many signals over time, as a map of cells that can be opened by pointer or keyboard, or as a table. A verdict
 * is never colour alone: each cell carries its mark and says its words.
 *
 * @public
 */
export function HeatMap(props: HeatMapProps) {
  const { title, timesMs, rows, selected, onSelect } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const [isTable, setIsTable] = useState(false);
  const captionId = useId();
  const body = useRef<HTMLTableSectionElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  // Where the map is wider than the screen, now is in sight first.
  useEffect(() => {
    const { current } = scroller;
    if (current) current.scrollLeft = current.scrollWidth;
  }, [isTable]);

  const move = (event: KeyboardEvent, row: number, column: number) => {
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    body.current
      ?.querySelector<HTMLButtonElement>(
        `[data-cell="${row + step[0]}-${column + step[1]}"]`,
      )
      ?.focus();
  };
  const countOf = (row: HeatMapRow, status: VerdictStatus) =>
    row.cells.filter(cell => cell?.status === status).length;
  const worst = [...rows].sort(
    (a, b) => countOf(b, 'fail') - countOf(a, 'fail'),
  )[0];
  const summary = t('heatMap.summary', {
    title,
    rows: t('heatMap.rows', { count: rows.length }),
    columns: t('heatMap.columns', { count: timesMs.length }),
    worst:
      worst && countOf(worst, 'fail') > 0
        ? t('heatMap.worst', {
            name: worst.name,
            status: t('verdict.fail').toLocaleLowerCase('en-US'),
            part: String(countOf(worst, 'fail')),
            count: timesMs.length,
          })
        : t('heatMap.calm'),
  });
  const lastOf = (row: HeatMapRow) => row.cells[row.cells.length - 1];
  // One cell is in the tab order: the open one, else the newest of the first row.
  const entry = {
    row: Math.max(
      0,
      rows.findIndex(({ id }) => id === selected?.rowId),
    ),
    column: selected?.column ?? timesMs.length - 1,
  };

  return (
    <figure className={chartStyles.figure} aria-labelledby={captionId}>
      <div className={chartStyles.head}>
        <figcaption id={captionId} className={chartStyles.title}>
          {title}
        </figcaption>
        <Button
          size="small"
          variant="tertiary"
          onPress={() => setIsTable(!isTable)}
        >
          {isTable ? t('heatMap.show') : t('heatMap.table')}
        </Button>
      </div>
      {isTable ? (
        <DataTable
          caption={title}
          rows={rows}
          rowKey={row => row.id}
          columns={[
            {
              id: 'name',
              label: t('heatMap.row'),
              isRowHeader: true,
              cell: row => row.name,
            },
            {
              id: 'now',
              label: t('heatMap.now'),
              cell: row => {
                const last = lastOf(row);
                return last ? (
                  <VerdictBadge status={last.status} />
                ) : (
                  t('heatMap.nothing')
                );
              },
            },
            ...(['fail', 'inconclusive', 'warn', 'pass'] as const).map(
              status => ({
                id: status,
                label: t(`verdict.${status}`),
                isNumber: true,
                cell: (row: HeatMapRow) => String(countOf(row, status)),
              }),
            ),
          ]}
        />
      ) : (
        <div ref={scroller} className={styles.scroll}>
          <table className={styles.map} aria-describedby={`${captionId}-sum`}>
            <thead>
              <tr>
                <td />
                {timesMs.map((atMs, column) => (
                  <td key={atMs} className={styles.time}>
                    {column === 0 || column === timesMs.length - 1 ? (
                      <span
                        className={
                          column === 0 ? styles.firstTime : styles.lastTime
                        }
                      >
                        {formatTime(atMs)}
                      </span>
                    ) : null}
                  </td>
                ))}
              </tr>
            </thead>
            <tbody ref={body}>
              {rows.map((row, rowIndex) => (
                <tr key={row.id}>
                  <th scope="row" className={styles.name}>
                    {row.name}
                  </th>
                  {row.cells.map((cell, column) => {
                    const isOpen =
                      selected?.rowId === row.id && selected.column === column;
                    const words = `${row.name}, ${formatTime(
                      timesMs[column],
                    )}: ${
                      cell
                        ? `${t(`verdict.${cell.status}`)}, ${cell.text}`
                        : t('heatMap.nothing')
                    }`;
                    return (
                      <td key={timesMs[column]} className={styles.place}>
                        <button
                          type="button"
                          className={styles.cell}
                          data-cell={`${rowIndex}-${column}`}
                          data-status={cell?.status ?? 'none'}
                          aria-pressed={isOpen}
                          aria-label={words}
                          title={words}
                          tabIndex={
                            rowIndex === entry.row && column === entry.column
                              ? 0
                              : -1
                          }
                          onKeyDown={event => move(event, rowIndex, column)}
                          onClick={() => onSelect(row.id, column)}
                        >
                          <span aria-hidden="true">
                            {cell ? marks[cell.status] : ''}
                          </span>
                        </button>
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p id={`${captionId}-sum`} className={chartStyles.note}>
        {summary} {isTable ? null : t('heatMap.hint')}
      </p>
    </figure>
  );
}

/**
 * The worst verdict of points by column; points belong to the first column that ends at or after them.
 *
 * @public
 */
export function columnsOf<P extends { atMs: number; status: VerdictStatus }>(
  points: readonly P[],
  timesMs: readonly number[],
): (P | undefined)[] {
  const columns: (P | undefined)[] = timesMs.map(() => undefined);
  for (const point of points) {
    const column = timesMs.findIndex(end => point.atMs <= end);
    if (column < 0) continue;
    const known = columns[column];
    if (!known || severityRank(point.status) <= severityRank(known.status))
      columns[column] = point;
  }
  return columns;
}

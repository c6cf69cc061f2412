import { ReactNode } from 'react';
import styles from './widgets.module.css';

/**
 * One column of a {@link DataTable}.
 *
 * @public
 */
export interface DataColumn<T> {
  id: string;
  label: ReactNode;
  cell: (row: T) => ReactNode;
  /** Numbers are right-aligned with tabular numerals. */
  isNumber?: boolean;
  /** Whole sentences keep a readable width; narrow screens scroll. */
  isProse?: boolean;
  /** Names the row for screen readers and stays in view when the table scrolls sideways. */
  isRowHeader?: boolean;
}

/**
 * Props of {@link DataTable}.
 *
 * @public
 */
export interface DataTableProps<T> {
  /** What the table shows, for screen readers. */
  caption: string;
  columns: DataColumn<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  /** Marks the row that is opened beside or below. */
  selectedKey?: string;
  /** Drawn instead of the table when there is no row. */
  empty?: ReactNode;
  /** Height in CSS pixels after which the table scrolls under its header. */
  maxHeight?: number;
}

/**
 * A dense, plain table: sticky header and row header, sideways scroll on narrow screens, reachable by keyboard.
 *
 * @public
 */
export function DataTable<T>(props: DataTableProps<T>) {
  const { caption, columns, rows, rowKey, selectedKey, empty, maxHeight } =
    props;
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div
      className={styles.tableScroll}
      style={{ maxHeight }}
      // What scrolls must be reachable by keyboard. A group, no landmark: the section around it is one, of the same name.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="group"
      aria-label={caption}
    >
      <table className={styles.table}>
        <caption className={styles.visuallyHidden}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(column => (
              <th
                key={column.id}
                scope="col"
                data-number={column.isNumber ? 'true' : undefined}
                data-sticky={column.isRowHeader ? 'true' : undefined}
              >
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => {
            const key = rowKey(row);
            return (
              <tr
                key={key}
                data-selected={key === selectedKey ? 'true' : undefined}
              >
                {columns.map(column =>
                  column.isRowHeader ? (
                    <th
                      key={column.id}
                      scope="row"
                      data-sticky="true"
                      data-prose={column.isProse ? 'true' : undefined}
                    >
                      {column.cell(row)}
                    </th>
                  ) : (
                    <td
                      key={column.id}
                      data-prose={column.isProse ? 'true' : undefined}
                      data-number={column.isNumber ? 'true' : undefined}
                    >
                      {column.cell(row)}
                    </td>
                  ),
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { Button } from '@backstage/ui';
import { ReactNode, useId, useState } from 'react';
import { useWidth } from '../hooks/useWidth';
import { aiAssuranceReactTranslationRef } from '../translation';
import { DataColumn, DataTable } from '../widgets/DataTable';
import widgetStyles from '../widgets/widgets.module.css';
import styles from './charts.module.css';
import { Drawing, useDrawing } from './useDrawing';

/** One mark of a legend. */
export interface LegendItem {
  name: string;
  color: string;
  dash?: string;
  isArea?: boolean;
  /** A moment: drawn upright. */
  isMark?: boolean;
}

interface ChartFrameProps<T> {
  title: string;
  /** What the drawing shows, in words, for those who do not see it. */
  summary: string;
  legend: LegendItem[];
  rows: T[];
  rowKey: (row: T) => string;
  columns: DataColumn<T>[];
  isEmpty: boolean;
  height: number;
  /** What the reader must know about the drawing, under it. */
  note?: string;
  /** Is called once what it draws with was fetched. */
  draw: (width: number, drawing: Drawing) => ReactNode;
}

/** What all charts share: title, legend, a table of the same numbers, and a summary in words. */
export function ChartFrame<T>(props: ChartFrameProps<T>) {
  const {
    title,
    summary,
    legend,
    rows,
    rowKey,
    columns,
    isEmpty,
    height,
    note,
    draw,
  } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const [isTable, setIsTable] = useState(false);
  const [ref, width] = useWidth();
  const captionId = useId();
  const drawing = useDrawing();

  return (
    <figure className={styles.figure} aria-labelledby={captionId}>
      <div className={styles.head}>
        <figcaption id={captionId} className={styles.title}>
          {title}
        </figcaption>
        {isEmpty ? null : (
          <Button
            size="small"
            variant="tertiary"
            onPress={() => setIsTable(!isTable)}
          >
            {isTable ? t('chart.showChart') : t('chart.showTable')}
          </Button>
        )}
      </div>
      {isEmpty || isTable ? null : (
        <ul className={styles.legend}>
          {legend.map(item => (
            <li key={item.name}>
              <svg width="18" height="10" aria-hidden="true">
                {item.isMark ? (
                  <line x1="9" x2="9" y1="0" y2="10" stroke={item.color} />
                ) : null}
                {item.isArea ? (
                  <rect width="18" height="10" rx="2" fill={item.color} />
                ) : null}
                {item.isArea || item.isMark ? null : (
                  <line
                    x1="0"
                    x2="18"
                    y1="5"
                    y2="5"
                    stroke={item.color}
                    strokeWidth="2"
                    strokeDasharray={item.dash}
                  />
                )}
              </svg>
              {item.name}
            </li>
          ))}
        </ul>
      )}
      <div ref={ref} className={styles.plot}>
        {isEmpty ? (
          <p className={widgetStyles.secondary}>{t('chart.noPoints')}</p>
        ) : null}
        {!isEmpty && isTable ? (
          <DataTable
            caption={title}
            columns={columns}
            rows={rows}
            rowKey={rowKey}
            maxHeight={Math.max(height, 240)}
          />
        ) : null}
        {!isEmpty && !isTable ? (
          <div role="img" aria-label={summary} style={{ minHeight: height }}>
            {drawing ? draw(width, drawing) : null}
          </div>
        ) : null}
      </div>
      {note && !isEmpty ? <p className={styles.note}>{note}</p> : null}
    </figure>
  );
}

/** The box under the cursor. */
export function ChartTooltip(props: {
  title: string;
  lines: Array<{ name: string; text: string }>;
  /** Whatever else happened at this moment. */
  remarks?: string[];
}) {
  return (
    <div className={styles.tooltip}>
      <p>{props.title}</p>
      {props.lines.map(line => (
        <p key={line.name}>
          {line.name}: {line.text}
        </p>
      ))}
      {props.remarks?.map((remark, index) => (
        <p key={index} className={styles.remark}>
          {remark}
        </p>
      ))}
    </div>
  );
}

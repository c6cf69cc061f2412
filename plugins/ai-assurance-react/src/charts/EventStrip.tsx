import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { useId, useRef, useState } from 'react';
import { useWidth } from '../hooks/useWidth';
import { aiAssuranceReactTranslationRef } from '../translation';
import { formatTick, formatTime } from '../widgets/format';
import widgetStyles from '../widgets/widgets.module.css';
import { useChartGroup } from './ChartGroup';
import styles from './charts.module.css';

/**
 * Something that happened, on an {@link EventStrip}.
 *
 * @public
 */
export interface StripEvent {
  id: string;
  atMs: number;
  /** Of what lasts. */
  endMs?: number;
  lane: string;
  title: string;
  /** Where it is told in full. */
  href?: string;
}

/**
 * Props of {@link EventStrip}.
 *
 * @public
 */
export interface EventStripProps {
  title: string;
  /** The time that it spans; the same as that of the charts above it. */
  range: { fromMs: number; toMs: number };
  /** One line each, in this order; those without events are left out. */
  lanes: Array<{ id: string; label: string }>;
  events: StripEvent[];
  /** Said instead when nothing happened. */
  empty: string;
}

/** Left and right of the plot of a chart, in CSS pixels: the strip lies exactly beneath it. */
export const PLOT_LEFT = 64;
export const PLOT_RIGHT = 12;

/**
 * What happened, by kind, on the time axis of the charts above it. Each mark is a link, reached by keyboard, and says its
 * title and time under the strip while it has the focus or the pointer.
 *
 * @public
 */
export function EventStrip(props: EventStripProps) {
  const { title, range, lanes, events, empty } = props;
  const { t } = useTranslationRef(aiAssuranceReactTranslationRef);
  const { cursorMs, setCursorMs } = useChartGroup();
  const [ref, width] = useWidth();
  const lanesRef = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<StripEvent>();
  const captionId = useId();
  const spanMs = Math.max(1, range.toMs - range.fromMs);
  const plotWidth = Math.max(1, width - PLOT_LEFT - PLOT_RIGHT);
  const xOf = (atMs: number) =>
    PLOT_LEFT +
    (plotWidth *
      (Math.min(Math.max(atMs, range.fromMs), range.toMs) - range.fromMs)) /
      spanMs;
  const inRange = events.filter(
    event =>
      (event.endMs ?? event.atMs) >= range.fromMs && event.atMs <= range.toMs,
  );
  const filled = lanes.filter(lane =>
    inRange.some(event => event.lane === lane.id),
  );

  const follow = (clientX: number) => {
    const left = lanesRef.current?.getBoundingClientRect().left ?? 0;
    const share = (clientX - left - PLOT_LEFT) / plotWidth;
    setCursorMs(
      share >= 0 && share <= 1
        ? Math.round(range.fromMs + share * spanMs)
        : undefined,
    );
  };

  return (
    <figure className={styles.figure} aria-labelledby={captionId}>
      <figcaption id={captionId} className={styles.title}>
        {title}
      </figcaption>
      <div ref={ref} className={styles.strip}>
        {filled.length === 0 ? (
          <p className={widgetStyles.secondary}>{empty}</p>
        ) : (
          <div
            ref={lanesRef}
            className={styles.lanes}
            onPointerMove={event => follow(event.clientX)}
            onPointerLeave={() => setCursorMs(undefined)}
          >
            {filled.map(lane => (
              <div key={lane.id} className={styles.lane}>
                <span className={styles.laneLabel}>{lane.label}</span>
                <ul className={styles.laneTrack} aria-label={lane.label}>
                  {inRange
                    .filter(event => event.lane === lane.id)
                    .map(event => {
                      const left = xOf(event.atMs);
                      const right =
                        event.endMs === undefined ? left : xOf(event.endMs);
                      const text = t('strip.event', {
                        title: event.title,
                        time: formatTime(event.atMs),
                      });
                      const events_ = {
                        onPointerEnter: () => setShown(event),
                        onPointerLeave: () => setShown(undefined),
                        onFocus: () => setShown(event),
                        onBlur: () => setShown(undefined),
                      };
                      return (
                        <li
                          key={event.id}
                          className={styles.mark}
                          data-lasts={right > left ? 'true' : undefined}
                          style={{
                            left,
                            width: Math.max(0, right - left),
                          }}
                        >
                          {event.href ? (
                            <a
                              href={event.href}
                              aria-label={text}
                              {...events_}
                            />
                          ) : (
                            <button
                              type="button"
                              aria-label={text}
                              {...events_}
                            />
                          )}
                        </li>
                      );
                    })}
                </ul>
              </div>
            ))}
            {cursorMs === undefined ? null : (
              <div
                className={styles.cursor}
                style={{ left: xOf(cursorMs) }}
                aria-hidden="true"
              />
            )}
          </div>
        )}
      </div>
      {filled.length === 0 ? null : (
        <p className={styles.note} aria-hidden="true">
          {shown
            ? `${formatTime(shown.atMs)} · ${shown.title}`
            : t('strip.hint', {
                from: formatTick(range.fromMs, spanMs),
                to: formatTick(range.toMs, spanMs),
              })}
        </p>
      )}
    </figure>
  );
}

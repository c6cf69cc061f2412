/**
 * Colours of series, as tokens; the order is that of importance. Lines differ by dash too, so that colour is
 * not alone. The colours of verdicts are left out: a green line would look like a pass.
 */
export const SERIES_COLORS = [
  'var(--bui-accent-bg)',
  'var(--bui-fg-secondary)',
  'color-mix(in srgb, var(--bui-accent-bg) 50%, var(--bui-bg-app))',
  'color-mix(in srgb, var(--bui-fg-secondary) 50%, var(--bui-bg-app))',
  'var(--bui-announcement-bg)',
  'var(--bui-fg-primary)',
];

/** Behind the lines, in turns; told apart by their labels. */
export const BAND_COLORS = [
  'color-mix(in srgb, var(--bui-fg-secondary) 6%, transparent)',
  'color-mix(in srgb, var(--bui-fg-secondary) 14%, transparent)',
];
export const LIMIT_COLOR = 'var(--bui-fg-negative)';
export const EVENT_COLOR =
  'color-mix(in srgb, var(--bui-fg-secondary) 60%, var(--bui-bg-app))';
/** Quieter than a border, which is as loud as a line of data on a dark page. */
export const GRID_COLOR =
  'color-mix(in srgb, var(--bui-fg-secondary) 22%, transparent)';
export const AXIS_STYLE = { fill: 'var(--bui-fg-secondary)', fontSize: 11 };

export const colorOf = (index: number) =>
  SERIES_COLORS[index % SERIES_COLORS.length];

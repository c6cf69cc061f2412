/** Colours of series, as tokens; the order is that of importance. Lines differ by dash too, so that colour is not alone. */
export const SERIES_COLORS = [
  'var(--bui-bg-solid)',
  'var(--bui-fg-success)',
  'var(--bui-fg-warning)',
  'var(--bui-fg-info)',
  'var(--bui-gray-6)',
  'var(--bui-fg-secondary)',
];

export const LIMIT_COLOR = 'var(--bui-fg-danger)';
export const GRID_COLOR = 'var(--bui-border-1)';
export const AXIS_STYLE = { fill: 'var(--bui-fg-secondary)', fontSize: 11 };

export const colorOf = (index: number) =>
  SERIES_COLORS[index % SERIES_COLORS.length];

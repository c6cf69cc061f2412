import { QueryInputOf } from '@ai-assurance/backstage-plugin-ai-assurance-common';

/** What of the portfolio is looked at, as the URL holds it. */
export const noFilters = {
  search: '',
  kind: '',
  verdict: '',
  tier: '',
  cursor: '',
};

export type OverviewFilters = typeof noFilters;

/** The same as the server is asked for it. */
export function queryOf(filters: OverviewFilters): QueryInputOf<'getOverview'> {
  return Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== ''),
  );
}

import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/** `href` with the moment of the page, if it is about one that is over; pages of others stay as they are. */
function withMoment(href: string, asOf: string | null): string {
  if (asOf === null || asOf === '' || /^https?:/.test(href)) return href;
  const [path, fragment] = href.split('#');
  const separator = path.includes('?') ? '&' : '?';
  const moment = `${path}${separator}asOf=${encodeURIComponent(asOf)}`;
  return fragment === undefined ? moment : `${moment}#${fragment}`;
}

/**
 * Makes links within the suite that stay in the moment of the page: from a page about the past to another about the same
 * moment.
 *
 * @public
 */
export function useHere(): (href: string) => string {
  const [search] = useSearchParams();
  const asOf = search.get('asOf');
  return useCallback((href: string) => withMoment(href, asOf), [asOf]);
}

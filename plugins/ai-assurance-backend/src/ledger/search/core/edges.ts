import { OpenPage } from './openPage';
import { firstAtLeast, TermRange } from './pages';

/** The first and the last term of a kind in a segment. */
export interface Edges {
  first: string;
  last: string;
}

/**
 * Edges of the terms `from <= term < to` in a segment, told by the first and the last of the pages that may hold them, and by
 * the term with which the page after the first begins. `undefined` where there is none of them.
 */
export function edgesOf(
  { from, to }: { from: string; to: string },
  pages: { first: OpenPage; afterFirst: string | undefined; last: OpenPage },
): Edges | undefined {
  const first =
    pages.first.terms[firstAtLeast(pages.first.terms, from)] ??
    pages.afterFirst;
  const last = pages.last.terms[firstAtLeast(pages.last.terms, to) - 1];
  if (first === undefined || first >= to || last === undefined || last < from)
    return undefined;
  return { first, last };
}

/**
 * For how many items of a segment a range holds, as far as its edges tell. Only for terms of which every item has exactly one:
 * that is what `all` follows from.
 */
export function holdsFor(
  range: TermRange,
  { first, last }: Edges,
): 'none' | 'all' | 'some' {
  const { from, to } = range;
  const isBefore = to === undefined ? from < first : to <= first;
  if (isBefore || last < from) return 'none';
  const isWithin = to === undefined ? last === from : last < to;
  return from <= first && isWithin ? 'all' : 'some';
}

/** What the URL of the scorecards holds. `page` names a board and where it goes on. */
export const boardsUrl = { group: '', verdict: '', cell: '', page: '' };

const separator = '|';

export const pageText = (scorecard: string, cursor: string): string =>
  cursor === '' ? '' : `${scorecard}${separator}${cursor}`;

/** The board and the cursor of a page; `undefined` on the first of all. */
export function pageOfUrl(
  page: string,
): { scorecard: string; cursor: string } | undefined {
  const at = page.lastIndexOf(separator);
  return at < 0
    ? undefined
    : { scorecard: page.slice(0, at), cursor: page.slice(at + 1) };
}

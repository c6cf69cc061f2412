/** A link of a catalog entity. */
interface EntityLink {
  type?: string;
  title?: string;
  url: string;
}

/** Somebody to reach. */
export interface OnCallLink {
  title: string;
  url: string;
}

/** The catalog takes any address in a link; one that begins with `javascript:` would run in the reader’s session. */
const isSafe = ({ url }: EntityLink) => /^(https?|mailto|tel):/i.test(url);

const isOnCall = ({ type, title, url }: EntityLink) =>
  type === 'on-call' || /on[- ]?call|pager/i.test(`${title ?? ''} ${url}`);

/** The links that lead to whoever is on call, by their type, title or address. */
export function onCallLinks(links: readonly EntityLink[]): OnCallLink[] {
  return links
    .filter(link => isSafe(link) && isOnCall(link))
    .map(({ title, url }) => ({ title: title ?? url, url }));
}

/** The newest word of somebody that a runbook still holds. */
export interface RunbookCheck {
  url: string;
  checkedAtMs: number;
  checkedBy: string | null;
  evidenceId: string | null;
}

/**
 * Addresses in an annotation: one, or several with commas or blanks between. One that begins with `./` lies below `baseUrl`;
 * without a base it leads nowhere and is left out.
 */
export function runbookUrls(
  annotation: string | undefined,
  baseUrl?: string,
): string[] {
  const urls = (annotation ?? '').split(/[\s,]+/).flatMap(address => {
    if (/^https?:\/\//.test(address)) return [address];
    return address.startsWith('./') && URL.canParse(address, baseUrl)
      ? [new URL(address, baseUrl).toString()]
      : [];
  });
  return [...new Set(urls)];
}

/** A day as the annotation writes it, in UTC; `undefined` for anything else: a date that cannot be read is no check. */
export function checkedDayMs(
  annotation: string | undefined,
): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(annotation ?? '')) return undefined;
  const atMs = Date.parse(`${annotation}T00:00:00.000Z`);
  return Number.isNaN(atMs) ? undefined : atMs;
}

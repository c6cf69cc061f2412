/** Formats a share in 0..1 as a percentage with its denominator, for example `98.2 % of 1,204`. @public */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0) return 'no data';
  const percent = (100 * part) / whole;
  return `${percent.toFixed(
    percent === 100 || percent === 0 ? 0 : 1,
  )} % of ${formatCount(whole)}`;
}

/** A share with its denominator and what it is a share of, for example `98.2 % of 1,204 requests`. @public */
export function formatShareOf(
  part: number,
  whole: number,
  one: string,
  many: string = `${one}s`,
): string {
  return whole <= 0
    ? formatShare(part, whole)
    : `${formatShare(part, whole)} ${nounOf(whole, one, many)}`;
}

/** A count with what it counts, for example `1 subject` or `1,204 subjects`. @public */
export function formatCounted(
  count: number,
  one: string,
  many: string = `${one}s`,
): string {
  return `${formatCount(count)} ${nounOf(count, one, many)}`;
}

function nounOf(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}

/** Groups digits by comma. @public */
export function formatCount(value: number): string {
  return new Intl.NumberFormat('en-US').format(value);
}

/** Milliseconds with three significant digits, for example `12.4 ms` or `1.25 s`. @public */
export function formatMs(valueMs: number): string {
  if (valueMs >= 1000) return `${Number((valueMs / 1000).toPrecision(3))} s`;
  return `${Number(valueMs.toPrecision(3))} ms`;
}

/** First twelve hexadecimal digits of a `sha256:` digest, for people. @public */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** A value that may not be there: empty text, null and numbers that are none count as nulls. */
export type SampleValue = unknown;

/** Whether a value counts as a null. */
export const isNull = (value: SampleValue) =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'number' && Number.isNaN(value));

const words: Record<string, number> = {
  nan: NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '-infinity': -Infinity,
};

/** `undefined`: no number. */
export function numberOf(value: SampleValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean')
    return Number(value);
  if (typeof value !== 'string') return undefined;
  const number = Number(value);
  if (!Number.isNaN(number)) {
    // An empty text would be 0, and so would one of blanks.
    return value.trim() === '' ? NaN : number;
  }
  return words[value.trim().toLocaleLowerCase('en-US')];
}

/** `undefined`: neither text nor a number. */
export function categoryOf(value: SampleValue): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return undefined;
  }
}

/** How many inner edges lie below a value. */
export function binOf(value: number, edges: Float64Array): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (edges[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

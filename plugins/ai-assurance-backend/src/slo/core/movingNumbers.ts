type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

function formOf(value: unknown, numbers: (number | null)[]): string {
  if (typeof value === 'number') {
    // As JSON has it.
    numbers.push(Number.isFinite(value) ? value : null);
    return '#';
  }
  // Lengths in front, so that no text can look like another one.
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (value === null || value === undefined) return '0';
  if (typeof value === 'boolean') return value ? '+' : '-';
  let form = '';
  if (Array.isArray(value)) {
    for (const one of value) form += formOf(one, numbers);
    return `[${form}]`;
  }
  const object = value as Record<string, unknown>;
  for (const key of Object.keys(object)) {
    const one = object[key];
    // JSON leaves it out as well.
    if (one !== undefined)
      form += `${key.length}:${key}${formOf(one, numbers)}`;
  }
  return `{${form}}`;
}

/**
 * A value in two: its numbers in their order, and all else with their places. Values with equal forms differ in their numbers
 * alone.
 */
export function splitNumbers(value: object): {
  form: string;
  numbers: (number | null)[];
} {
  const numbers: (number | null)[] = [];
  return { form: formOf(value, numbers), numbers };
}

/** Puts these numbers in the places of those that a value has. Throws where there are more or fewer of them. */
export function putNumbers(
  value: object,
  numbers: readonly (number | null)[],
): void {
  let next = 0;
  const put = (holder: { [key: string]: Json }): void => {
    for (const key of Object.keys(holder)) {
      const one = holder[key];
      if (typeof one === 'number') {
        holder[key] = numbers[next];
        next += 1;
      } else if (one !== null && typeof one === 'object') {
        put(one as { [key: string]: Json });
      }
    }
  };
  put(value as { [key: string]: Json });
  if (next !== numbers.length)
    throw new Error(
      `An answer of ${next} numbers cannot take ${numbers.length}: form and numbers of its row do not fit together`,
    );
}

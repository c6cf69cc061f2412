import { CollectorError } from './collector';

/**
 * What the annotations of a subject select in another system, or why they cannot be right; `undefined` when none of them is
 * for this system, so that the collector does not apply.
 * @public
 */
export type SelectionReading<T> =
  | { readonly ok: true; readonly selection: T }
  | { readonly ok: false; readonly problem: string }
  | undefined;

/**
 * The selection that a run needs. Throws a {@link CollectorError} `misconfigured` with the problem, or naming the system when
 * there is nothing for it. Pure.
 * @public
 */
export function requireSelection<T>(
  reading: SelectionReading<T>,
  systemName: string,
): T {
  if (reading?.ok) return reading.selection;
  throw new CollectorError(
    'misconfigured',
    reading?.problem ?? `the subject has no annotation for ${systemName}`,
  );
}

const coded = new WeakSet<Error>();

/** Whether the code of an error is one of ours; databases and system calls put theirs in the same place. */
export const hasCode = (error: Error): boolean => coded.has(error);

/**
 * Attaches a closed, machine-readable code to a plain Backstage error. The class decides the HTTP status and must not be
 * subclassed (its name is what the framework maps), so the code travels as a property and is written into the answer by
 * the router's error handler.
 */
export function withCode<E extends Error>(
  error: E,
  code: string,
): E & { code: string } {
  coded.add(error);
  return Object.assign(error, { code });
}

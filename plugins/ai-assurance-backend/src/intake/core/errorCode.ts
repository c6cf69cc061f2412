/** The closed code of an error of ours, `INTERNAL` for any other. */
export function errorCodeOf(error: unknown): string {
  const code = (error as { code?: unknown })?.code;
  const name = (error as { name?: unknown })?.name;
  const isOurs =
    typeof name === 'string' &&
    /^(Input|NotAllowed|Conflict|NotFound|ServiceUnavailable|PayloadTooLarge|TooManyRequests)Error$/.test(
      name,
    );
  return isOurs && typeof code === 'string' ? code : 'INTERNAL';
}

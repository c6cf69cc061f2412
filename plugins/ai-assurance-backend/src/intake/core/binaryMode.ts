/** Headers of a message by their lower-case names. */
export type Headers = Record<string, string | string[] | undefined>;

const requiredAttribute = 'specversion';

/**
 * Whether a message carries its CloudEvent in binary mode: attributes in headers with this prefix (`ce-` over HTTP, `ce_`
 * over Kafka), data in the body.
 */
export function isBinaryMode(headers: Headers, prefix = 'ce-'): boolean {
  return headers[`${prefix}${requiredAttribute}`] !== undefined;
}

/**
 * Undoes the encoding of a header's value in the CloudEvents HTTP binding (3.1.3.2): quotes around it, then one round of
 * percent-encoding. Bytes that are no UTF-8 become U+FFFD, as the binding has it.
 */
export function decodedHeader(value: string): string {
  const unquoted = /^".*"$/s.test(value)
    ? value.slice(1, -1).replace(/\\(.)/gs, '$1')
    : value;
  return unquoted.replace(/(?:%[0-9A-Fa-f]{2})+/g, run =>
    new TextDecoder().decode(
      Uint8Array.from(run.slice(1).split('%'), hex => Number.parseInt(hex, 16)),
    ),
  );
}

/** `application/json; charset=utf-8` is the same as `application/json`: evidence is written without parameters. */
function mediaTypeOf(contentType: string): string {
  const mediaType = contentType.split(';')[0].trim();
  return mediaType.toLocaleLowerCase('en-US');
}

/** The event of a message in binary mode, as it would be in structured mode. */
export function eventOf(
  headers: Headers,
  data: unknown,
  prefix = 'ce-',
): Record<string, unknown> {
  const event: Record<string, unknown> = Object.create(null);
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(prefix) || value === undefined) continue;
    const text = Array.isArray(value) ? value.join(', ') : value;
    event[name.slice(prefix.length)] = decodedHeader(text);
  }
  const contentType =
    headers['content-type'] ?? headers[`${prefix}datacontenttype`];
  if (typeof contentType === 'string')
    event.datacontenttype = mediaTypeOf(contentType);
  event.data = data;
  return { ...event };
}

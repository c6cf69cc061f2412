import { PublicationError } from './targets';

const timeoutMs = 20_000;
const maxAnswerBytes = 256 * 1024;

/** One POST with a time limit and a bounded answer. Throws PublicationError `UNREACHABLE`. Redirects are not followed. */
export async function post(
  url: string,
  contentType: string,
  body: string | Uint8Array,
): Promise<{ status: number; contentType: string; bytes: Buffer }> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: typeof body === 'string' ? body : Buffer.from(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of answer.body ?? []) {
      length += part.length;
      if (length > maxAnswerBytes)
        throw new Error(`its answer is longer than ${maxAnswerBytes} bytes`);
      parts.push(part);
    }
    return {
      status: answer.status,
      contentType: answer.headers.get('content-type') ?? '',
      bytes: Buffer.concat(parts),
    };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: Error };
    throw new PublicationError(
      'UNREACHABLE',
      `${url} did not answer: ${cause?.message ?? message}`,
    );
  }
}

import autocannon from 'autocannon';

/** What one load run saw. */
export interface LoadResult {
  answeredCount: number;
  /** Requests that were answered with anything but 2xx, or not at all. */
  failedCount: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
}

/**
 * Posts bodies from this process for some seconds. `nextBody` is asked for each request, so that no body comes twice
 * where the server would notice; its cost falls on every server under test alike.
 */
export async function load(options: {
  url: string;
  headers: Record<string, string>;
  connections: number;
  seconds: number;
  nextBody: () => Buffer;
}): Promise<LoadResult> {
  const result = await autocannon({
    url: options.url,
    method: 'POST',
    headers: options.headers,
    connections: options.connections,
    duration: options.seconds,
    timeout: 60,
    requests: [
      { setupRequest: request => ({ ...request, body: options.nextBody() }) },
    ],
  });
  return {
    answeredCount: result['2xx'],
    failedCount: result.non2xx + result.errors + result.timeouts,
    seconds: result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  };
}

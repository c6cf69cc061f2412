import { createServer } from 'node:net';
import { AddressInfo } from 'node:net';
import { openScrapedMetrics } from './scraped';

const freePort = () =>
  new Promise<number>(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

describe('what a Prometheus may scrape', () => {
  it('is the latency of each version in buckets, failures apart', async () => {
    const port = await freePort();
    const scraped = await openScrapedMetrics(port);
    const request = { method: 'POST', route: '/v1/digits', statusCode: 200 };
    try {
      scraped.request('1', { ...request, seconds: 0.02 });
      scraped.request('1', { ...request, seconds: 0.2 });
      scraped.request('3', { ...request, seconds: 3, statusCode: 500 });
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
      const lines = (await answer.text()).split('\n');
      const counts = lines
        .filter(line =>
          /^http_server_request_duration_bucket.*le="(0\.025|\+Inf)"/.test(
            line,
          ),
        )
        .map(line => [
          /model_version="(\d)"/.exec(line)![1],
          /error_type="(\d+)"/.exec(line)?.[1],
          /le="([^"]+)"/.exec(line)![1],
          line.split(' ')[1],
        ]);
      expect(counts).toEqual([
        ['1', undefined, '0.025', '1'],
        ['1', undefined, '+Inf', '2'],
        ['3', '500', '0.025', '0'],
        ['3', '500', '+Inf', '1'],
      ]);
      expect(
        lines.filter(line =>
          line.includes('subject="component:default/digit-api"'),
        ).length,
      ).toBeGreaterThan(4);
    } finally {
      await scraped.close();
    }
  });
});

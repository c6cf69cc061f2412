import { createServer } from 'node:http';
import { AddressInfo, connect } from 'node:net';
import { once } from 'node:events';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { pagerDuty } from './__fixtures__/deliveries';
import { artifactEvent, startMs } from './__testUtils__/openTestIntake';
import {
  nextSecret,
  openTestWebhooks,
  sign,
  stamped,
} from './__testUtils__/openTestWebhooks';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('the signature of a webhook', () => {
  const databases = createTestDatabases();
  const start = async () => openTestWebhooks(await databases.init('SQLITE_3'));

  it('is refused in the same words for an unknown name, a wrong signature and none', async () => {
    const { post, items, waiting } = await start();
    const body = JSON.stringify(pagerDuty('incident.triggered'));
    const good = `v1=${sign(body)}`;
    const attempts: [string, string, Record<string, string>][] = [
      ['nobody', body, { 'x-pagerduty-signature': good }],
      ['pager', body, {}],
      ['pager', body, { 'x-pagerduty-signature': '' }],
      ['pager', body, { 'x-pagerduty-signature': sign(body) }],
      ['pager', body, { 'x-pagerduty-signature': `v0=${sign(body)}` }],
      ['pager', body, { 'x-pagerduty-signature': `v1=${sign(body, 'x')}` }],
      ['pager', `${body} `, { 'x-pagerduty-signature': good }],
      ['pager', 'nonsense', { 'x-pagerduty-signature': good }],
      ['hub', body, { 'x-hub-signature-256': good }],
      ['hub', body, { 'x-hub-signature': `sha256=${sign(body)}` }],
      // Signed with the key of a name that there is not.
      ['nobody', body, { 'x-signature-256': sign(body, '') }],
      ['__proto__', body, { 'x-signature-256': sign(body, '') }],
    ];
    for (const [name, bytes, headers] of attempts) {
      const answer = await post(name, bytes, headers);
      expect([name, answer.status, answer.body.error]).toEqual([
        name,
        401,
        {
          name: 'AuthenticationError',
          code: 'BAD_SIGNATURE',
          message: 'There is no such webhook, or its signature is not good.',
        },
      ]);
    }
    expect([await items(), await waiting()]).toEqual([[], []]);
  });

  it('may be of either secret while one is being changed, and one of several', async () => {
    const { post } = await start();
    const body = JSON.stringify(pagerDuty('incident.triggered'));
    for (const signatures of [
      `v1=${sign(body, nextSecret)}`,
      `v1=${sign(body, 'an older one')},v1=${sign(body)}`,
      `v1=${sign(body, 'an older one')}, v1=${sign(body, nextSecret)}`,
    ]) {
      const answer = await post('pager', body, {
        'x-pagerduty-signature': signatures,
      });
      expect(answer.status).toBe(200);
    }
  });

  it('is not good when it was made too long ago, where the time is signed', async () => {
    const { post } = await start();
    const body = JSON.stringify(artifactEvent(1));
    const nowSeconds = startMs / 1000;
    const status = async (headers: Record<string, string>) =>
      (await post('gateway', body, headers)).status;
    expect(await status(stamped(body, nowSeconds - 301))).toBe(401);
    expect(await status(stamped(body, nowSeconds + 301))).toBe(401);
    expect(
      await status({
        ...stamped(body, nowSeconds - 301),
        'x-timestamp': String(nowSeconds),
      }),
    ).toBe(401);
    const { 'x-signature-512': alone } = stamped(body, nowSeconds);
    expect(await status({ 'x-signature-512': alone })).toBe(401);
    expect(await status(stamped(body, nowSeconds - 300))).toBe(200);
  });

  it('is not looked at when the body is huge, whatever the name', async () => {
    const { post, waiting } = await start();
    const body = 'x'.repeat(1024 * 1024 + 1);
    for (const name of ['pager', 'nobody']) {
      const answer = await post(name, body, {
        'x-pagerduty-signature': `v1=${sign(body)}`,
      });
      expect(answer.status).toBe(413);
    }
    const packed = await post('pager', 'x', { 'content-encoding': 'gzip' });
    expect(packed.status).toBe(400);
    expect(await waiting()).toEqual([]);
  });

  it('lets nothing of a delivery in that breaks off', async () => {
    const { webhookApp, waiting, items } = await start();
    const server = createServer(webhookApp).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const body = JSON.stringify(pagerDuty('incident.triggered'));
    socket.write(
      `POST /webhooks/pager HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-PagerDuty-Signature: v1=${sign(
        body,
      )}\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 50)}`,
    );
    socket.end();
    await once(socket.resume(), 'close');
    await new Promise(resolve => server.close(resolve));
    expect([await items(), await waiting()]).toEqual([[], []]);
  });
});

import express from 'express';
import Router from 'express-promise-router';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { AddressInfo, connect } from 'node:net';
import { once } from 'node:events';
import request from 'supertest';
import { mockErrorHandler } from '@backstage/backend-test-utils';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { carried, cdEvent, gitHub, pagerDuty } from './__fixtures__/deliveries';
import {
  artifactEvent,
  as,
  model,
  openTestIntake,
  service,
  startMs,
} from './__testUtils__/openTestIntake';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const secret = 'a secret of the senders';
const nextSecret = 'the secret that comes next';
const digest = `sha256:${'ab'.repeat(32)}`;

const sign = (body: string | Buffer, key = secret, algorithm = 'sha256') =>
  createHmac(algorithm, key).update(body).digest('hex');

const webhooks = [
  { name: 'pager', type: 'pagerduty', secret: [secret, nextSecret] },
  { name: 'hub', type: 'github', secret },
  {
    name: 'pipelines',
    type: 'cdevents',
    secret,
    signature: { header: 'X-Signature', prefix: 'sha256=' },
    subjectOf: [
      { id: 'service/digit-api', subject: service },
      { id: 'pkg:oci/digit-reader', subject: model },
      { id: 'train-digits', subject: model },
    ],
  },
  {
    name: 'gateway',
    type: 'hmac',
    secret,
    signature: {
      header: 'X-Signature-512',
      algorithm: 'sha512',
      encoding: 'base64',
      timestampHeader: 'X-Timestamp',
    },
    subjects: [model],
  },
];

describe('webhooks', () => {
  const databases = createTestDatabases();

  async function start() {
    const opened = await openTestIntake(await databases.init('SQLITE_3'), {
      intake: { webhooks },
    });
    const router = Router();
    expect(opened.room.registerWebhooks(router)).toBe('/webhooks');
    const app = express().use(router).use(mockErrorHandler());
    const post = (
      name: string,
      body: string | Buffer,
      headers: Record<string, string>,
    ) =>
      request(app)
        .post(`/webhooks/${name}`)
        .set({ 'content-type': 'application/json', ...headers })
        .serialize(bytes => bytes as any)
        .send(body);
    const deliver = (name: string, value: unknown) => {
      const body = typeof value === 'string' ? value : JSON.stringify(value);
      const headers: Record<string, Record<string, string>> = {
        pager: { 'x-pagerduty-signature': `v1=${sign(body)}` },
        hub: { 'x-hub-signature-256': `sha256=${sign(body)}` },
        pipelines: { 'x-signature': `sha256=${sign(body)}` },
        gateway: stamped(body, startMs / 1000),
      };
      return post(name, body, headers[name]);
    };
    const items = async () =>
      (await opened.ledgerRoom.answers.list({ limit: 50 }))
        .map(({ item }) => item)
        .reverse();
    const waiting = () =>
      opened.db
        .knex('quarantine_item')
        .select('id', 'code', 'message', 'origin', 'content', 'state')
        .orderBy('received_at_ms');
    return { ...opened, webhookApp: app, post, deliver, items, waiting };
  }

  function stamped(body: string, seconds: number) {
    const signature = createHmac('sha512', secret)
      .update(`${seconds}.${body}`)
      .digest('base64');
    return { 'x-signature-512': signature, 'x-timestamp': String(seconds) };
  }

  it('make an incident of each change that PagerDuty tells', async () => {
    const { deliver, items, waiting } = await start();
    const answers = [];
    for (const type of [
      'incident.triggered',
      'incident.acknowledged',
      'incident.resolved',
    ])
      answers.push((await deliver('pager', pagerDuty(type))).body);
    expect(answers[0]).toEqual({
      receivedCount: 1,
      acceptedCount: 1,
      alreadyKnownCount: 0,
      conflictCount: 0,
      quarantinedCount: 0,
      refusedCount: 0,
    });
    const [triggered, acknowledged, resolved] = await items();
    expect(triggered).toEqual({
      specversion: '1.0',
      id: `01EVENT-incident.triggered:${service}`,
      source: '/webhooks/pager',
      type: 'io.ai-assurance.incident.v1',
      subject: service,
      time: '2026-11-22T12:40:00.169Z',
      datacontenttype: 'application/json',
      data: {
        envelope: {
          sourceSystem: 'pagerduty',
          collector: { id: 'webhook.pager', version: '1' },
          collectedAt: '2026-11-22T12:40:00.169Z',
        },
        payload: {
          incidentId: 'Q1DIGITS',
          category: 'other',
          severity: 'major',
          state: 'open',
          occurredAt: null,
          detectedAt: '2026-11-22T12:10:00.000Z',
          detectedBy: 'other-system',
          decidedAt: null,
          mitigatedAt: null,
          resolvedAt: null,
          mitigation: null,
          causedBy: null,
          isRegression: null,
          affectedCohorts: [],
          alertIds: [],
          link: 'https://acme.pagerduty.com/incidents/Q1DIGITS',
        },
      },
    });
    expect(acknowledged.data.payload.state).toBe('open');
    expect(resolved.data.payload).toMatchObject({
      state: 'resolved',
      resolvedAt: '2026-11-22T12:40:00.169Z',
    });
    expect(await waiting()).toEqual([]);
  });

  it.each([
    ['P1', 'low', 'critical'],
    ['SEV-2', 'low', 'major'],
    ['P4', 'high', 'minor'],
    ['Whatever', 'high', 'major'],
    [null, 'low', 'minor'],
  ])(
    'rate an incident of priority %s and urgency %s as %s',
    async (summary, urgency, severity) => {
      const { deliver, items } = await start();
      await deliver(
        'pager',
        pagerDuty('incident.triggered', {
          priority: summary && { summary, id: 'P', type: 'priority_reference' },
          urgency,
        }),
      );
      expect((await items())[0].data.payload.severity).toBe(severity);
    },
  );

  it('make a deployment of each status that GitHub tells', async () => {
    const { deliver, items } = await start();
    await deliver('hub', gitHub('in_progress', { status: { id: 6 } }));
    await deliver(
      'hub',
      gitHub('success', {
        deployment: {
          task: 'rollback',
          payload: JSON.stringify({
            version: '7.1',
            digest,
            releaseId: 'rel_01',
          }),
        },
      }),
    );
    const [running, done] = await items();
    expect(running).toMatchObject({
      id: `deployment-status:6:${service}`,
      subject: service,
      time: '2026-11-22T12:50:00.000Z',
    });
    expect(running.data.payload).toEqual({
      deploymentId: '42',
      environment: 'production',
      version: 'v7',
      digest: null,
      fromVersion: null,
      fromDigest: null,
      cause: 'unknown',
      outcome: 'running',
      changeId: null,
      commit: 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3',
      releaseId: null,
      trafficRatio: null,
      startedAt: '2026-11-22T12:41:00.000Z',
      finishedAt: null,
    });
    expect(done.data.payload).toMatchObject({
      version: '7.1',
      digest,
      releaseId: 'rel_01',
      cause: 'rollback',
      outcome: 'succeeded',
      finishedAt: '2026-11-22T12:50:00.000Z',
    });
    expect(done.data.envelope).toMatchObject({
      subjectVersion: '7.1',
      subjectDigest: digest,
      segment: { environment: 'production', version: '7.1' },
    });
  });

  it('make runs, deployments and artifacts of CDEvents, in each way of carrying them', async () => {
    const { deliver, items, post } = await start();
    const purl = `pkg:oci/digit-reader@sha256%3A${'ab'.repeat(32)}?tag=7`;
    const run = cdEvent('dev.cdevents.pipelinerun.finished.0.2.0', {
      id: 'run/17',
      content: { pipelineName: 'train-digits', outcome: 'error' },
    });
    const rolledBack = cdEvent('dev.cdevents.service.rolledback.0.2.0', {
      content: { environment: { id: 'production' }, artifactId: purl },
    });
    const artifact = cdEvent(
      'dev.cdevents.artifact.published.0.2.0',
      { id: purl, content: {} },
      { customData: { sizeBytes: 31_810, format: 'onnx' } },
    );
    await deliver('pipelines', carried(run));
    await deliver('pipelines', [carried(artifact)]);
    const body = JSON.stringify(rolledBack);
    const { id, source, type, timestamp } = rolledBack.context;
    const binary = await post('pipelines', body, {
      'content-type': 'application/cdevents+json; charset=utf-8',
      'ce-specversion': '1.0',
      'ce-id': id,
      'ce-source': source,
      'ce-type': type,
      'ce-subject': rolledBack.subject.id,
      'ce-time': timestamp,
      'x-signature': `sha256=${sign(body)}`,
    });
    expect(binary.body.acceptedCount).toBe(1);
    const [runItem, artifactItem, serviceItem] = await items();
    expect([runItem.subject, runItem.time, runItem.data.payload]).toEqual([
      model,
      '2026-11-22T12:55:05.315Z',
      {
        pipelineId: 'train-digits',
        runId: 'run/17',
        purpose: 'other',
        outcome: 'terminated',
        attemptNumber: null,
        failedStep: null,
        startedAt: null,
        finishedAt: '2026-11-22T12:55:05.315Z',
        commit: null,
        datasetDigests: [],
        producedDigests: [],
      },
    ]);
    expect([artifactItem.subject, artifactItem.data.payload]).toEqual([
      model,
      { version: '7', digest, sizeBytes: 31_810, format: 'onnx' },
    ]);
    expect(serviceItem.subject).toBe(service);
    expect(serviceItem.data.payload).toMatchObject({
      environment: 'production',
      version: '7',
      digest,
      cause: 'rollback',
      outcome: 'succeeded',
      startedAt: null,
      finishedAt: '2026-11-22T12:55:05.315Z',
    });
  });

  it('take evidence from whoever signs it, about the subjects named for them', async () => {
    const { deliver, items, waiting, post } = await start();
    const answer = await deliver('gateway', [
      artifactEvent(1),
      artifactEvent(2, { subject: service }),
    ]);
    expect(answer.body).toMatchObject({
      acceptedCount: 1,
      quarantinedCount: 1,
    });
    expect((await items()).map(({ id }) => id)).toEqual(['artifact-1']);
    expect(await waiting()).toMatchObject([
      { code: 'NOT_ALLOWED', origin: 'webhook:gateway' },
    ]);
    const { data, ...attributes } = artifactEvent(3);
    const body = JSON.stringify(data);
    const binary = await post('gateway', body, {
      ...stamped(body, startMs / 1000),
      ...Object.fromEntries(
        Object.entries(attributes)
          .filter(([name]) => name !== 'datacontenttype')
          .map(([name, value]) => [`ce-${name}`, String(value)]),
      ),
    });
    expect(binary.body.acceptedCount).toBe(1);
  });

  it.each(['pager', 'hub', 'pipelines', 'gateway'])(
    'add nothing when %s delivers the same again',
    async name => {
      const { deliver, items, waiting } = await start();
      const body = {
        pager: pagerDuty('incident.triggered'),
        hub: gitHub('success'),
        pipelines: carried(
          cdEvent('dev.cdevents.service.deployed.0.2.0', {
            content: {
              environment: { id: 'production' },
              artifactId: 'pkg:oci/digit-api@7',
            },
          }),
        ),
        gateway: artifactEvent(1),
      }[name];
      expect((await deliver(name, body)).body.acceptedCount).toBe(1);
      const again = await deliver(name, body);
      expect([again.status, again.body.alreadyKnownCount]).toEqual([200, 1]);
      expect([(await items()).length, await waiting()]).toEqual([1, []]);
    },
  );

  it('answer an unknown name, a wrong signature and none in the same words', async () => {
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

  it('take both secrets while one is being changed, and any of several signatures', async () => {
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

  it('refuse what was signed too long ago, where the time is signed', async () => {
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

  it('refuse a huge body before they look at it, whatever the name', async () => {
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

  it('keep nothing of a delivery that breaks off', async () => {
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

  it.each<[string, string, unknown, string, RegExp]>([
    ['no JSON', 'pager', '{', 'NOT_JSON', /^This is not JSON/],
    [
      'another shape',
      'pager',
      { event: { id: 'x' } },
      'INVALID_DELIVERY',
      /\/event\/event_type: .*\/event\/occurred_at: /,
    ],
    [
      'an event that no evidence is made of',
      'pager',
      pagerDuty('incident.annotated', { type: 'incident_note' }),
      'UNMAPPED_EVENT',
      /^No evidence is made of incident\.annotated/,
    ],
    [
      'a service that nobody knows',
      'pager',
      pagerDuty('incident.triggered', { service: { id: 'PNOBODY' } }),
      'NO_SUBJECT',
      /^Nothing says whom "PNOBODY" is about\. Add it to subjectOf of the webhook pager/,
    ],
    [
      'a repository that nobody knows',
      'hub',
      gitHub('success', { repository: { full_name: 'example/other' } }),
      'NO_SUBJECT',
      /"example\/other"/,
    ],
    [
      'another event of GitHub',
      'hub',
      { action: 'opened', issue: {} },
      'UNMAPPED_EVENT',
      /deployment statuses/,
    ],
    [
      'a state that GitHub does not have yet',
      'hub',
      gitHub('levitating'),
      'INVALID_DELIVERY',
      /^\/deployment_status\/state: /,
    ],
    [
      'an artifact without its size',
      'pipelines',
      carried(
        cdEvent('dev.cdevents.artifact.published.0.2.0', {
          id: `pkg:oci/digit-reader@${digest}`,
          content: {},
        }),
      ),
      'UNMAPPED_EVENT',
      /sizeBytes and format/,
    ],
    [
      'an event of CDEvents that no evidence is made of',
      'pipelines',
      carried(
        cdEvent('dev.cdevents.change.merged.0.2.0', { id: 'x', content: {} }),
      ),
      'UNMAPPED_EVENT',
      /^No evidence is made of dev\.cdevents\.change\.merged/,
    ],
  ])(
    'quarantine %s with its bytes',
    async (_what, name, value, code, message) => {
      const { deliver, items, waiting } = await start();
      const answer = await deliver(name, value);
      expect([answer.status, answer.body.quarantinedCount]).toEqual([200, 1]);
      const [item] = await waiting();
      expect([item.code, item.origin]).toEqual([code, `webhook:${name}`]);
      expect(item.message).toMatch(message);
      expect(item.content).toBe(
        typeof value === 'string' ? value : JSON.stringify(value),
      );
      expect(await items()).toEqual([]);
    },
  );

  it('keep nothing of a trial', async () => {
    const { deliver, items, waiting } = await start();
    const ping = pagerDuty('incident.triggered');
    ping.event.event_type = 'pagey.ping';
    expect((await deliver('pager', ping)).body.receivedCount).toBe(0);
    const zen = { zen: 'Keep it logically awesome.', hook_id: 1, hook: {} };
    expect((await deliver('hub', zen)).status).toBe(200);
    expect((await deliver('hub', gitHub('inactive'))).status).toBe(200);
    expect([await items(), await waiting()]).toEqual([[], []]);
  });

  it('make evidence of a delivery later, once its name is known', async () => {
    const { deliver, records, room, items, waiting, app } = await start();
    await deliver(
      'pager',
      pagerDuty('incident.triggered', { service: { id: 'PLATER' } }),
    );
    const [{ id }] = await waiting();
    const replay = (rowVersion: number) =>
      request(app)
        .post(`/quarantine/${id}/replay`)
        .set('authorization', as.administrator)
        .send({ rowVersion });
    expect((await replay(1)).body).toMatchObject({
      state: 'waiting',
      code: 'NO_SUBJECT',
    });
    records.find(({ entityRef }) => entityRef === model)!.annotations[
      'pagerduty.com/service-id'
    ] = 'PLATER';
    await room.tasks.find(task => task.id === 'quarantine-replay')!.run();
    expect((await waiting())[0].state).toBe('replayed');
    expect((await items()).map(({ subject, type }) => [subject, type])).toEqual(
      [[model, 'io.ai-assurance.incident.v1']],
    );
  });

  it('are delivered again by their sender while the store is away or the quarantine full', async () => {
    const { deliver, takeStoreAway, items } = await start();
    takeStoreAway(true);
    const body = pagerDuty('incident.triggered');
    expect((await deliver('pager', body)).status).toBe(500);
    takeStoreAway(false);
    expect((await deliver('pager', body)).body.acceptedCount).toBe(1);
    expect((await items()).length).toBe(1);
  });
});

describe('the configuration of webhooks', () => {
  const databases = createTestDatabases();
  const good = { name: 'pager', type: 'pagerduty', secret };

  it.each<[string, object[], RegExp]>([
    ['a name with a slash', [{ ...good, name: 'a/b' }], /webhooks\[0\]\.name/],
    ['the same name twice', [good, good], /two webhooks named pager/],
    [
      'an unknown type',
      [{ ...good, type: 'telepathy' }],
      /webhooks\[0\]\.type: "telepathy" is none of pagerduty, cdevents, github, hmac/,
    ],
    [
      'a short secret',
      [{ ...good, secret: ['short'] }],
      /webhooks\[0\]\.secret: a secret is a text of 16 characters or more$/,
    ],
    ['no secret', [{ ...good, secret: [] }], /secret: there is none/],
    [
      'a sender of evidence without subjects',
      [{ ...good, type: 'hmac' }],
      /webhooks\[0\]\.subjects: name the subjects/,
    ],
  ])('is refused with %s', async (_what, list, message) => {
    await expect(
      openTestIntake(await databases.init('SQLITE_3'), {
        intake: { webhooks: list },
      }),
    ).rejects.toThrow(message);
  });

  it('may be left out: then there is no path that takes anything', async () => {
    const { room } = await openTestIntake(await databases.init('SQLITE_3'));
    expect(room.registerWebhooks(Router())).toBe(undefined);
  });
});

import request from 'supertest';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { carried, cdEvent, gitHub, pagerDuty } from './__fixtures__/deliveries';
import {
  artifactEvent,
  as,
  model,
  service,
  startMs,
} from './__testUtils__/openTestIntake';
import {
  openTestWebhooks,
  sign,
  stamped,
} from './__testUtils__/openTestWebhooks';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const digest = `sha256:${'ab'.repeat(32)}`;

describe('webhooks', () => {
  const databases = createTestDatabases();

  const start = async () => openTestWebhooks(await databases.init('SQLITE_3'));

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
    const { deliver, items, waiting } = await start();
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
      {
        code: 'NOT_ALLOWED',
        message: `You need the permission ai-assurance.evidence.push on ${service}. Add it to the subjects of the webhook gateway.`,
        origin: 'webhook:gateway',
      },
    ]);
  });

  it('take no attributes from headers, which no signature covers', async () => {
    const { items, waiting, post } = await start();
    const { data, ...attributes } = artifactEvent(3);
    const body = JSON.stringify(data);
    const { status, body: answer } = await post('gateway', body, {
      ...stamped(body, startMs / 1000),
      ...Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [
          `ce-${name}`,
          String(value),
        ]),
      ),
    });
    expect([status, answer.error.code]).toEqual([400, 'UNSIGNED_ATTRIBUTES']);
    expect([await items(), await waiting()]).toEqual([[], []]);
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

import { mockCredentials } from '@backstage/backend-test-utils';
import { createTestDatabases } from '@ai-assurance/test-kit';
import request from 'supertest';
import { createAsOf } from '../platform';
import {
  minuteMs,
  openTestSlo,
  sloDocument,
  startMs,
  subject,
} from './__testUtils__/openTestSlo';

// Migrating a fresh database for each test takes seconds on a busy machine.
jest.setTimeout(120_000);

const url = 'https://example.com/repo/objectives/latency.yaml';
const type = 'io.ai-assurance.slo-alert.v1';

describe('alerts of objectives', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (id: (typeof each)[number][0]) =>
    openTestSlo(await databases.init(id));
  type Test = Awaited<ReturnType<typeof open>>;
  const firing = async (test: Test) =>
    (await test.room.answers.objectives(subject)).flatMap(one =>
      one.alerts!.map(
        alert =>
          `${one.sloName} ${alert.cause} ${alert.severity} ${
            (alert.sinceMs - startMs) / minuteMs
          }`,
      ),
    );
  const told = async (test: Test) => {
    await test.room.tasks[1].run();
    return test.notifications
      .splice(0)
      .map(({ recipients, payload }) => [
        (recipients as { entityRef: string[] }).entityRef,
        payload.severity,
        payload.title,
      ]);
  };
  const call = (test: Test, method: 'get' | 'post', path: string) =>
    request(test.app)
      [method](path)
      .set('authorization', mockCredentials.user.header());

  it.each(each)(
    'fire once, flutter unheard, end after their quiet time, and say so as evidence and to the owner, %p',
    async id => {
      const test = await open(id);
      const minutes = (from: number, to: number, slowCount: number) => {
        for (let i = from; i < to; i += 1)
          test.count(startMs + i * minuteMs, 100 - slowCount, slowCount);
      };
      const at = (minute: number) =>
        test.evaluateAt(startMs + minute * minuteMs);
      minutes(0, 300, 0);
      await at(300);
      expect(await firing(test)).toEqual([]);
      minutes(300, 310, 60);
      expect(await test.room.answers.alerting(5)).toEqual(new Map());
      await at(310);
      expect(await firing(test)).toEqual(['latency burn-rate page 310']);
      const objectives = await test.room.answers.objectives(subject);
      expect(await test.room.answers.alerting(5)).toEqual(
        new Map([[subject, objectives]]),
      );
      expect(await test.room.answers.alerting(0)).toEqual(new Map());
      expect(await told(test)).toEqual([
        [
          ['group:default/vision-team'],
          'critical',
          'Digit API: latency spends its error budget 10 times as fast as it may',
        ],
      ]);
      await at(310.5);
      expect(await told(test)).toEqual([]);
      // One good minute is not enough, since the page has a quiet time of its short window.
      minutes(310, 311, 0);
      await at(311);
      minutes(311, 312, 60);
      await at(312);
      expect((await firing(test))[0]).toBe('latency burn-rate page 310');
      expect(await told(test)).toEqual([]);
      minutes(312, 400, 0);
      await at(313);
      await at(314);
      expect(await firing(test)).toEqual([]);
      expect((await told(test)).map(([, , title]) => title)).toEqual([
        'Digit API: over',
      ]);
      const items = await test.ledgerAnswers.list({ subject, type, limit: 10 });
      expect(
        items
          .map(({ item }) => item.data.payload as any)
          .map(one => [one.severity, one.state, one.longBadCount]),
      ).toEqual([
        ['page', 'resolved', 540],
        ['page', 'firing', 600],
      ]);
      expect(
        new Set(items.map(({ item }) => (item.data.payload as any).alertId))
          .size,
      ).toBe(1);
    },
  );

  it.each(each)(
    'follow the conditions of the document instead, once they held long enough, and tell the targets it names, %p',
    async id => {
      const test = await open(id);
      test.files[url] = `${sloDocument()}  alertPolicies:
    - kind: AlertPolicy
      metadata: { name: wake }
      spec:
        alertWhenBreaching: true
        conditions:
          - kind: AlertCondition
            metadata: { name: burning }
            spec:
              severity: P1
              condition: { kind: burnrate, op: gte, threshold: 2, lookbackWindow: 30m, alertAfter: 5m }
        notificationTargets:
          - kind: AlertNotificationTarget
            metadata: { name: on-call }
            spec: { target: group:default/on-call }
          - kind: AlertNotificationTarget
            metadata: { name: chat }
            spec: { target: slack }
`;
      for (let i = 0; i < 60; i += 1)
        test.count(startMs + i * minuteMs, 90, 10);
      await test.evaluateAt(startMs + 40 * minuteMs);
      expect(await firing(test)).toEqual([]);
      await test.evaluateAt(startMs + 45 * minuteMs);
      expect(await firing(test)).toEqual(['latency burn-rate p1 45']);
      expect(await told(test)).toEqual([
        [
          ['group:default/vision-team', 'group:default/on-call'],
          'critical',
          'Digit API: latency spends its error budget 2 times as fast as it may',
        ],
      ]);
      const exported = await call(
        test,
        'get',
        '/subjects/component/default/digit-api/objectives/openslo',
      );
      expect(exported.body.lost).toEqual([
        {
          at: 'SLO/latency: spec.alertPolicies: wake',
          lost: 'its targets slack: the owner is notified',
        },
      ]);
    },
  );

  it.each(each)(
    'of a lost signal fire by themselves, and end when it is back, %p',
    async id => {
      const test = await open(id);
      test.count(startMs - minuteMs, 1000, 0);
      await test.evaluateAt(startMs + 14 * minuteMs);
      expect(await firing(test)).toEqual([]);
      await test.evaluateAt(startMs + 15 * minuteMs);
      expect(await firing(test)).toEqual(['latency signal-lost ticket 15']);
      expect((await told(test)).map(([, , title]) => title)).toEqual([
        'Digit API: latency has lost its signal',
      ]);
      test.count(startMs + 15 * minuteMs, 1000, 0);
      await test.evaluateAt(startMs + 16 * minuteMs);
      expect(await firing(test)).toEqual([]);
    },
  );

  it.each(each)(
    'and budgets leave out what a correction names; the raw budget stays beside, and the author is evidence, %p',
    async id => {
      const test = await open(id);
      for (let i = 0; i < 60; i += 1)
        test.count(startMs + i * minuteMs, i < 10 ? 0 : 100, i < 10 ? 100 : 0);
      await test.evaluateAt(startMs + 60 * minuteMs);
      const budgets = async () => {
        const [one] = await test.room.answers.objectives(subject);
        return [
          one.totalCount,
          one.correctedTotalCount,
          one.verdict.reason,
          one.budgetRemainingRatio! < 0,
          one.correctedBudgetRemainingRatio,
          one.correctionCount,
        ];
      };
      const exhausted = [6000, 6000, 'budget-exhausted', true];
      expect((await budgets()).slice(0, 4)).toEqual(exhausted);
      expect(
        (await test.room.answers.blockades([subject])).map(one => one.policyId),
      ).toEqual(['default']);
      const body = {
        subject,
        fromMs: startMs + 20_000,
        toMs: startMs + 9.5 * minuteMs,
        cause: 'maintenance',
        reason: 'A new rack.',
      };
      const { status, body: correction } = await call(
        test,
        'post',
        '/corrections',
      ).send(body);
      expect([status, correction.recordedBy, correction.sloName]).toEqual([
        201,
        'user:default/mock',
        null,
      ]);
      await test.evaluateAt(startMs + 61 * minuteMs);
      expect(await budgets()).toEqual([
        6000,
        5000,
        'within-budget',
        true,
        1,
        1,
      ]);
      expect(await test.room.answers.blockades([subject])).toEqual([]);
      const items = await test.ledgerAnswers.list({
        subject,
        type: 'io.ai-assurance.correction.v1',
        limit: 10,
      });
      expect(
        items.map(({ item, evidenceId }) => [
          (item.data.payload as any).by,
          (item.data.payload as any).state,
          evidenceId === correction.evidenceId,
        ]),
      ).toEqual([['user:default/mock', 'recorded', true]]);
      const withdraw = () =>
        call(
          test,
          'post',
          `/corrections/${correction.correctionId}/withdraw`,
        ).send({ reason: 'It did not take place.' });
      test.clock.set(startMs + 62 * minuteMs);
      expect((await withdraw()).status).toBe(200);
      expect((await withdraw()).status).toBe(409);
      await test.evaluateAt(startMs + 63 * minuteMs);
      expect((await budgets()).slice(0, 4)).toEqual(exhausted);
      expect(await test.room.answers.corrections(subject)).toEqual([]);
      const then = createAsOf(startMs + 61 * minuteMs);
      expect(
        (await test.room.answers.corrections(subject, then)).map(
          one => one.correctionId,
        ),
      ).toEqual([correction.correctionId]);
    },
  );

  it.each(each)('refuse corrections that no budget reaches, %p', async id => {
    const test = await open(id);
    const body = {
      subject,
      fromMs: startMs,
      toMs: startMs + minuteMs,
      cause: 'load-test',
      reason: 'A test.',
    };
    const refused = async (changes: object) => {
      const answer = await call(test, 'post', '/corrections').send({
        ...body,
        ...changes,
      });
      return answer.status;
    };
    expect(await refused({ toMs: startMs + 40 * 86_400_000 })).toBe(400);
    expect(await refused({ toMs: startMs })).toBe(400);
    expect(await refused({ cause: 'boredom' })).toBe(400);
    expect(await refused({ subject: 'component:default/other' })).toBe(404);
    expect(await test.db.knex('slo_correction').select('*')).toEqual([]);
  });

  it.each(each)(
    'take a correction once while it stands, however often and at once it is sent, %p',
    async id => {
      const test = await open(id);
      const body = {
        subject,
        fromMs: startMs,
        toMs: startMs + minuteMs,
        cause: 'load-test',
        reason: 'A test.',
      };
      const add = (changes: object = {}) =>
        call(test, 'post', '/corrections').send({ ...body, ...changes });
      const [first, second] = await Promise.all([add(), add()]);
      expect([first.status, second.status]).toEqual([201, 201]);
      const { correctionId } = first.body;
      expect(second.body.correctionId).toBe(correctionId);
      expect((await add()).body.correctionId).toBe(correctionId);
      const other = await add({ reason: 'Another test.' });
      expect([other.status, other.body.error.code]).toEqual([
        409,
        'ALREADY_CORRECTED',
      ]);
      expect(other.body.error.message).toContain(correctionId);
      const items = await test.ledgerAnswers.list({
        subject,
        type: 'io.ai-assurance.correction.v1',
        limit: 10,
      });
      expect(items.length).toBe(1);
      // Once it is withdrawn, the same may be said again; another stretch always.
      await call(test, 'post', `/corrections/${correctionId}/withdraw`).send({
        reason: 'It did not take place.',
      });
      const again = await add();
      expect(again.status).toBe(201);
      expect(again.body.correctionId === correctionId).toBe(false);
      expect((await add({ toMs: startMs + 2 * minuteMs })).status).toBe(201);
      expect((await test.room.answers.corrections(subject)).length).toBe(2);
    },
  );

  it.each(each)(
    'refuse to correct an objective that is not there, and name those that are, %p',
    async id => {
      const test = await open(id);
      await test.evaluateAt(startMs);
      const [{ sloName }] = await test.room.answers.objectives(subject);
      const add = (name: string) =>
        call(test, 'post', '/corrections').send({
          subject,
          sloName: name,
          fromMs: startMs,
          toMs: startMs + minuteMs,
          cause: 'load-test',
          reason: 'A test.',
        });
      const { status, body } = await add('no-such');
      expect([status, body.error.code, body.error.message]).toEqual([
        400,
        'UNKNOWN_OBJECTIVE',
        `body.sloName: ${subject} has no objective document no-such. It has ${sloName}; leave sloName out to correct all`,
      ]);
      expect((await add(sloName)).status).toBe(201);
    },
  );
});

import { createTestDatabases } from '@ai-assurance/test-kit';
import request from 'supertest';
import { SubjectRecord } from '../cohorts';
import {
  minuteMs,
  openTestDrift,
  serve,
  startMs,
  subject,
} from './__testUtils__/openTestDrift';

// Migrating a fresh database for each test takes seconds on a busy machine.
jest.setTimeout(60_000);

const fileUrl = 'https://git.example/monitors.yaml';
const histogramUrl = 'https://git.example/training.json';
const file = `apiVersion: ai-assurance.io/v1alpha1
kind: DriftMonitors
features: [input.brightness, input.label, input.size]
monitors:
  - feature: input.brightness
    cohorts: each
    profile: {}
    nulls: { limitRatio: 0.01 }
    range: { minimum: 0 }
    freshness: { maximumAge: 10m }
  - feature: input.label
    type: categorical
    every: 10m
    profile: {}
`;
const cohort = (name: string) => `resource:default/${name}-phones`;

describe('declared monitors', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (
    id: (typeof each)[number][0],
    files: Record<string, string> = {
      [fileUrl]: file,
      [histogramUrl]: JSON.stringify({
        boundaries: [0, 0.5],
        bins: [0, 500, 500],
      }),
    },
  ) => {
    const test = await openTestDrift(await databases.init(id), files);
    test.records[0].annotations['ai-assurance.io/monitors'] = fileUrl;
    for (const name of ['low-end', 'mid-range', 'flagship'])
      test.records.push({
        ...test.records[0],
        entityRef: cohort(name),
        kind: 'device-cohort',
        annotations: {},
        spec: { minimumGroupSize: 5 },
      } as SubjectRecord);
    const served = serve(test);
    const push = (
      change: object,
      features: object[],
      endMs = test.clock.nowMs(),
    ) =>
      request(served.app)
        .post('/drift/profiles')
        .set('authorization', served.as('ada'))
        .send({
          subject,
          windowStart: new Date(endMs - 15 * minuteMs).toISOString(),
          windowEnd: new Date(endMs).toISOString(),
          features,
          ...change,
        });
    const get = (path: string) =>
      request(served.app).get(path).set('authorization', served.as('mira'));
    return { ...test, ...served, push, get };
  };
  const brightness = (bins: number[], more: object = {}) => ({
    feature: 'input.brightness',
    boundaries: [0, 0.5],
    bins,
    ...more,
  });
  const label = (counts: Record<string, number>) => ({
    feature: 'input.label',
    categories: Object.entries(counts).map(([category, count]) => ({
      category,
      count,
    })),
  });
  const driftPath = '/subjects/resource/default/digit-reader-edge/drift';

  it.each(each)(
    'are judged from pushed profiles, by cohort, with nulls and ranges, and recorded, %p',
    async id => {
      const test = await open(id);
      await test.evaluateAt(startMs);
      const approved = await test.approve({
        feature: 'input.brightness',
        histogramUrl,
      });
      expect([
        approved.status,
        approved.body.origin,
        approved.body.originUrl,
        approved.body.version,
      ]).toEqual([201, 'file', histogramUrl, 1]);

      const pushed = await test.push({}, [
        brightness([10, 100, 890], { nullCount: 0 }),
        label({ '0': 300, '1': 300 }),
      ]);
      expect([pushed.status, pushed.body]).toEqual([202, { acceptedCount: 2 }]);
      await test.push({ cohort: cohort('low-end'), deviceCount: 8 }, [
        brightness([0, 10, 490]),
      ]);
      await test.push({ cohort: cohort('mid-range'), deviceCount: 8 }, [
        brightness([0, 250, 250]),
      ]);
      await test.evaluateAt(startMs + minuteMs);

      const [first, second] = await test.room.answers.monitors(subject, 0);
      expect(first.feature).toBe('input.brightness');
      expect([first.verdict.status, first.comparisonCount]).toEqual([
        'fail',
        3,
      ]);
      expect(
        first.cohorts?.map(one => [
          one.cohort,
          one.verdict.status,
          one.currentCount,
        ]),
      ).toEqual([
        [cohort('low-end'), 'fail', 500],
        [cohort('mid-range'), 'pass', 500],
      ]);
      expect(
        first.quality?.map(
          ({ aspect, verdict }) => `${aspect} ${verdict.status}`,
        ),
      ).toEqual(['null-share pass', 'range fail', 'freshness pass']);
      expect([second.feature, second.verdict.reason]).toEqual([
        'input.label',
        'no-data',
      ]);
      const reports = await test.ledgerAnswers.list({ subject, limit: 10 });
      expect(reports.map(({ item }) => item.type).sort()).toEqual([
        'io.ai-assurance.drift-report.v2',
        'io.ai-assurance.quality-report.v1',
        'io.ai-assurance.quality-report.v1',
        'io.ai-assurance.reference-window.v2',
      ]);
    },
  );

  it.each(each)(
    'hide a cohort of too few devices, and the one that it could be told from, %p',
    async id => {
      const test = await open(id);
      await test.evaluateAt(startMs);
      await test.approve({ feature: 'input.brightness', histogramUrl });
      await test.push({}, [brightness([0, 600, 600])]);
      for (const [name, deviceCount, bins] of [
        ['low-end', 4, [0, 300, 0]],
        ['mid-range', 9, [0, 200, 200]],
        ['flagship', 9, [0, 100, 400]],
      ] as const)
        await test.push({ cohort: cohort(name), deviceCount }, [
          brightness([...bins]),
        ]);
      await test.evaluateAt(startMs + minuteMs);
      const [{ cohorts }] = await test.room.answers.monitors(subject, 0);
      expect(
        cohorts?.map(one => [
          one.cohort,
          one.verdict.reason,
          one.currentCount,
          one.value === null,
        ]),
      ).toEqual([
        [cohort('flagship'), 'drifted', 500, false],
        [cohort('low-end'), 'suppressed', null, true],
        [cohort('mid-range'), 'suppressed', null, true],
      ]);
    },
  );

  it.each(each)(
    'of categories see one that is new, and are judged when they are due, %p',
    async id => {
      const test = await open(id);
      await test.push({}, [label({ '0': 500, '1': 500 })]);
      await test.evaluateAt(startMs);
      const approved = await test.approve({ feature: 'input.label' });
      expect([approved.status, approved.body.origin]).toEqual([201, 'profile']);
      const of = async () =>
        (await test.room.answers.monitors(subject, 0)).find(
          ({ feature }) => feature === 'input.label',
        )!;
      // Judged at the start, when there was no reference, and not due again before ten minutes have gone.
      await test.evaluateAt(startMs + 5 * minuteMs);
      expect((await of()).verdict.reason).toBe('no-data');
      await test.push(
        {},
        [label({ '0': 400, '1': 400, new: 200 })],
        startMs + 9 * minuteMs,
      );
      await test.evaluateAt(startMs + 10 * minuteMs);
      const judged = await of();
      expect([judged.statistic, judged.verdict.status]).toEqual([
        'jensen-shannon',
        'fail',
      ]);
      expect(judged.categories).toEqual(['0', '1', 'new']);
      expect(
        judged.quality?.map(({ aspect, value, verdict }) => [
          aspect,
          value,
          verdict.status,
        ]),
      ).toEqual([['unseen-category', 0.2, 'fail']]);
    },
  );

  it.each(each)(
    'are refused where a push contradicts itself or would be kept without end, %p',
    async id => {
      const test = await open(id);
      const messageOf = async (change: object, features: object[]) => {
        const { status, body } = await test.push(change, features);
        return `${status} ${body.error?.code}: ${body.error?.message}`;
      };
      const whole = brightness([0, 1, 1]);
      expect(await messageOf({ cohort: subject }, [whole])).toBe(
        `400 NO_COHORT: body.cohort: ${subject} is no device cohort`,
      );
      const twice = label({ en: 5 });
      twice.categories.push({ category: 'en', count: 7 });
      expect(await messageOf({}, [twice])).toContain('name a category twice');
      expect(await messageOf({}, [whole, whole])).toContain(
        'name a feature twice',
      );
      expect(await messageOf({}, [brightness([0, 2 ** 53 - 1, 1])])).toContain(
        'counts more than can be counted exactly',
      );

      const many = (from: number) =>
        Array.from({ length: 500 }, (_, index) => ({
          ...whole,
          feature: `input.f${from + index}`,
        }));
      expect((await test.push({}, many(0))).status).toBe(202);
      expect((await test.push({}, many(500))).status).toBe(202);
      expect((await test.push({}, many(500))).status).toBe(202);
      expect(await messageOf({}, [whole])).toBe(
        `400 TOO_MANY_FEATURES: body.features: profiles of ${subject} would hold 1001 features, more than 1000; push under the names that monitors declare`,
      );
    },
  );

  it.each(each)('say what is watched and what is not, %p', async id => {
    const test = await open(id);
    await test.evaluateAt(startMs);
    await test.approve({ feature: 'input.brightness', histogramUrl });
    await test.push({}, [brightness([0, 500, 500])]);
    await test.evaluateAt(startMs + minuteMs);
    const { status, body } = await test.get(driftPath);
    expect(status).toBe(200);
    expect(body.sentence).toBe(
      '1 of 2 watched signals look like their reference; 1 of 2 cannot be judged',
    );
    expect(body.mayApproveReference.allowed).toBe(false);
    expect(body.coverage.unwatched).toEqual([
      { feature: 'input.label', why: 'no-reference' },
      { feature: 'input.size', why: 'not-monitored' },
    ]);
    const coverage = await test.get('/drift/coverage');
    expect(coverage.body.sentence).toBe(
      'Watching 1 of 3 features; how much of the traffic is not known',
    );
    expect(
      coverage.body.byRiskTier.map(
        (row: { liveCount: number }) => row.liveCount,
      ),
    ).toEqual([1]);
  });

  it.each(each)(
    'that cannot be read are named by file and line, %p',
    async id => {
      const test = await open(id, {
        [fileUrl]: file.replace('every: 10m', 'every: often'),
      });
      await test.evaluateAt(startMs);
      const { body } = await test.get(driftPath);
      expect(body.declarationProblems).toEqual([
        `${fileUrl}: line 13: monitors.1.every: often is no duration of whole minutes, such as 15m, 6h or 1d`,
      ]);
    },
  );

  it.each(each)('refuse a training file that is none, %p', async id => {
    const test = await open(id, {
      [fileUrl]: file,
      [histogramUrl]: '{"boundaries":[1,0],"bins":[1,2,3]}',
    });
    await test.evaluateAt(startMs);
    const { status, body } = await test.approve({
      feature: 'input.brightness',
      histogramUrl,
    });
    expect([status, body.error.code]).toEqual([400, 'BAD_HISTOGRAM']);
  });
});

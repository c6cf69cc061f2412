import { createTestDatabases } from '@ai-assurance/test-kit';
import { DateTime } from 'luxon';
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
monitors:
  - feature: input.brightness
    cohorts: each
    profile: {}
  - feature: input.label
    type: categorical
    profile: {}
`;
const phones = (name: string) => `resource:default/${name}-phones`;
const instant = (atMs: number) =>
  DateTime.fromMillis(atMs, { zone: 'utc' }).toISO()!;

describe('drift of one cohort', () => {
  const databases = createTestDatabases();
  const open = async (
    id: ReturnType<typeof databases.eachSupportedId>[number][0],
    monitors = file,
  ) => {
    const test = await openTestDrift(await databases.init(id), {
      [fileUrl]: monitors,
      [histogramUrl]: JSON.stringify({
        boundaries: [0, 0.5],
        bins: [0, 500, 500],
      }),
    });
    test.records[0].annotations['ai-assurance.io/monitors'] = fileUrl;
    for (const name of ['low-end', 'mid-range', 'flagship'])
      test.records.push({
        ...test.records[0],
        entityRef: phones(name),
        kind: 'device-cohort',
        annotations: {},
        spec: { minimumGroupSize: 5 },
      } as SubjectRecord);
    const served = serve(test);
    const push = (bins: number[], change: object = {}) =>
      request(served.app)
        .post('/drift/profiles')
        .set('authorization', served.as('ada'))
        .send({
          subject,
          windowStart: instant(test.clock.nowMs() - 15 * minuteMs),
          windowEnd: instant(test.clock.nowMs()),
          features: [
            { feature: 'input.brightness', boundaries: [0, 0.5], bins },
          ],
          ...change,
        })
        .expect(202);
    const driftOf = async (query: object) =>
      (
        await request(served.app)
          .get('/subjects/resource/default/digit-reader-edge/drift')
          .query(query)
          .set('authorization', served.as('mira'))
          .expect(200)
      ).body;
    await test.evaluateAt(startMs);
    await served
      .approve({ feature: 'input.brightness', histogramUrl })
      .then(answer => expect(answer.status).toBe(201));
    return { ...test, push, driftOf };
  };
  const pushMinute = async (
    test: Awaited<ReturnType<typeof open>>,
    lowEnd: number[],
  ) => {
    await test.push([10, 990, 1_400]);
    await test.push(lowEnd, { cohort: phones('low-end'), deviceCount: 8 });
    await test.push([0, 250, 250], {
      cohort: phones('mid-range'),
      deviceCount: 8,
    });
  };
  const pointsOf = ({ monitors: [{ history }] }: any) =>
    history.map((point: any) => [
      (point.atMs - startMs) / minuteMs,
      point.value === null ? null : Math.round(point.value * 100) / 100,
      point.status,
    ]);

  it.each(databases.eachSupportedId())(
    'has a history, histograms and limits of its own, now and as it was, %p',
    async id => {
      const test = await open(id);
      await pushMinute(test, [0, 450, 450]);
      await test.evaluateAt(startMs + minuteMs);
      await pushMinute(test, [0, 10, 890]);
      await test.evaluateAt(startMs + 2 * minuteMs);

      const lowEnd = await test.driftOf({ cohort: phones('low-end') });
      expect([lowEnd.cohort, lowEnd.cohorts, lowEnd.status]).toEqual([
        phones('low-end'),
        [phones('low-end'), phones('mid-range')],
        'fail',
      ]);
      expect(
        lowEnd.monitors.map((one: { feature: string }) => one.feature),
      ).toEqual(['input.brightness']);
      const [judged] = lowEnd.monitors;
      expect(
        lowEnd.references.map((one: Record<string, unknown>) => [
          one.referenceId,
          one.version,
          one.approvedBy,
          (one.expiresAtMs as number) - startMs,
          one.bins,
        ]),
      ).toEqual([
        [
          judged.referenceId,
          1,
          'user:default/ada',
          90 * 24 * 60 * minuteMs,
          undefined,
        ],
      ]);
      expect([judged.referenceBins, judged.currentBins]).toEqual([
        [0, 500, 500],
        [0, 10, 890],
      ]);
      expect([judged.verdict.status, judged.verdict.reason]).toEqual([
        'fail',
        'drifted',
      ]);
      expect(judged.statistics.length).toBe(8);
      expect(judged.warnLimit).toBeLessThan(judged.failLimit);
      expect(pointsOf(lowEnd)).toEqual([
        [1, 0, 'pass'],
        [2, Math.round(judged.value * 100) / 100, 'fail'],
      ]);
      // What the evaluation said of it is what is said here.
      const [whole] = (await test.driftOf({})).monitors;
      const brief = whole.cohorts.find(
        (one: { cohort: string }) => one.cohort === phones('low-end'),
      );
      expect([
        judged.value,
        judged.failLimit,
        judged.adjustedPValue,
        judged.currentCount,
      ]).toEqual([
        brief.value,
        brief.failLimit,
        brief.adjustedPValue,
        brief.currentCount,
      ]);

      const midRange = await test.driftOf({ cohort: phones('mid-range') });
      expect(pointsOf(midRange)).toEqual([
        [1, 0, 'pass'],
        [2, 0, 'pass'],
      ]);
      const then = await test.driftOf({
        cohort: phones('low-end'),
        asOf: instant(startMs + minuteMs + 30_000),
      });
      expect(pointsOf(then)).toEqual([[1, 0, 'pass']]);
      const nobody = await test.driftOf({ cohort: phones('unknown') });
      expect([nobody.sentence, nobody.monitors]).toEqual([
        'No watched signal is judged for resource:default/unknown-phones',
        [],
      ]);
    },
  );

  it.each(databases.eachSupportedId())(
    'is judged of the cohorts alone that a monitor names, %p',
    async id => {
      const test = await open(
        id,
        file.replace('cohorts: each', `cohorts: [${phones('low-end')}]`),
      );
      await pushMinute(test, [0, 10, 890]);
      await test.evaluateAt(startMs + minuteMs);
      const whole = await test.driftOf({});
      expect(whole.cohorts).toEqual([phones('low-end')]);
      // The whole, and the one that is named.
      expect(whole.monitors[0].comparisonCount).toBe(2);
      const other = await test.driftOf({ cohort: phones('mid-range') });
      expect(other.monitors).toEqual([]);
    },
  );

  it.each(databases.eachSupportedId())(
    'says nothing of too few devices, nor of those that would give them away, %p',
    async id => {
      const test = await open(id);
      await pushMinute(test, [0, 10, 890]);
      await test.push([0, 3, 777], {
        cohort: phones('flagship'),
        deviceCount: 3,
      });
      await test.evaluateAt(startMs + minuteMs);
      for (const hidden of [phones('flagship'), phones('mid-range')]) {
        const answer = await test.driftOf({ cohort: hidden });
        const [{ verdict, ...told }] = answer.monitors;
        expect([
          told.isSuppressed,
          told.value,
          told.currentCount,
          told.currentBins,
          verdict.status,
          verdict.reason,
          verdict.facts.sampleCount,
        ]).toEqual([
          true,
          null,
          0,
          [],
          'inconclusive',
          'suppressed',
          undefined,
        ]);
        expect(pointsOf(answer)).toEqual([[1, null, 'inconclusive']]);
        expect(JSON.stringify(answer)).not.toContain('777');
      }
      const shown = await test.driftOf({ cohort: phones('low-end') });
      expect(shown.monitors[0].verdict.status).toBe('fail');
    },
  );
});

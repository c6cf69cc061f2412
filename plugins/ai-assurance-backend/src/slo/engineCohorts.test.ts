import { StandInAnswer } from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { engineDocument } from './__testUtils__/engineDocument';
import { matrix, openLiar, stepsOf } from './__testUtils__/liar';
import { openTestSlo, startMs, subject } from './__testUtils__/openTestSlo';

jest.setTimeout(60_000);

const url = 'https://example.com/repo/objectives/latency.yaml';

describe('cohorts that an engine tells apart', () => {
  const databases = createTestDatabases();
  const [[id]] = databases.eachSupportedId();
  const open = async (baseUrl: string, more: object) => {
    const test = await openTestSlo(await databases.init(id), {
      slo: { engines: [{ name: 'prod', baseUrl, ...more }] },
    });
    test.files[url] = engineDocument;
    return test;
  };

  /** Two cohorts and what belongs to none, half an hour each, and so many devices as are told. */
  const ofCohorts =
    (devices: Record<string, number>) =>
    (question: URLSearchParams): StandInAnswer => {
      if (question.get('query')!.includes('devices'))
        return {
          json: JSON.parse(
            JSON.stringify({
              status: 'success',
              data: {
                resultType: 'vector',
                result: Object.entries(devices).map(([cohort, count]) => ({
                  metric: { cohort },
                  value: [Number(question.get('time')), String(count)],
                })),
              },
            }),
          ),
        };
      return matrix(
        ['low', 'high'].flatMap(cohort =>
          ['9', '10'].map((value, part) => ({
            metric: { cohort, ai_assurance_question: String(part) },
            values: stepsOf(question).map(at => [at, value]),
          })),
        ),
      );
    };
  const cohortsTold = async (more: object, answer: Record<string, number>) => {
    const liar = await openLiar();
    try {
      const test = await open(liar.baseUrl, {
        labels: { cohort: 'cohort' },
        ...more,
      });
      liar.say(ofCohorts(answer));
      await test.evaluateAt(startMs);
      const [one] = await test.room.answers.objectives(subject);
      expect([one.goodCount, one.totalCount]).toEqual([1080, 1200]);
      return one.segments!.map(part => [
        part.cohort,
        part.totalCount,
        part.isSuppressed ?? false,
        part.isSizeUnknown ?? false,
      ]);
    } finally {
      await liar.close();
    }
  };

  it('say nothing of single cohorts while nobody can say how many devices they are made of', async () => {
    expect(await cohortsTold({}, {})).toEqual([
      ['high', 0, true, true],
      ['low', 0, true, true],
    ]);
  });

  it('tell of cohorts where the engine counts enough devices, and hide the others', async () => {
    const devices = {
      devices:
        'count by (cohort) (count by (cohort, device) (increase(devices_total[${window}]) > 0))',
    };
    expect(await cohortsTold(devices, { low: 5, high: 80 })).toEqual([
      ['high', 600, false, false],
      ['low', 600, false, false],
    ]);
    // The whole, less the one that is shown, would be the other.
    expect(await cohortsTold(devices, { low: 4, high: 80 })).toEqual([
      ['high', 0, true, false],
      ['low', 0, true, false],
    ]);
  });
});

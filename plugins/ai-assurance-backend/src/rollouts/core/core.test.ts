import {
  adoptionOf,
  adoptionOverTime,
  CohortCounts,
  Counted,
} from './adoption';
import { isNews, Observation } from './changed';
import { judgeRollout, wilsonUpper } from './judge';

const minuteMs = 60_000;

const window = (change: Partial<Counted>): Counted => ({
  ...{
    startMs: 0,
    version: '1',
    digest: 'a',
    cohort: 'low',
    outcome: 'ok',
    sum: 1,
    ...change,
  },
});

describe('adoption', () => {
  it('counts sessions and load attempts by cohort and version, crashes and failures among them', () => {
    expect(
      adoptionOf(
        [
          window({ sum: 10 }),
          window({ sum: 2, outcome: 'error', startMs: minuteMs }),
          window({ sum: 5, version: '10', digest: 'b' }),
          window({ sum: 4, version: '2', digest: undefined }),
          window({ sum: 7, cohort: undefined }),
        ],
        [
          window({ sum: 20 }),
          window({ sum: 1, outcome: 'error' }),
          window({ sum: 3, cohort: 'high' }),
        ],
      ),
    ).toEqual([
      {
        cohort: 'high',
        totalCount: 0,
        versions: [
          {
            version: '1',
            digest: 'a',
            sessionCount: 0,
            crashedCount: 0,
            loadAttemptCount: 3,
            loadFailureCount: 0,
          },
        ],
      },
      {
        cohort: 'low',
        totalCount: 21,
        versions: [
          {
            version: '1',
            digest: 'a',
            sessionCount: 12,
            crashedCount: 2,
            loadAttemptCount: 21,
            loadFailureCount: 1,
          },
          {
            version: '2',
            digest: null,
            sessionCount: 4,
            crashedCount: 0,
            loadAttemptCount: 0,
            loadFailureCount: 0,
          },
          {
            version: '10',
            digest: 'b',
            sessionCount: 5,
            crashedCount: 0,
            loadAttemptCount: 0,
            loadFailureCount: 0,
          },
        ],
      },
      {
        cohort: null,
        totalCount: 7,
        versions: [
          {
            version: '1',
            digest: 'a',
            sessionCount: 7,
            crashedCount: 0,
            loadAttemptCount: 0,
            loadFailureCount: 0,
          },
        ],
      },
    ]);
  });

  it('one label with two digests is two versions', () => {
    const [{ versions }] = adoptionOf(
      [window({ digest: 'a' }), window({ digest: 'b' })],
      [],
    );
    expect(
      versions.map(({ digest, sessionCount }) => [digest, sessionCount]),
    ).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });
});

describe('adoption over time', () => {
  it('has a point for every minute, and no counts where nothing was seen', () => {
    const sessions = [
      window({ sum: 2 }),
      window({ sum: 3, version: '2' }),
      window({ sum: 1, startMs: 2 * minuteMs }),
    ];
    expect(adoptionOverTime(sessions, 0, 3 * minuteMs)).toEqual([
      { startMs: 0, counts: { '1': 2, '2': 3 } },
      { startMs: minuteMs, counts: {} },
      { startMs: 2 * minuteMs, counts: { '1': 1 } },
    ]);
  });

  it.each([
    [0, 0],
    [1, 1],
    [200, 200],
    [201, 101],
    [400, 200],
    [43_200, 200],
  ])(
    '%p minutes become %p points, and no session is lost',
    (minutes, points) => {
      const sessions = Array.from({ length: minutes }, (_, minute) =>
        window({ startMs: minute * minuteMs }),
      );
      const answer = adoptionOverTime(sessions, 0, minutes * minuteMs);
      expect(answer.length).toBe(points);
      expect(
        answer.reduce((sum, { counts }) => sum + (counts['1'] ?? 0), 0),
      ).toBe(minutes);
    },
  );

  it('an end within a minute still shows that minute', () => {
    expect(
      adoptionOverTime([], 30_000, 61_000).map(({ startMs }) => startMs),
    ).toEqual([0, minuteMs]);
  });
});

describe('wilsonUpper', () => {
  // Reference values from the closed form, computed independently to ten digits.
  it.each([
    [0, 0, 1],
    [10, 10, 1],
    [0, 10, 0.2775327999],
    [50, 100, 0.5961684696],
    [95, 100, 0.9784563208],
  ])('%p of %p at 95 %% reach at most %p', (good, total, upper) => {
    expect(wilsonUpper(good, total, 1.959963984540054)).toBeCloseTo(upper, 8);
  });
});

describe('judgeRollout', () => {
  /** `version: sessions-crashed/loads-failed`, for example `1: 100-0/100-0`. */
  const cohort = (
    name: string | null,
    ...versions: [number, number, number, number][]
  ): CohortCounts => ({
    cohort: name,
    totalCount: versions.reduce((sum, [sessions]) => sum + sessions, 0),
    versions: versions.map(
      (
        [sessionCount, crashedCount, loadAttemptCount, loadFailureCount],
        index,
      ) => ({
        ...{
          version: String(index + 1),
          digest: null,
          sessionCount,
          crashedCount,
          loadAttemptCount,
          loadFailureCount,
        },
      }),
    ),
  });
  const good: [number, number, number, number] = [1000, 0, 1000, 0];

  it.each<[string, CohortCounts[], string]>([
    [
      'all report and are well',
      [cohort('low', good), cohort('high', good)],
      'pass healthy',
    ],
    ['one cohort is silent', [cohort('low', good)], 'inconclusive no-data'],
    ['nothing reports', [], 'inconclusive no-data'],
    [
      'one session is missing',
      [cohort('low', good), cohort('high', [29, 0, 30, 0])],
      'inconclusive insufficient-sample',
    ],
    [
      'exactly enough',
      [cohort('low', good), cohort('high', [30, 0, 30, 0])],
      'pass healthy',
    ],
    [
      'sessions come without load attempts',
      [cohort('low', good), cohort('high', [1000, 0, 0, 0])],
      'inconclusive no-data',
    ],
    [
      'loads fail at the limit',
      [cohort('low', good), cohort('high', [1000, 0, 1000, 5])],
      'pass healthy',
    ],
    [
      'loads fail just over the limit',
      [cohort('low', good), cohort('high', [1000, 0, 1000, 6])],
      'warn load-success-perhaps-below-limit',
    ],
    [
      'loads fail for sure',
      [cohort('low', good), cohort('high', [1000, 0, 1000, 60])],
      'fail load-success-below-limit',
    ],
    [
      'it crashes now and then',
      [cohort('low', good), cohort('high', [100, 2, 100, 0])],
      'warn crash-free-perhaps-below-limit',
    ],
    [
      'it crashes for sure',
      [cohort('low', good), cohort('high', [1000, 50, 1000, 0])],
      'fail crash-free-below-limit',
    ],
    [
      'a good majority hides a bad newcomer',
      [
        cohort('low', good),
        cohort('high', [99_000, 0, 99_000, 0], [100, 30, 100, 0]),
      ],
      'fail crash-free-below-limit',
    ],
    [
      'a newcomer has too few reports yet',
      [cohort('low', good), cohort('high', good, [10, 0, 10, 0])],
      'pass healthy',
    ],
    [
      'a bad one outside the targets counts',
      [
        cohort('low', good),
        cohort('high', good),
        cohort(null, [100, 30, 100, 0]),
      ],
      'fail crash-free-below-limit',
    ],
    [
      'a few outside the targets are not waited for',
      [cohort('low', good), cohort('high', good), cohort(null, [3, 0, 3, 0])],
      'pass healthy',
    ],
    [
      'a failure outweighs a silent cohort',
      [cohort('low', [1000, 50, 1000, 0])],
      'fail crash-free-below-limit',
    ],
    [
      'a doubt does not outweigh a silent cohort',
      [cohort('low', [1000, 12, 1000, 0])],
      'inconclusive no-data',
    ],
  ])('when %s', (_name, cohorts, answer) => {
    const { status, reason } = judgeRollout(cohorts, ['high', 'low']);
    expect(`${status} ${reason}`).toBe(answer);
  });

  it('without targets nothing can pass', () => {
    expect(judgeRollout([cohort('low', good)], [])).toEqual({
      status: 'inconclusive',
      reason: 'no-data',
    });
  });
});

describe('news', () => {
  const observation = (
    shares: Record<string, number>,
    change: Partial<Observation> = {},
  ): Observation => ({
    ...{ status: 'pass', reason: 'healthy' },
    cohorts: adoptionOf(
      Object.entries(shares).map(([version, sum]) => window({ version, sum })),
      [],
    ),
    ...change,
  });

  it.each([
    ['the first observation', undefined, observation({ '1': 100 }), true],
    [
      'the same shares at more sessions',
      observation({ '1': 50, '2': 50 }),
      observation({ '1': 500, '2': 500 }),
      false,
    ],
    [
      'a share that moved by five points',
      observation({ '1': 50, '2': 50 }),
      observation({ '1': 55, '2': 45 }),
      false,
    ],
    [
      'a share that moved by six points',
      observation({ '1': 50, '2': 50 }),
      observation({ '1': 56, '2': 44 }),
      true,
    ],
    [
      'a new version',
      observation({ '1': 100 }),
      observation({ '1': 99, '2': 1 }),
      true,
    ],
    [
      'a version that went',
      observation({ '1': 99, '2': 1 }),
      observation({ '1': 100 }),
      true,
    ],
    [
      'another verdict',
      observation({ '1': 9 }),
      observation({ '1': 9 }, { status: 'warn' }),
      true,
    ],
    [
      'another reason',
      observation({ '1': 9 }),
      observation({ '1': 9 }, { reason: 'other' }),
      true,
    ],
  ])('%s: %p', (_name, before, after, answer) => {
    expect(isNews(before, after)).toBe(answer);
  });
});

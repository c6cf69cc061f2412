import { EngineSeries } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { engineHistograms } from './engineHistograms';

const atMs = 1_700_000_000_000;
const one = (
  labels: Record<string, string>,
  value: number,
  sampleAtMs = atMs,
): EngineSeries => ({ labels, samples: [{ atMs: sampleAtMs, value }] });
const buckets = [
  one({ le: '+Inf', pod: 'a' }, 10),
  one({ le: '1', pod: 'a' }, 4),
  one({ le: '2', pod: 'a' }, 9),
];
const read = (
  series: EngineSeries[],
  options: { category?: string; cohortLabel?: string } = {},
) =>
  Object.fromEntries(
    engineHistograms(series, {
      category: undefined,
      cohortLabel: undefined,
      ...options,
      atMs,
      sourceName: 'prom',
    }),
  );

describe('the histogram that an engine gives', () => {
  it('is made of cumulative buckets, summed over what else tells series apart', () => {
    expect(
      read([
        ...buckets,
        one({ le: '1', pod: 'b' }, 1),
        one({ le: '2', pod: 'b' }, 1),
        one({ le: '+Inf', pod: 'b' }, 3),
      ]),
    ).toEqual({ '': { boundaries: [1, 2], bins: [5, 5, 3] } });
  });

  it('is made of categories, the whole and by cohort', () => {
    expect(
      read(
        [
          one({ digit: 'b', cohort: 'x' }, 3),
          one({ digit: 'a', cohort: 'y' }, 2),
        ],
        { category: 'digit', cohortLabel: 'cohort' },
      ),
    ).toEqual({
      '': { boundaries: [], categories: ['a', 'b'], bins: [2, 3] },
      x: { boundaries: [], categories: ['b'], bins: [3] },
      y: { boundaries: [], categories: ['a'], bins: [2] },
    });
  });

  it('is nothing where nothing matched', () => {
    expect(read([])).toEqual({});
    expect(read([{ labels: { le: '1' }, samples: [] }])).toEqual({});
  });

  it.each<[string, EngineSeries[], string]>([
    ['one series twice', [...buckets, buckets[0]], 'it gives one series twice'],
    [
      'one series twice, its labels in another order',
      [...buckets, one({ pod: 'a', le: '1' }, 4)],
      'it gives one series twice',
    ],
    [
      'no number',
      [...buckets, one({ le: '2', pod: 'b' }, NaN)],
      'it counts NaN, which is no count',
    ],
    [
      'infinitely many',
      [one({ le: '+Inf' }, Infinity)],
      'it counts Infinity, which is no count',
    ],
    [
      'less than none',
      [one({ le: '+Inf' }, -5)],
      'it counts -5, which is no count',
    ],
    [
      'another moment',
      [one({ le: '+Inf' }, 5, atMs - 60_000)],
      'it is of another moment than was asked about',
    ],
    [
      'buckets that fall',
      [one({ le: '1' }, 5), one({ le: '+Inf' }, 4)],
      'its buckets fall at le="Infinity"',
    ],
    ['no last bucket', [one({ le: '1' }, 5)], 'its buckets have no le="+Inf"'],
    [
      'an edge that is none',
      [one({ le: 'wide' }, 5), one({ le: '+Inf' }, 5)],
      'the label le of its buckets is no number',
    ],
    [
      'no edge at all',
      [one({ pod: 'a' }, 5)],
      'a series of the answer has no label le',
    ],
  ])('is refused for %s', (_, series, why) => {
    expect(() => read(series)).toThrow(`prom: ${why}`);
  });
});

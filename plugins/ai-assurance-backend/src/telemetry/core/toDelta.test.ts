import { advance, CumulativeState, MAX_FIRST_SPAN_MS } from './toDelta';
import { EMPTY_EXPONENTIAL } from './exponential';

const beganMs = 1_700_000_000_000;
const minuteMs = 60_000;

const sum = (
  value: number,
  minutes: number,
  startMs = beganMs,
): CumulativeState => ({
  startMs,
  timeMs: beganMs + minutes * minuteMs,
  value: { kind: 'sum', sum: value },
});
const explicit = (
  counts: number[],
  minutes: number,
  boundaries = [1],
): CumulativeState => ({
  ...sum(0, minutes),
  value: {
    kind: 'explicit',
    explicit: {
      boundaries,
      counts,
      count: counts.reduce((a, b) => a + b, 0),
      sum: counts[0],
    },
  },
});
const exponential = (
  counts: number[],
  minutes: number,
  over: object = {},
): CumulativeState => {
  const count = counts.reduce((a, b) => a + b, 0);
  return {
    ...sum(0, minutes),
    value: {
      kind: 'exponential',
      exponential: {
        ...EMPTY_EXPONENTIAL,
        scale: 2,
        positiveOffset: 4,
        positiveCounts: counts,
        count,
        sum: count,
        ...over,
      },
    },
  };
};

/** What each point of a stream added, in the order in which they came; a word where it added nothing. */
function counted(...points: CumulativeState[]): (number | string)[] {
  let state: CumulativeState | undefined;
  return points.map(point => {
    const step = advance(state, point);
    if ('state' in step) state = step.state;
    if (step.became === 'refused') return step.reason;
    if (step.became !== 'counted') return step.became;
    const { delta } = step;
    if (delta.kind === 'sum') return delta.sum;
    return delta.kind === 'explicit'
      ? delta.explicit.count
      : (delta as any).exponential.count;
  });
}

describe('a cumulative stream', () => {
  it.each<[string, CumulativeState[], (number | string)[]]>([
    [
      'that began lately is counted from its start, then by what is new',
      [sum(5, 1), sum(9, 2), sum(9, 3)],
      [5, 4, 0],
    ],
    [
      'whose first point is at the longest span that is counted',
      [sum(5, 15)],
      [5],
    ],
    [
      'that is older than anybody could know sets a baseline',
      [sum(500, 16), sum(507, 17)],
      ['baseline', 7],
    ],
    [
      'without a start sets a baseline',
      [sum(5, 1, 0), sum(7, 2, 0)],
      ['baseline', 2],
    ],
    [
      'whose start is its time has an unknown beginning',
      [sum(5, 1, beganMs + minuteMs), sum(8, 2, beganMs + minuteMs)],
      ['baseline', 3],
    ],
    [
      'that starts again is counted from the new start, gap or none',
      [
        sum(5, 1),
        sum(3, 3, beganMs + minuteMs),
        sum(1, 9, beganMs + 8 * minuteMs),
      ],
      [5, 3, 1],
    ],
    [
      'that starts again with a larger value is not taken for one that went on',
      [sum(5, 1), sum(8, 3, beganMs + 2 * minuteMs)],
      [5, 8],
    ],
    [
      'that starts again and does not know when sets a baseline',
      [sum(5, 1), sum(8, 3, beganMs + 3 * minuteMs)],
      [5, 'baseline'],
    ],
    [
      'that falls without saying so has begun at zero again',
      [sum(5, 1, 0), sum(2, 2, 0), sum(4, 3, 0)],
      ['baseline', 2, 2],
    ],
    [
      'that falls under the same start has begun at zero again',
      [sum(5, 1), sum(2, 2)],
      [5, 2],
    ],
    [
      'is not changed by a repeated point or one that comes late',
      [sum(5, 1), sum(9, 3), sum(9, 3), sum(7, 2), sum(10, 4)],
      [5, 4, 'unchanged', 'unchanged', 1],
    ],
    [
      'is not changed by what its former life sends late',
      [sum(5, 1), sum(3, 4, beganMs + 2 * minuteMs), sum(6, 2)],
      [5, 3, 'unchanged'],
    ],
    [
      'that an older one overlaps refuses the older one',
      [sum(5, 2, beganMs + minuteMs), sum(90, 3, beganMs)],
      [5, 'overlapping-stream'],
    ],
    [
      'whose interval starts after it ends is refused',
      [sum(5, 1, beganMs + 2 * minuteMs)],
      ['bad-start'],
    ],
    [
      'of explicit histograms is counted bucket by bucket',
      [explicit([1, 2], 1), explicit([4, 2], 2)],
      [3, 3],
    ],
    [
      'of which one bucket fell has begun again, whatever the count says',
      [explicit([1, 2], 1), explicit([9, 1], 2)],
      [3, 10],
    ],
    [
      'that changed its boundaries sets a baseline',
      [explicit([1, 2], 1), explicit([4, 2], 2, [2]), explicit([5, 2], 3, [2])],
      [3, 'baseline', 1],
    ],
    [
      'of exponential histograms whose count fell has begun again',
      [exponential([1, 2], 1), exponential([1, 1], 2)],
      [3, 2],
    ],
    [
      'that became a stream of another kind sets a baseline',
      [sum(5, 1), explicit([4, 2], 2)],
      [5, 'baseline'],
    ],
  ])('%s', (_, points, expected) => {
    expect(counted(...points)).toEqual(expected);
  });

  it('counts exactly as long a life as it says', () => {
    expect(MAX_FIRST_SPAN_MS).toBe(15 * minuteMs);
  });

  it('of exponential histograms is compared at the coarser scale, and tells extremes only when they moved', () => {
    const first = exponential([1, 2, 0, 3], 1, { min: 2, max: 4 });
    // Scale 1 joins the buckets 4 and 5, and 6 and 7: before, that is 3 and 3.
    const second = exponential([5, 3], 2, {
      scale: 1,
      positiveOffset: 2,
      min: 2,
      max: 5,
    });
    const step = advance(first, second);
    expect(step.became === 'counted' && step.delta).toEqual({
      kind: 'exponential',
      exponential: {
        ...EMPTY_EXPONENTIAL,
        scale: 1,
        positiveOffset: 2,
        positiveCounts: [2],
        count: 2,
        sum: 2,
        min: undefined,
        max: 5,
      },
    });
  });
});

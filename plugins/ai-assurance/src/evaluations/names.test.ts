import { axisOf, nameOfTool } from './names';

describe('the axis of a row', () => {
  it.each<
    [string, { low: number; high: number }[], number[], string, number[]]
  >([
    [
      'has room around shares',
      [{ low: 0.5, high: 0.7 }],
      [],
      'ratio',
      [0.47, 0.73],
    ],
    ['ends at 1', [{ low: 0.8, high: 1 }], [], 'ratio', [0.77, 1]],
    [
      'goes below 0 for differences',
      [{ low: -0.01, high: 0.03 }],
      [-0.02],
      'ratio',
      [-0.0275, 0.0375],
    ],
    [
      'has a width when nothing has',
      [{ low: 2, high: 2 }],
      [],
      's',
      [1.99, 2.01],
    ],
    ['is whole without anything', [], [], 'ratio', [0, 1]],
  ])('%s', (_what, intervals, bounds, unit, axis) => {
    axisOf(intervals, bounds, unit).forEach((end, i) =>
      expect(end).toBeCloseTo(axis[i], 12),
    );
  });
});

describe('the name of a judge or suite', () => {
  it.each([
    [{ id: 'refusal-judge', version: '3' }, 'refusal-judge 3'],
    [{ id: 'gpt', version: 'unstated' }, 'gpt'],
    [{ id: 'unstated', version: 'unstated' }, 'a model without a name'],
  ])('of %j is %s', (of, name) => {
    expect(nameOfTool(of, 'a model without a name')).toBe(name);
  });
});

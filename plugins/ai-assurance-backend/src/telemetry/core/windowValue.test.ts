import { sketchOf } from './devices';
import {
  countedIn,
  decodeValue,
  encodeValue,
  mergeValues,
  WindowValue,
} from './windowValue';

describe('the value of a window', () => {
  it('reads rows that know neither weights nor devices', () => {
    expect(decodeValue('sum', '[3]')).toEqual({ kind: 'sum', sum: 3 });
    expect(decodeValue('explicit', '[1.5,[1],[2,3]]')).toEqual({
      kind: 'explicit',
      explicit: { sum: 1.5, boundaries: [1], counts: [2, 3], count: 5 },
    });
  });

  it('writes what was counted before weighting, and the devices, behind the value', () => {
    const value: WindowValue = {
      kind: 'sum',
      sum: 40,
      n: 4,
      devices: [sketchOf(20_414, [1, 2])],
    };
    expect(encodeValue(value)).toBe(
      '[40,{"n":4,"d":{"20414":"0000000100000002"}}]',
    );
    expect(decodeValue('sum', encodeValue(value))).toEqual(value);
  });

  it('keeps the raw count apart when only one side was weighted', () => {
    const merged = mergeValues(
      { kind: 'sum', sum: 40, n: 4 },
      { kind: 'sum', sum: 3 },
    );
    expect(merged).toEqual({ kind: 'sum', sum: 43, n: 7 });
    expect(countedIn(merged)).toBe(7);
    expect(
      mergeValues({ kind: 'sum', sum: 40, n: 4 }, { kind: 'sum', sum: -9 }),
    ).toEqual({ kind: 'sum', sum: 31, n: 0 });
    expect(countedIn({ kind: 'sum', sum: 3 })).toBe(3);
  });

  it('joins the devices of both sides', () => {
    expect(
      mergeValues(
        { kind: 'sum', sum: 1, devices: [sketchOf(1, [5])] },
        { kind: 'sum', sum: 1, devices: [sketchOf(1, [5, 9])] },
      ).devices,
    ).toEqual([sketchOf(1, [5, 9])]);
  });
});

import fc from 'fast-check';
import {
  decodeDevices,
  DeviceCount,
  encodeDevices,
  mergeDevices,
  SKETCH_SIZE,
  sketchOf,
} from './devices';

const countOf = (...windows: Parameters<DeviceCount['add']>[0][]) => {
  const count = new DeviceCount();
  windows.forEach(window => count.add(window));
  return count.count;
};
/** Numbers that spread over 32 bits as hashes do, each different. */
const hashNumber = (i: number) => Math.imul(i + 1, 2_654_435_761) >>> 0;

describe('counting devices', () => {
  it('counts exactly below the size of a sketch, each device once however many windows it is in', () => {
    const hashes = Array.from({ length: SKETCH_SIZE - 1 }, (_, i) =>
      hashNumber(i),
    );
    expect(countOf([sketchOf(1, hashes.slice(0, 40))])).toBe(40);
    expect(
      countOf(
        [sketchOf(1, hashes.slice(0, 40))],
        [sketchOf(1, hashes.slice(20))],
      ),
    ).toBe(63);
  });

  it('tells that nobody said which devices there were, apart from none', () => {
    expect(countOf()).toBeUndefined();
    expect(countOf(undefined)).toBeUndefined();
    expect(countOf([sketchOf(1, [])])).toBe(0);
  });

  it('estimates many devices within a few standard errors', () => {
    const hashes = Array.from({ length: 10_000 }, (_, i) => hashNumber(i));
    const estimate = countOf([sketchOf(1, hashes)])!;
    expect(Math.abs(estimate / 10_000 - 1)).toBeLessThan(3 * 0.13);
  });

  it('never adds up what two salts say: the day that saw most counts', () => {
    expect(
      countOf(
        [sketchOf(1, [1, 2, 3])],
        [sketchOf(2, [4, 5])],
        [sketchOf(3, [6])],
      ),
    ).toBe(3);
  });

  it('merges in any order to the same', () => {
    const sketches = fc.array(
      fc.record({
        day: fc.integer({ min: 1, max: 4 }),
        hashes: fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), {
          maxLength: 100,
        }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(sketches, list => {
        const parts = list.map(({ day, hashes }) => [sketchOf(day, hashes)]);
        const merged = (all: typeof parts) =>
          all.reduce((a, b) => mergeDevices(a, b)!);
        expect(merged([...parts].reverse())).toEqual(merged(parts));
      }),
    );
  });

  it('is read as it was written', () => {
    const sketches = [sketchOf(20_414, [0, 15, 2 ** 32 - 1]), sketchOf(7, [1])];
    expect(encodeDevices(sketches)).toEqual({
      20414: '000000000000000fffffffff',
      7: '00000001',
    });
    expect(decodeDevices(encodeDevices(sketches))).toEqual(
      [...sketches].reverse(),
    );
  });
});

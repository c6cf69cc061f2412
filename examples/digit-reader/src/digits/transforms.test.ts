import { PIXELS, SIDE } from './digits';
import { dim, noise, shift, transformed } from './transforms';

const dot = (row: number, column: number, level = 200) => {
  const pixels = new Uint8Array(PIXELS);
  pixels[row * SIDE + column] = level;
  return pixels;
};

describe('transforms of the input', () => {
  it('dims every grey level by the strength', () => {
    expect(dim(Uint8Array.of(0, 100, 255), 0.7)).toEqual(
      Uint8Array.of(0, 30, 77),
    );
    expect(dim(Uint8Array.of(0, 100, 255), 0)).toEqual(
      Uint8Array.of(0, 100, 255),
    );
  });

  it('moves a digit right and down and loses what leaves the picture', () => {
    expect(shift(dot(3, 4), 2)).toEqual(dot(5, 6));
    expect(shift(dot(27, 27), 1)).toEqual(new Uint8Array(PIXELS));
    // What leaves on the right must not come back on the left of the next row.
    expect(shift(dot(3, 27), 1)).toEqual(new Uint8Array(PIXELS));
  });

  it('adds the same grain for the same seed and another for another', () => {
    const grey = new Uint8Array(PIXELS).fill(128);
    expect(noise(grey, 0.5, 7)).toEqual(noise(grey, 0.5, 7));
    expect(noise(grey, 0.5, 7)).not.toEqual(noise(grey, 0.5, 8));
    expect(noise(grey, 0, 7)).toEqual(grey);
  });

  it('never leaves 0…255 however strong the grain is', () => {
    const grainy = noise(new Uint8Array(PIXELS).fill(250), 1, 3);
    // A level that wrapped around would show as a dark pixel next to no grain at all; the mean stays where cut grain puts it.
    const mean = grainy.reduce((sum, level) => sum + level, 0) / PIXELS;
    expect(mean).toBeGreaterThan(180);
    expect(Math.max(...grainy)).toBe(255);
  });

  it('leaves the original alone', () => {
    const original = dot(3, 4);
    for (const transform of ['dim', 'noise', 'shift', 'none'] as const)
      transformed(original, { transform, strength: 1 }, 1);
    expect(original).toEqual(dot(3, 4));
  });

  it('names a transform that it does not know', () => {
    expect(() =>
      transformed(dot(0, 0), { transform: 'blur' as never, strength: 1 }, 1),
    ).toThrow(
      "There is no transform 'blur'; known are none, dim, noise, shift",
    );
  });
});

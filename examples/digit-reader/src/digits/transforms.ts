import { PIXELS, SIDE } from './digits';
import { seeded } from './seeded';

// Taken once: these run for every pixel, and test runners make each look at a global slow.
const { max, min, round } = Math;

/** What happens to the light before the camera sees it. `none` leaves the digit as it was written. */
export const TRANSFORMS = ['none', 'dim', 'noise', 'shift'] as const;
/** @see TRANSFORMS */
export type Transform = (typeof TRANSFORMS)[number];

/** Less light: every grey level times `1 - strength`; 0 changes nothing, 1 is black. */
export function dim(pixels: Uint8Array, strength: number): Uint8Array {
  return pixels.map(level => round(level * (1 - strength)));
}

/**
 * A grainy sensor: to each grey level something between `-strength` and `+strength` of full scale is added, most often
 * little (the mean of three even draws), cut to 0…255. The same seed gives the same grain.
 */
export function noise(
  pixels: Uint8Array,
  strength: number,
  seed: number,
): Uint8Array {
  const next = seeded(seed);
  return pixels.map(level => {
    const grain = ((next() + next() + next()) / 3) * 2 - 1;
    return min(255, max(0, round(level + grain * strength * 255)));
  });
}

/** A camera that slipped: the digit moves right and down by `steps` whole pixels; what leaves the picture is lost. */
export function shift(pixels: Uint8Array, steps: number): Uint8Array {
  const moved = new Uint8Array(PIXELS);
  for (let row = steps; row < SIDE; row++) {
    for (let column = steps; column < SIDE; column++) {
      moved[row * SIDE + column] =
        pixels[(row - steps) * SIDE + column - steps];
    }
  }
  return moved;
}

/** Applies the transform of a scenario. `seed` matters for `noise` alone. */
export function transformed(
  pixels: Uint8Array,
  input: { transform: Transform; strength: number },
  seed: number,
): Uint8Array {
  switch (input.transform) {
    case 'none':
      return pixels;
    case 'dim':
      return dim(pixels, input.strength);
    case 'noise':
      return noise(pixels, input.strength, seed);
    case 'shift':
      return shift(pixels, round(input.strength));
    default:
      throw new Error(
        `There is no transform '${String(
          input.transform,
        )}'; known are ${TRANSFORMS.join(', ')}`,
      );
  }
}

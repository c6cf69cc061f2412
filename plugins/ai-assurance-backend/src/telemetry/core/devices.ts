/**
 * Which devices were seen, as the smallest of their hashes (a KMV sketch). The hash is salted with a salt of the day on
 * which the point came in; the salt is gone with its day, so that nothing here leads back to a device.
 */
export interface DeviceSketch {
  /** Day whose salt was used: whole days since the epoch, UTC. Hashes of two days say nothing about each other. */
  day: number;
  /** Different 32-bit hashes, ascending; at most {@link SKETCH_SIZE}. */
  hashes: number[];
}

/**
 * Most hashes kept of one day. Below it a count is exact but for one in three million windows where two of 64 devices
 * share a hash; above it the relative standard error is 1/√(64 − 2), 13 %.
 */
export const SKETCH_SIZE = 64;

/** Days kept in one window. A window is told on its own day and, around midnight or late, on the next. */
const MAX_DAYS = 2;

const HASH_RANGE = 2 ** 32;
const HEX_PER_HASH = 8;

/** Both ascending lists in one, each hash once, the smallest {@link SKETCH_SIZE} of them. */
function joined(a: number[], b: number[]): number[] {
  const hashes: number[] = [];
  let i = 0;
  let j = 0;
  while (hashes.length < SKETCH_SIZE && (i < a.length || j < b.length)) {
    const next = j >= b.length || a[i] < b[j] ? a[i] : b[j];
    if (a[i] === next) i += 1;
    if (b[j] === next) j += 1;
    hashes.push(next);
  }
  return hashes;
}

/** Sketches of one window, or of several. The order of merging does not matter. */
export function mergeDevices(
  a: DeviceSketch[] | undefined,
  b: DeviceSketch[] | undefined,
  maxDays: number = MAX_DAYS,
): DeviceSketch[] | undefined {
  if (!a || !b) return a ?? b;
  const days = new Map(a.map(sketch => [sketch.day, sketch.hashes]));
  for (const { day, hashes } of b) {
    const known = days.get(day);
    days.set(day, known ? joined(known, hashes) : hashes);
  }
  return [...days]
    .sort(([x], [y]) => x - y)
    .slice(0, maxDays)
    .map(([day, hashes]) => ({ day, hashes }));
}

/** A sketch of these hashes, in any order. */
export function sketchOf(day: number, hashes: Iterable<number>): DeviceSketch {
  return {
    day,
    hashes: [...new Set(hashes)].sort((a, b) => a - b).slice(0, SKETCH_SIZE),
  };
}

const areSame = (a: number[], b: number[]) => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
};

/** Makes sketches of lists that are mostly alike: the metrics of a group of devices all name the same ones. */
export class Sketches {
  #last:
    | { day: number; hashes: number[]; sketches: DeviceSketch[] }
    | undefined;

  /** The sketch of the hashes, in any order; that of the list before when it was the same. */
  of(day: number, hashes: number[]): DeviceSketch[] {
    const last = this.#last;
    if (last && last.day === day && areSame(last.hashes, hashes))
      return last.sketches;
    const sketches = [sketchOf(day, hashes)];
    this.#last = { day, hashes, sketches };
    return sketches;
  }
}

/** Adds up the devices of windows over any range: days are kept apart, however many there are. */
export class DeviceCount {
  #sketches: DeviceSketch[] | undefined;

  add(sketches: DeviceSketch[] | undefined): void {
    this.#sketches = mergeDevices(
      this.#sketches,
      sketches,
      Number.MAX_SAFE_INTEGER,
    );
  }

  /**
   * How many different devices were seen at least: the count of the day that saw most, since hashes of two days cannot be
   * compared. `undefined` when no window said which devices it is made of.
   */
  get count(): number | undefined {
    if (!this.#sketches) return undefined;
    return Math.max(...this.#sketches.map(({ hashes }) => estimate(hashes)));
  }
}

function estimate(hashes: number[]): number {
  if (hashes.length < SKETCH_SIZE) return hashes.length;
  const largest = hashes[SKETCH_SIZE - 1] + 1;
  return Math.round(((SKETCH_SIZE - 1) * HASH_RANGE) / largest);
}

/** The sketches as they stand in a stored window: by day, eight hexadecimal digits for each hash. */
export function encodeDevices(
  sketches: DeviceSketch[],
): Record<string, string> {
  return Object.fromEntries(
    sketches.map(({ day, hashes }) => [
      String(day),
      hashes
        .map(hash => hash.toString(16).padStart(HEX_PER_HASH, '0'))
        .join(''),
    ]),
  );
}

/** Reads what {@link encodeDevices} wrote. */
export function decodeDevices(days: Record<string, string>): DeviceSketch[] {
  return Object.entries(days)
    .map(([day, text]) => ({ day: Number(day), hashes: hashesIn(text) }))
    .sort((a, b) => a.day - b.day);
}

function hashesIn(text: string): number[] {
  const hashes: number[] = [];
  for (let at = 0; at < text.length; at += HEX_PER_HASH)
    hashes.push(parseInt(text.slice(at, at + HEX_PER_HASH), 16));
  return hashes;
}

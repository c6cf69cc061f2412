import { randomBytes, randomFillSync } from 'node:crypto';

/** The only source of randomness: salts, keys and ids. */
export interface Chance {
  bytes(length: number): Uint8Array;
}

const pool = new Uint8Array(4096);
let used = pool.length;

/** Small amounts are drawn ahead, since each call to the generator costs more than the bytes. None is handed out twice. */
export const systemChance: Chance = {
  bytes(length) {
    if (length > 64) return randomBytes(length);
    if (used + length > pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + length);
    // Whoever reads this memory later must not find a salt or a key in it.
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  },
};

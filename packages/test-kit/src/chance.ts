import { createHash } from 'node:crypto';

/** The same bytes in every run: SHA-256 over the seed and a counter. Not random; for tests only. */
export function seededChance(seed: string = 'seed'): {
  bytes(length: number): Uint8Array;
} {
  let counter = 0;
  return {
    bytes(length) {
      const parts: Buffer[] = [];
      for (let have = 0; have < length; have += 32) {
        parts.push(createHash('sha256').update(`${seed}:${counter}`).digest());
        counter += 1;
      }
      return Buffer.concat(parts).subarray(0, length);
    },
  };
}

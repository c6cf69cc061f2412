import { randomBytes } from 'node:crypto';

/** The only source of randomness: salts, keys and ids. */
export interface Chance {
  bytes(length: number): Uint8Array;
}

export const systemChance: Chance = { bytes: length => randomBytes(length) };

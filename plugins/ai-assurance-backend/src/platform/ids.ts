import { ulid } from 'ulid';
import { Chance } from './chance';
import { Clock } from './clock';

/** Names new things. */
export interface Ids {
  /** A prefixed ULID such as `rel_01J…`: sortable by creation time, never reused. */
  next(prefix: string): string;
}

export function ulidIds(clock: Clock, chance: Chance): Ids {
  // ulid asks for a number in [0, 1); 32 random bits are enough for one of its 5-bit characters.
  const random = () => Buffer.from(chance.bytes(4)).readUInt32BE(0) / 2 ** 32;
  return { next: prefix => `${prefix}_${ulid(clock.nowMs(), random)}` };
}

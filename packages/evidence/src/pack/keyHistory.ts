import { z } from 'zod';
import { canonicalize } from '../canonical/canonicalize';
import { type KeyHandOver, verifyHandOver } from '../checkpoint/handOver';
import { NoteError } from '../checkpoint/note';

const FORMAT = 'ai-assurance-key-history/v1';
const MAX_KEYS = 1000;

/** A key of the log: from which head on it signs, and the note by which the key before handed over to it. @public */
export interface KeyRecord {
  readonly verifierKey: string;
  readonly fromSize: number;
  readonly handOver?: string | undefined;
}

const recordSchema = z.object({
  verifierKey: z.string().max(500),
  fromSize: z.int().positive(),
  handOver: z.string().max(4000).nullish(),
});

const historySchema = z.object({
  keys: z.array(recordSchema).max(MAX_KEYS),
});

/** The text of `key-history.json`: every key of the log, oldest first. @public */
export function writeKeyHistory(keys: readonly KeyRecord[]): string {
  return `${canonicalize({
    format: FORMAT,
    keys: keys.map(({ verifierKey, fromSize, handOver }) => ({
      verifierKey,
      fromSize,
      handOver: handOver ?? null,
    })),
  })}\n`;
}

/**
 * The hand-overs of a key history that hold, from a pack or from a server's `/ledger/keys`. What cannot be read or does not
 * hold is left out: it proves nothing. Nothing throws.
 * @public
 */
export function handOversOf(text: string): KeyHandOver[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  const parsed = historySchema.safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.keys.flatMap(({ handOver }) => {
    try {
      return handOver ? [verifyHandOver(handOver)] : [];
    } catch (error) {
      if (error instanceof NoteError) return [];
      throw error;
    }
  });
}

/**
 * The way from a trusted key to another key of the same log, over hand-overs that both keys of each signed; in either
 * direction, since both vouch. `undefined`: none of them leads there.
 * @public
 */
export function handOverPath(
  handOvers: readonly KeyHandOver[],
  from: string,
  to: string,
): KeyHandOver[] | undefined {
  const ways = new Map<string, KeyHandOver[]>([[from, []]]);
  for (const [key, way] of ways) {
    if (key === to) return way;
    for (const step of handOvers) {
      if (way.length > 0 && step.origin !== way[0].origin) continue;
      const next = otherKeyOf(step, key);
      if (next !== undefined && !ways.has(next)) ways.set(next, [...way, step]);
    }
  }
  return undefined;
}

function otherKeyOf(
  { oldKey, newKey }: KeyHandOver,
  key: string,
): string | undefined {
  if (oldKey === key) return newKey;
  return newKey === key ? oldKey : undefined;
}

import { parseCheckpointBody, parseSignedNote } from '@ai-assurance/evidence';
import { open, readFile, rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HeadToPublish, PublicationError, PublicationTarget } from './targets';

/**
 * Publishes heads to a file, replaced at once, and adds each to `<file>.history`, which only grows. What stands there is
 * compared with the log first: a ledger that was rewritten or rolled back is found even by this.
 */
export function fileTarget(settings: {
  path: string;
  everyMs: number;
}): PublicationTarget {
  const file = resolve(settings.path);
  return {
    name: `file:${settings.path}`,
    type: 'file',
    everyMs: settings.everyMs,
    async publish(head) {
      try {
        await compare(await heldIn(file), head);
        await add(`${file}.history`, `${head.checkpoint}\n`);
        const draft = `${file}.new`;
        await write(draft, head.checkpoint);
        await rename(draft, file);
      } catch (error) {
        if (error instanceof PublicationError) throw error;
        throw new PublicationError(
          'FILE_FAILED',
          `${file} could not be written: ${(error as Error).message}`,
        );
      }
      return { answer: undefined, heldSize: head.size };
    },
  };
}

async function heldIn(
  file: string,
): Promise<{ size: number; rootHash: string } | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parseCheckpointBody(parseSignedNote(text).body);
}

async function compare(
  held: { size: number; rootHash: string } | undefined,
  head: HeadToPublish,
): Promise<void> {
  if (!held) return;
  if (held.size > head.size) {
    throw new PublicationError(
      'LOG_ROLLED_BACK',
      `The published head has ${held.size} entries, the ledger has only ${head.size}: entries were taken away since, or an old database was restored.`,
    );
  }
  if ((await head.rootAt(held.size)) !== held.rootHash) {
    throw new PublicationError(
      'LOG_REWRITTEN',
      `The first ${held.size} entries of the ledger are not those that were published: the ledger was rewritten.`,
    );
  }
}

async function write(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function add(file: string, text: string): Promise<void> {
  const handle = await open(file, 'a', 0o644);
  try {
    await handle.appendFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

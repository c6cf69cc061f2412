import { createHash, hash as hashOnce } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  PACK_FILE_TIME_MS,
  PackFile,
  packFileNames,
  toHex,
} from '@ai-assurance/evidence';
import { DateTime } from 'luxon';
import { ZipFile } from 'yazl';

/** What was written: size and digest of the whole file. */
export interface WrittenPack {
  sizeBytes: number;
  fileDigest: string;
}

/** SHA-256 of Node.js for the pack writer: several times faster than plain JavaScript. */
export const nativeHashing = {
  hash: (bytes: Uint8Array): Uint8Array => hashOnce('sha256', bytes, 'buffer'),
  start: () => {
    const running = createHash('sha256');
    return {
      update: (bytes: Uint8Array) => void running.update(bytes),
      digest: (): Uint8Array => running.digest(),
    };
  },
};

/** The folder of exported packs. A pack is there whole or not at all. */
export class PackFolder {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Writes the ZIP of a pack in constant memory: `lines` become `evidence.ndjson`; after the last of them `rest` is asked for
   * the other files. Beside its place first, flushed, then moved there in one step: a crash leaves no half pack under the
   * name that the list of packs points to. Throws what `lines` or the disk throws; nothing stays behind then.
   */
  async write(
    packId: string,
    lines: AsyncIterable<Uint8Array>,
    rest: () => PackFile[],
  ): Promise<WrittenPack> {
    await mkdir(this.#directory, { recursive: true });
    const partial = `${this.pathOf(packId)}.partial`;
    const handle = await open(partial, 'wx', 0o600);
    try {
      const written = await this.#stream(handle, lines, rest);
      await handle.sync();
      await handle.close();
      await rename(partial, this.pathOf(packId));
      await this.#syncDirectory();
      return written;
    } catch (error) {
      await handle.close().catch(() => undefined); // Closed already when the move failed.
      await rm(partial, { force: true });
      throw error;
    }
  }

  async remove(packId: string): Promise<void> {
    await rm(this.pathOf(packId), { force: true });
  }

  /** Size of a pack's file; `undefined` when it is gone. */
  async sizeOf(packId: string): Promise<number | undefined> {
    try {
      return (await stat(this.pathOf(packId))).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  read(packId: string): Readable {
    return createReadStream(this.pathOf(packId));
  }

  pathOf(packId: string): string {
    // Ids are our own; this guards the folder should one ever come from elsewhere.
    if (!/^[A-Za-z0-9_-]+$/.test(packId))
      throw new Error(`Not the id of a pack: ${packId}`);
    return join(this.#directory, `${packId}.zip`);
  }

  async #stream(
    handle: FileHandle,
    lines: AsyncIterable<Uint8Array>,
    rest: () => PackFile[],
  ): Promise<WrittenPack> {
    // Stored, not compressed, all with the same instant: equal content gives equal bytes, in every time zone, and the
    // verifier can hold the container itself to one spelling.
    const entryOptions = {
      compress: false,
      mtime: DateTime.fromMillis(PACK_FILE_TIME_MS).toJSDate(),
      forceDosTimestamp: true,
      mode: 0o100644,
    };
    const zip = new ZipFile();
    const output = zip.outputStream as Readable;
    const fail = (error: Error) => output.destroy(error);
    zip.on('error', fail);
    const evidence = Readable.from(lines, { objectMode: false });
    evidence.on('error', fail);
    evidence.on('end', () => {
      try {
        for (const file of rest())
          zip.addBuffer(Buffer.from(file.bytes), file.name, entryOptions);
        zip.end();
      } catch (error) {
        fail(error as Error);
      }
    });
    zip.addReadStream(evidence, packFileNames.evidence, entryOptions);

    const digest = createHash('sha256');
    let sizeBytes = 0;
    try {
      for await (const part of output as AsyncIterable<Buffer>) {
        digest.update(part);
        sizeBytes += part.length;
        await handle.writeFile(part);
      }
    } finally {
      evidence.destroy(); // On a full disk nobody reads on; the ledger must not be read on either.
    }
    return { sizeBytes, fileDigest: `sha256:${toHex(digest.digest())}` };
  }

  async #syncDirectory(): Promise<void> {
    if (process.platform === 'win32') return; // Windows cannot open a folder to flush it.
    const folder = await open(this.#directory, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

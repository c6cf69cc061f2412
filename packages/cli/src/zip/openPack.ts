import type { PackFiles } from '@ai-assurance/evidence';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { UsageError } from '../words';
import {
  centralRecord,
  dataDescriptor,
  endRecord,
  hasDescriptorBy,
  localHeader,
  type Stored,
} from './layout';

/** Everything that can be wrong with the container. Closed. */
export type ContainerFailureCode =
  | 'CONTAINER_UNREADABLE'
  | 'CONTAINER_NAME'
  | 'CONTAINER_HEADER'
  | 'CONTAINER_LAYOUT'
  | 'CONTAINER_CHECKSUM'
  | 'CONTAINER_TOO_LARGE';

export const containerFailureMeanings: Readonly<
  Record<ContainerFailureCode, string>
> = {
  CONTAINER_UNREADABLE:
    'The file is not a ZIP file, or was cut short or damaged.',
  CONTAINER_NAME: 'A file in the container has a name that no pack uses.',
  CONTAINER_HEADER:
    'A header of the container is not as the writer of packs writes it: it was changed, or another program wrote it.',
  CONTAINER_LAYOUT:
    'The container holds bytes that belong to no file, or its files overlap.',
  CONTAINER_CHECKSUM:
    'The data of a file do not match the checksum in the container.',
  CONTAINER_TOO_LARGE:
    'The container is larger, or has more files, than a pack can have.',
};

/** A container that is not that of a pack. */
export class ContainerError extends Error {
  readonly code: ContainerFailureCode;
  readonly where: string;

  constructor(code: ContainerFailureCode, where: string, message: string) {
    super(message);
    this.name = 'ContainerError';
    this.code = code;
    this.where = where;
  }
}

/** A pack whose container was checked to the last byte. MUST be closed. */
export interface OpenPack {
  readonly files: PackFiles;
  readonly sizeBytes: number;
  close(): Promise<void>;
}

const MAX_FILES = 102;
/** Beyond this ZIP needs another format, which packs do not use. */
const MAX_SIZE = 0xfffffffe;
const PIECE_LENGTH = 256 * 1024;
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Opens a pack and checks its container: every record is written again from what the directory says and compared, every
 * checksum is computed, and every byte of the file is accounted for. Throws {@link ContainerError}; UsageError when it is
 * no file; the system's error when it cannot be read.
 */
export async function openPack(path: string): Promise<OpenPack> {
  const handle = await open(path, 'r');
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) {
      throw new UsageError(`${path} is a folder, not a pack`);
    }
    if (!stat.isFile()) {
      throw new UsageError(`${path} is not a file that can be read twice`);
    }
    const { size } = stat;
    if (size > MAX_SIZE)
      throw new ContainerError(
        'CONTAINER_TOO_LARGE',
        'the file',
        `It has ${size} bytes`,
      );
    const stored = await readDirectory(handle);
    await checkBytes(handle, stored, size);
    const byName = new Map(stored.map(file => [file.name, file]));
    return {
      files: {
        names: stored.map(file => file.name),
        read(name) {
          const file = byName.get(name);
          if (!file) throw new Error(`There is no ${name} in the pack`);
          return piecesOf(handle, dataStart(file), file.size);
        },
      },
      sizeBytes: size,
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** What the directory at the end says, parsed by yauzl. */
async function readDirectory(handle: FileHandle): Promise<Stored[]> {
  try {
    const entries = await entriesOf(handle.fd);
    const names = new Set<string>();
    return entries.map(entry => {
      const name = entry.fileName;
      if (!PLAIN_NAME.test(name))
        throw new ContainerError(
          'CONTAINER_NAME',
          JSON.stringify(name),
          'It is not a plain file name',
        );
      if (names.has(name))
        throw new ContainerError(
          'CONTAINER_NAME',
          name,
          'Two files have this name',
        );
      names.add(name);
      const hasDescriptor = hasDescriptorBy(entry.generalPurposeBitFlag);
      if (
        hasDescriptor === undefined ||
        entry.compressionMethod !== 0 ||
        entry.compressedSize !== entry.uncompressedSize
      ) {
        throw new ContainerError(
          'CONTAINER_HEADER',
          `directory record of ${name}`,
          'It is compressed, encrypted or written by another program',
        );
      }
      return {
        name,
        crc32: entry.crc32,
        size: entry.uncompressedSize,
        offset: entry.relativeOffsetOfLocalHeader,
        hasDescriptor,
      };
    });
  } catch (error) {
    // What names a system call is the disk's trouble, not the pack's.
    const { message, syscall } = error as NodeJS.ErrnoException;
    if (error instanceof ContainerError || syscall !== undefined) throw error;
    throw new ContainerError(
      'CONTAINER_UNREADABLE',
      'the file',
      message.replace(/\.$/, ''),
    );
  }
}

function entriesOf(fd: number): Promise<yauzl.Entry[]> {
  return new Promise((resolve, reject) => {
    const options = {
      lazyEntries: true,
      autoClose: false,
      strictFileNames: true,
      validateEntrySizes: true,
    };
    yauzl.fromFd(fd, options, (error, zip) => {
      if (error || !zip) {
        reject(error ?? new Error('Not a ZIP file'));
        return;
      }
      if (zip.entryCount > MAX_FILES) {
        reject(
          new ContainerError(
            'CONTAINER_TOO_LARGE',
            'the end record',
            `It claims ${zip.entryCount} files`,
          ),
        );
        return;
      }
      const entries: yauzl.Entry[] = [];
      zip.on('error', reject);
      zip.on('end', () => resolve(entries));
      zip.on('entry', (entry: yauzl.Entry) => {
        entries.push(entry);
        zip.readEntry();
      });
      zip.readEntry();
    });
  });
}

/** Walks the file from its first byte to its last; each must be the one that belongs there. */
async function checkBytes(
  handle: FileHandle,
  stored: Stored[],
  fileSize: number,
): Promise<void> {
  let at = 0;
  const expect = async (bytes: Buffer, where: string) => {
    await expectBytes(handle, at, bytes, where);
    at += bytes.length;
  };
  for (const file of stored) {
    if (file.offset !== at) {
      throw new ContainerError(
        'CONTAINER_LAYOUT',
        file.name,
        `It should begin at byte ${at}, the directory says ${file.offset}`,
      );
    }
    await expect(localHeader(file), `header of ${file.name}`);
    if (at + file.size > fileSize)
      throw new ContainerError(
        'CONTAINER_LAYOUT',
        file.name,
        'It goes on beyond the end of the container',
      );
    const actual = await checksumOf(handle, at, file.size);
    if (actual !== file.crc32) {
      throw new ContainerError(
        'CONTAINER_CHECKSUM',
        file.name,
        `Its CRC-32 is ${hex(actual)}, the container says ${hex(file.crc32)}`,
      );
    }
    at += file.size;
    await expect(dataDescriptor(file), `record after ${file.name}`);
  }
  const directoryOffset = at;
  for (const file of stored)
    await expect(centralRecord(file), `directory record of ${file.name}`);
  await expect(
    endRecord({
      count: stored.length,
      directorySize: at - directoryOffset,
      directoryOffset,
    }),
    'end record',
  );
  if (at !== fileSize)
    throw new ContainerError(
      'CONTAINER_LAYOUT',
      `byte ${at}`,
      `${fileSize - at} bytes follow the end of the container`,
    );
}

async function expectBytes(
  handle: FileHandle,
  at: number,
  expected: Buffer,
  where: string,
): Promise<void> {
  if (expected.length === 0) return;
  const actual = Buffer.alloc(expected.length);
  const { bytesRead } = await handle.read(actual, 0, actual.length, at);
  const length = Math.min(bytesRead, expected.length);
  let same = 0;
  while (same < length && actual[same] === expected[same]) same += 1;
  if (same < expected.length) {
    throw new ContainerError(
      'CONTAINER_HEADER',
      `${where}, byte ${at + same} of the file`,
      'It is not the byte that the writer of packs puts there',
    );
  }
}

async function checksumOf(
  handle: FileHandle,
  start: number,
  size: number,
): Promise<number> {
  let checksum = 0;
  for await (const piece of piecesOf(handle, start, size))
    checksum = crc32(piece, checksum);
  return checksum;
}

async function* piecesOf(
  handle: FileHandle,
  start: number,
  size: number,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  while (done < size) {
    const piece = Buffer.alloc(Math.min(PIECE_LENGTH, size - done));
    const { bytesRead } = await handle.read(
      piece,
      0,
      piece.length,
      start + done,
    );
    if (bytesRead === 0)
      throw new Error('The file became shorter while it was read');
    done += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

function dataStart(file: Stored): number {
  return file.offset + localHeader(file).length;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

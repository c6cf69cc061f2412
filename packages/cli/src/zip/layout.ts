import { PACK_FILE_MODE } from '@ai-assurance/evidence';

/**
 * The ZIP records of a pack, byte for byte. A pack's container says nothing that the signed manifest does not say: stored
 * files, one fixed time, no comments, no extra fields. So a verifier can write every record itself and compare, and no
 * byte of the file is left unchecked. It is what yazl writes with `compress: false`, `forceDosTimestamp: true`, the
 * mode PACK_FILE_MODE and the time PACK_FILE_TIME_MS.
 */

/** What a record is written from. */
export interface Stored {
  name: string;
  crc32: number;
  size: number;
  offset: number;
  /** Whether size and checksum follow the data, as they do when a file was streamed. */
  hasDescriptor: boolean;
}

const UTF8_NAMES = 0x0800;
const DESCRIPTOR_FOLLOWS = 0x0008;
const VERSION_NEEDED = 20;
const MADE_BY_UNIX_6_3 = 0x033f;
const DOS_TIME_MIDNIGHT = 0;
const DOS_DATE_1980_01_01 = 0x0021;

export const LOCAL_HEADER_LENGTH = 30;
export const CENTRAL_RECORD_LENGTH = 46;
export const END_RECORD_LENGTH = 22;
export const DESCRIPTOR_LENGTH = 16;

/** Flags with which a file may be stored; others mean encryption, compression or another writer. */
export function hasDescriptorBy(flags: number): boolean | undefined {
  if (flags === UTF8_NAMES) return false;
  return flags === UTF8_NAMES + DESCRIPTOR_FOLLOWS ? true : undefined;
}

function flagsOf(file: Stored): number {
  return file.hasDescriptor ? UTF8_NAMES + DESCRIPTOR_FOLLOWS : UTF8_NAMES;
}

/** The record before a file's data. */
export function localHeader(file: Stored): Buffer {
  const name = Buffer.from(file.name, 'utf8');
  const record = Buffer.alloc(LOCAL_HEADER_LENGTH);
  record.writeUInt32LE(0x04034b50, 0);
  record.writeUInt16LE(VERSION_NEEDED, 4);
  record.writeUInt16LE(flagsOf(file), 6);
  record.writeUInt16LE(0, 8); // stored
  record.writeUInt16LE(DOS_TIME_MIDNIGHT, 10);
  record.writeUInt16LE(DOS_DATE_1980_01_01, 12);
  record.writeUInt32LE(file.hasDescriptor ? 0 : file.crc32, 14);
  record.writeUInt32LE(file.hasDescriptor ? 0 : file.size, 18);
  record.writeUInt32LE(file.hasDescriptor ? 0 : file.size, 22);
  record.writeUInt16LE(name.length, 26);
  return Buffer.concat([record, name]);
}

/** The record after a streamed file's data; empty for others. */
export function dataDescriptor(file: Stored): Buffer {
  if (!file.hasDescriptor) return Buffer.alloc(0);
  const record = Buffer.alloc(DESCRIPTOR_LENGTH);
  record.writeUInt32LE(0x08074b50, 0);
  record.writeUInt32LE(file.crc32, 4);
  record.writeUInt32LE(file.size, 8);
  record.writeUInt32LE(file.size, 12);
  return record;
}

/** The file's record in the directory at the end. */
export function centralRecord(file: Stored): Buffer {
  const name = Buffer.from(file.name, 'utf8');
  const record = Buffer.alloc(CENTRAL_RECORD_LENGTH);
  record.writeUInt32LE(0x02014b50, 0);
  record.writeUInt16LE(MADE_BY_UNIX_6_3, 4);
  record.writeUInt16LE(VERSION_NEEDED, 6);
  record.writeUInt16LE(flagsOf(file), 8);
  record.writeUInt16LE(0, 10); // stored
  record.writeUInt16LE(DOS_TIME_MIDNIGHT, 12);
  record.writeUInt16LE(DOS_DATE_1980_01_01, 14);
  record.writeUInt32LE(file.crc32, 16);
  record.writeUInt32LE(file.size, 20);
  record.writeUInt32LE(file.size, 24);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt32LE(PACK_FILE_MODE * 0x10000, 38);
  record.writeUInt32LE(file.offset, 42);
  return Buffer.concat([record, name]);
}

/** The record that ends the file. */
export function endRecord(input: {
  count: number;
  directorySize: number;
  directoryOffset: number;
}): Buffer {
  const record = Buffer.alloc(END_RECORD_LENGTH);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(input.count, 8);
  record.writeUInt16LE(input.count, 10);
  record.writeUInt32LE(input.directorySize, 12);
  record.writeUInt32LE(input.directoryOffset, 16);
  return record;
}

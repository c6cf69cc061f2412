import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { tmpdir } from 'node:os';

/** What a file of samples may cost. */
export interface FileLimits {
  bytes: number;
  rows: number;
  columns: number;
  /** Of one record of a CSV file. */
  recordCharacters: number;
  /** Of one page of a Parquet file, packed and unpacked. */
  pageBytes: number;
  timeoutMs: number;
  /** Of the thread that reads one. */
  memoryMebibytes: number;
  /** Where a Parquet file is put while it is read: its parts are not in the order in which they are needed. */
  directory: string;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: FileLimits = {
  bytes: 1024 * mebibyte,
  rows: 50_000_000,
  columns: 2000,
  recordCharacters: mebibyte,
  pageBytes: 64 * mebibyte,
  timeoutMs: 10 * 60_000,
  memoryMebibytes: 192,
  directory: tmpdir(),
};

/** Reads `aiAssurance.drift.files`. Throws `InputError` for what is no limit. */
export function readFileLimits(root: Config): FileLimits {
  const config = root.getOptionalConfig('aiAssurance.drift.files');
  const whole = (key: string, otherwise: number, most: number, least = 1) => {
    const value = config?.getOptionalNumber(key) ?? otherwise;
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InputError(
        `aiAssurance.drift.files.${key}: must be a whole number from ${least} to ${most}`,
      );
    return value;
  };
  return {
    ...defaultLimits,
    bytes: whole('maxMebibytes', 1024, 16 * 1024) * mebibyte,
    rows: whole('maxRows', 50_000_000, 1_000_000_000),
    timeoutMs: config?.has('timeout')
      ? durationToMilliseconds(
          readDurationFromConfig(config, { key: 'timeout' }),
        )
      : defaultLimits.timeoutMs,
    memoryMebibytes: whole(
      'maxMemoryMebibytes',
      defaultLimits.memoryMebibytes,
      8192,
      64,
    ),
    directory:
      root.getOptionalString('backend.workingDirectory') ??
      defaultLimits.directory,
  };
}

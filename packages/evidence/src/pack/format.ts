/** Format of the packs that this release writes and reads. @public */
export const PACK_FORMAT = 'ai-assurance-pack/v1';

/** Names of the files in a pack. @public */
export const packFileNames = {
  evidence: 'evidence.ndjson',
  report: 'report.md',
  readme: 'README.txt',
  checkpoint: 'checkpoint.txt',
  verifierKey: 'verifier-key.txt',
  /** Only in packs of a log that changed its key. */
  keyHistory: 'key-history.json',
  manifest: 'manifest.json',
  manifestSignature: 'manifest.sig',
} as const;

/**
 * The instant that every file in the ZIP carries, so that equal content gives equal bytes. ZIP cannot say it; writers clamp
 * it to 1980-01-01 00:00:00, in every time zone.
 * @public
 */
export const PACK_FILE_TIME_MS = 0;

/** The Unix mode that every file in the ZIP carries: read by all, written by its owner. @public */
export const PACK_FILE_MODE = 0o100644;

/** One file of a pack, whole. @public */
export interface PackFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

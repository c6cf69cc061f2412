import {
  Hasher,
  RunningHash,
  sha256,
  startSha256,
  toHex,
  utf8,
} from '../bytes/bytes';
import { verifyCheckpoint } from '../checkpoint/checkpoint';
import type { NoteSigner } from '../checkpoint/note';
import { type PackEntry, writeEvidenceLine } from './evidenceLine';
import { PACK_FORMAT, type PackFile, packFileNames } from './format';
import { type KeyRecord, writeKeyHistory } from './keyHistory';
import { type PackManifest, signManifest, writeManifest } from './manifest';
import { PackTally } from './tally';
import { packReadme, packReport, type PackStory } from './texts';

/** Who exports what, and from which head of the log. `periodStart` and `periodEnd` are half-open, by observation. @public */
export interface PackFacts {
  readonly packId: string;
  readonly subject: string;
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly exportedBy: string;
  readonly exportedAt: string;
  /** The signed head that every proof in the pack leads to, verbatim. */
  readonly checkpoint: string;
  readonly verifierKey: string;
  /** Every key of the log, oldest first: lets those verify the pack who trust an earlier or later one. */
  readonly keyHistory?: readonly KeyRecord[];
}

/**
 * Writes a pack in constant memory: hand in each item in order of position and store the line it answers as
 * `evidence.ndjson`; then `finish` gives all other files, in the order in which they MUST follow in the ZIP.
 * @public
 */
export interface PackWriter {
  /** The item's line as UTF-8. Throws a RangeError when positions do not rise. */
  add(entry: PackEntry): Uint8Array;
  /**
   * The files after `evidence.ndjson`; signs the manifest. MUST be called once, last. Throws when the head is not signed by
   * the verifier key (NoteError) or the facts make no valid manifest.
   */
  finish(
    facts: PackFacts,
    signer: NoteSigner,
  ): { files: PackFile[]; manifest: PackManifest };
}

/** Begins a pack. A server hands in its native SHA-256. @public */
export function startPack(
  hashing: { hash?: Hasher; start?: () => RunningHash } = {},
): PackWriter {
  const hash = hashing.hash ?? sha256;
  const evidenceHash = (hashing.start ?? startSha256)();
  const tally = new PackTally();
  let evidenceSize = 0;
  let lastPosition = -1;

  return {
    add(entry) {
      if (entry.position <= lastPosition) {
        throw new RangeError(
          `Position ${entry.position} after ${lastPosition}: a pack lists items in order of position`,
        );
      }
      lastPosition = entry.position;
      tally.add(
        entry.position,
        JSON.parse(entry.leaf),
        entry.payload === null ? undefined : JSON.parse(entry.payload),
      );
      const line = utf8(writeEvidenceLine(entry));
      evidenceHash.update(line);
      evidenceSize += line.length;
      return line;
    },

    finish(facts, signer) {
      const log = verifyCheckpoint(facts.checkpoint, facts.verifierKey);
      const story: PackStory = {
        packId: facts.packId,
        subject: facts.subject,
        period: { start: facts.periodStart, end: facts.periodEnd },
        exportedBy: facts.exportedBy,
        exportedAt: facts.exportedAt,
        log,
        counts: tally.counts(),
      };
      const listed: PackFile[] = [
        { name: packFileNames.report, bytes: utf8(packReport(story, tally)) },
        {
          name: packFileNames.readme,
          bytes: utf8(packReadme(story, facts.verifierKey)),
        },
        { name: packFileNames.checkpoint, bytes: utf8(facts.checkpoint) },
        {
          name: packFileNames.verifierKey,
          bytes: utf8(`${facts.verifierKey}\n`),
        },
        ...historyOf(facts),
      ];
      const manifest: PackManifest = {
        ...story,
        format: PACK_FORMAT,
        files: [
          {
            name: packFileNames.evidence,
            size: evidenceSize,
            sha256: toHex(evidenceHash.digest()),
          },
          ...listed.map(file => ({
            name: file.name,
            size: file.bytes.length,
            sha256: toHex(hash(file.bytes)),
          })),
        ],
      };
      const manifestText = writeManifest(manifest);
      return {
        manifest,
        files: [
          ...listed,
          { name: packFileNames.manifest, bytes: utf8(manifestText) },
          {
            name: packFileNames.manifestSignature,
            bytes: utf8(signManifest(facts.packId, manifestText, signer)),
          },
        ],
      };
    },
  };
}

/** A log that never changed its key has no history to tell. */
function historyOf({ keyHistory = [] }: PackFacts): PackFile[] {
  if (keyHistory.length < 2) return [];
  return [
    {
      name: packFileNames.keyHistory,
      bytes: utf8(writeKeyHistory(keyHistory)),
    },
  ];
}

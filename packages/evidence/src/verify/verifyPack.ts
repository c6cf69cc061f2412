import { Hasher, RunningHash, sha256, startSha256 } from '../bytes/bytes';
import {
  fingerprintOf,
  hexOfKeyId,
  parseVerifierKey,
} from '../checkpoint/note';
import { idOfKey } from '../checkpoint/handOver';
import { packFileNames } from '../pack/format';
import type { PackFiles } from './reading';
import {
  Refusal,
  type UnreadableCount,
  type VerificationNotice,
  type VerificationFailure,
  type VerificationKey,
  type VerificationReport,
  type VerificationStep,
  type VerificationStepId,
} from './report';
import {
  type KnownHead,
  manifestOf,
  requireText,
  verifierKeyOfPack,
  verifyCounts,
  verifyFiles,
  verifyHead,
  verifyKnownHead,
  verifyManifestSignature,
  type Walk,
} from './steps';
import {
  type EvidenceCounts,
  unreadableOf,
  verifyEvidence,
} from './verifyEvidence';

/** What the verifier already holds, and how it hashes. @public */
export interface VerifyPackOptions {
  /**
   * The key the caller trusts, as one line or as its fingerprint (64 lower-case hexadecimal digits), which follows no
   * hand-over. Without it the pack's own key is used and the report says so.
   */
  readonly expectedVerifierKey?: string;
  /**
   * Keys of the log with their hand-overs, as the server's `/ledger/keys` answers them: for a pack that was signed with
   * another key of the log than the one you trust. A pack may bring the same itself.
   */
  readonly keyHistory?: string;
  readonly knownHead?: KnownHead;
  /** Native SHA-256 where there is one; the answer is the same. */
  readonly hashing?: {
    readonly hash: Hasher;
    readonly start: () => RunningHash;
  };
}

const titles: Record<VerificationStepId, string> = {
  manifest: 'The manifest is there and readable',
  key: 'The key can be read, and is the one you gave if you gave one',
  'manifest-signature': 'The manifest is signed by the key',
  files: 'Every file is the one that the manifest lists',
  checkpoint:
    'The head of the log is signed, and is the one the manifest names',
  evidence: 'Every item of evidence is in the log, unchanged',
  counts: 'There are as many items as the signer stated',
  'known-head': 'The log continues the head that you hold',
};

/**
 * Verifies a pack step by step, and stops at the first thing that is wrong. Needs no network, no server and no clock; the
 * memory used does not grow with the pack. A negative answer is a value; throws only when a file cannot be read at all.
 * The container (ZIP) is the caller's to check.
 * @public
 */
export async function verifyPack(
  files: PackFiles,
  options: VerifyPackOptions = {},
): Promise<VerificationReport> {
  const hash = options.hashing?.hash ?? sha256;
  const start = options.hashing?.start ?? startSha256;
  const walk: Partial<Walk> = {};
  const at = walk as Walk;
  let key: VerificationKey | undefined;
  let unreadable: UnreadableCount[] = [];

  const steps: [VerificationStepId, () => Promise<string>][] = [
    [
      'manifest',
      async () => {
        at.manifestText = await requireText(
          files,
          packFileNames.manifest,
          'MANIFEST_MISSING',
          'MANIFEST_MALFORMED',
        );
        at.manifest = manifestOf(at.manifestText);
        return `Pack ${at.manifest.packId} about ${at.manifest.subject}, ${at.manifest.period.start} to ${at.manifest.period.end}`;
      },
    ],
    [
      'key',
      async () => {
        const found = await verifierKeyOfPack(
          files,
          options.expectedVerifierKey,
          options.keyHistory,
        );
        at.verifierKey = found.verifierKey;
        at.handOvers = found.handOvers;
        const parsed = parseVerifierKey(at.verifierKey);
        const isTrusted = options.expectedVerifierKey !== undefined;
        key = {
          name: parsed.name,
          keyId: hexOfKeyId(parsed.keyId),
          fingerprint: fingerprintOf(parsed),
          isTrusted,
          ...(found.handOvers.length > 0 && {
            handedOverFrom: idOfKey(options.expectedVerifierKey!),
          }),
        };
        if (key.handedOverFrom !== undefined)
          return `${key.name}, key id ${
            key.keyId
          }: follows from the key you gave, ${key.handedOverFrom}, by ${
            found.handOvers.length
          } hand-over${
            found.handOvers.length === 1 ? '' : 's'
          } that both keys signed`;
        return isTrusted
          ? `${key.name}, key id ${key.keyId}: the key you gave`
          : `${key.name}, key id ${key.keyId}: taken from the pack itself. Whether it is the right key is for you to compare`;
      },
    ],
    [
      'manifest-signature',
      async () => {
        await verifyManifestSignature(files, at, hash);
        return `Signed by ${key!.name} (${key!.keyId})`;
      },
    ],
    [
      'files',
      async () => {
        await verifyFiles(files, at.manifest, start);
        return `${at.manifest.files.length} files, each with the SHA-256 of the manifest, and none beside`;
      },
    ],
    [
      'checkpoint',
      async () => {
        at.head = await verifyHead(files, at);
        return `${at.head.origin} at ${at.head.size} entries, root ${at.head.rootHash}`;
      },
    ],
    [
      'evidence',
      async () => {
        at.counts = await verifyEvidence(files, at.manifest, hash);
        unreadable = unreadableOf(at.counts.byType);
        return `${at.counts.evidence} items, of which ${
          at.counts.redacted
        } redacted${redactionWords(at.counts)}${unreadableWords(unreadable)}`;
      },
    ],
    [
      'counts',
      async () => {
        verifyCounts(at.manifest, at.counts);
        return `${at.counts.evidence} items, and as many of each kind`;
      },
    ],
  ];
  if (options.knownHead) {
    const known = options.knownHead;
    steps.push(['known-head', async () => verifyKnownHead(known, at, hash)]);
  }

  const done: VerificationStep[] = [];
  let failure: VerificationFailure | undefined;
  for (const [id, run] of steps) {
    if (failure) {
      done.push({
        id,
        title: titles[id],
        outcome: 'not-run',
        detail: 'Not checked: an earlier step failed',
      });
      continue;
    }
    try {
      done.push({
        id,
        title: titles[id],
        outcome: 'passed',
        detail: await run(),
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failure = error.failure;
      done.push({
        id,
        title: titles[id],
        outcome: 'failed',
        detail: failure.message,
      });
    }
  }
  const notices = noticesOf(walk.counts);
  return {
    ok: failure === undefined,
    steps: done,
    ...(failure && { failure }),
    ...(key && { key }),
    ...(walk.manifest && { manifest: walk.manifest }),
    ...(unreadable.length > 0 && { unreadable }),
    ...(notices.length > 0 && { notices }),
  };
}

function redactionWords({ redacted, explained }: EvidenceCounts): string {
  return redacted > 0 ? ` (${explained} with the evidence of it)` : '';
}

/** What is to be known although nothing is wrong. */
function noticesOf(counts: EvidenceCounts | undefined): VerificationNotice[] {
  if (!counts) return [];
  const notices: VerificationNotice[] = [
    {
      code: 'REDACTION_LATER',
      count: counts.redactedLater,
      message:
        'Redacted after the head of this pack was signed: the redaction evidence is not in this pack. Ask for a newer one.',
    },
    {
      code: 'REDACTION_UNEXPLAINED',
      count: counts.unexplained,
      message:
        'Redacted, and the redaction evidence is not in this pack: the entries are proven, why their payloads are gone is not.',
    },
  ];
  return notices.filter(({ count }) => count > 0);
}

const MAX_NAMED_TYPES = 10;

function unreadableWords(unreadable: readonly UnreadableCount[]): string {
  if (unreadable.length === 0) return '';
  const named = unreadable
    .slice(0, MAX_NAMED_TYPES)
    .map(({ type, count }) => `${count} of ${type}`);
  if (unreadable.length > named.length)
    named.push(`${unreadable.length - named.length} more types`);
  return `; kept, not readable by this release: ${named.join(', ')}`;
}

import { fromHex, Hasher, RunningHash, toHex } from '../bytes/bytes';
import { type Checkpoint, verifyCheckpoint } from '../checkpoint/checkpoint';
import type { KeyHandOver } from '../checkpoint/handOver';
import {
  fingerprintOf,
  NoteError,
  openNote,
  parseSignedNote,
  parseVerifierKey,
} from '../checkpoint/note';
import { verifyConsistency } from '../merkle/proofs';
import { packFileNames } from '../pack/format';
import { handOverPath, handOversOf } from '../pack/keyHistory';
import {
  manifestNoteBody,
  type PackManifest,
  readManifest,
} from '../pack/manifest';
import { type PackFiles, readText } from './reading';
import { Refusal, type VerificationFailureCode } from './report';
import type { EvidenceCounts } from './verifyEvidence';

/**
 * A signed head of the same log that the verifier kept, and the proof between it and the pack's head where their sizes
 * differ. Detects a log that was rewritten or cut short.
 * @public
 */
export interface KnownHead {
  readonly checkpoint: string;
  readonly consistencyProof?: readonly Uint8Array[];
}

/** What the steps hand to each other; filled from top to bottom. */
export interface Walk {
  manifestText: string;
  manifest: PackManifest;
  verifierKey: string;
  /** Hand-overs from the key that the caller trusts to that of the pack; empty when they are one. */
  handOvers: KeyHandOver[];
  head: Checkpoint;
  counts: EvidenceCounts;
}

export async function requireText(
  files: PackFiles,
  name: string,
  missing: VerificationFailureCode,
  malformed: VerificationFailureCode,
): Promise<string> {
  if (!files.names.includes(name))
    throw new Refusal(missing, name, `There is no ${name} in the pack`);
  return readText(files, name, malformed);
}

export function manifestOf(text: string): PackManifest {
  const refuse = (message: string) =>
    new Refusal('MANIFEST_MALFORMED', packFileNames.manifest, message);
  const manifest = readManifest(text);
  if (typeof manifest === 'string')
    throw refuse(`The manifest cannot be read: ${manifest}`);
  const names = manifest.files.map(file => file.name);
  if (new Set(names).size !== names.length)
    throw refuse('It lists a file twice');
  if (
    names.includes(packFileNames.manifest) ||
    names.includes(packFileNames.manifestSignature)
  ) {
    throw refuse('It lists itself or its own signature');
  }
  for (const needed of [
    packFileNames.evidence,
    packFileNames.checkpoint,
    packFileNames.verifierKey,
  ]) {
    if (!names.includes(needed)) throw refuse(`It does not list ${needed}`);
  }
  return manifest;
}

/** The key of the pack, and how it follows from the one that the caller trusts. */
export async function verifierKeyOfPack(
  files: PackFiles,
  expected: string | undefined,
  givenHistory: string | undefined,
): Promise<{ verifierKey: string; handOvers: KeyHandOver[] }> {
  const name = packFileNames.verifierKey;
  const isFingerprint = /^[0-9a-f]{64}$/.test(expected ?? '');
  if (expected !== undefined && !isFingerprint)
    readKey(expected, 'the key you gave');
  const text = await requireText(files, name, 'KEY_MISSING', 'KEY_MALFORMED');
  const own = text.endsWith('\n') ? text.slice(0, -1) : text;
  readKey(own, name);
  if (expected === undefined || own === expected)
    return { verifierKey: own, handOvers: [] };
  if (isFingerprint) {
    const fingerprint = fingerprintOf(parseVerifierKey(own));
    if (fingerprint === expected) return { verifierKey: own, handOvers: [] };
    throw new Refusal(
      'KEY_UNEXPECTED',
      name,
      `The pack names the key with the fingerprint ${fingerprint}, you trust ${expected}. To follow hand-overs, give the verifier key itself`,
    );
  }
  const history = files.names.includes(packFileNames.keyHistory)
    ? await readText(files, packFileNames.keyHistory, 'KEY_MALFORMED')
    : '';
  const way = handOverPath(
    [history, givenHistory ?? ''].flatMap(handOversOf),
    expected,
    own,
  );
  if (!way) {
    throw new Refusal(
      'KEY_UNEXPECTED',
      name,
      `The pack names ${own}, you trust ${expected}`,
    );
  }
  return { verifierKey: own, handOvers: way };
}

/** That the key of the pack signed in its time: not before it took over, and not once it was replaced. */
function requireInItsTime(at: Walk, head: Checkpoint, where: string): void {
  const last = at.handOvers[at.handOvers.length - 1];
  if (!last) return;
  const isNewer = last.newKey === at.verifierKey;
  if (isNewer ? head.size < last.fromSize : head.size >= last.fromSize) {
    throw new Refusal(
      'KEY_RETIRED',
      where,
      `The key of the pack signed ${isNewer ? 'from' : 'before'} the head of ${
        last.fromSize
      } entries ${isNewer ? 'on' : 'only'}, and this one has ${head.size}`,
    );
  }
}

function readKey(text: string, where: string): void {
  believing('KEY_MALFORMED', where, () => parseVerifierKey(text));
}

export async function verifyManifestSignature(
  files: PackFiles,
  at: Walk,
  hash: Hasher,
): Promise<void> {
  const name = packFileNames.manifestSignature;
  const text = await requireText(
    files,
    name,
    'MANIFEST_SIGNATURE',
    'MANIFEST_SIGNATURE',
  );
  believing('MANIFEST_SIGNATURE', name, () => {
    const body = openNote(text, at.verifierKey);
    // Nothing covers this file but the signature itself, so a line that no key answers for has no place in it.
    if (parseSignedNote(text).signatures.length !== 1)
      throw new NoteError(
        'NOTE_MALFORMED',
        'It carries more than one signature',
      );
    if (body !== manifestNoteBody(at.manifest.packId, at.manifestText, hash)) {
      throw new NoteError(
        'SIGNATURE_INVALID',
        'The signature is good, but over another manifest',
      );
    }
  });
}

export async function verifyFiles(
  files: PackFiles,
  manifest: PackManifest,
  start: () => RunningHash,
): Promise<void> {
  const listed = new Set<string>(manifest.files.map(file => file.name));
  const unlisted = files.names.filter(
    name =>
      !listed.has(name) &&
      name !== packFileNames.manifest &&
      name !== packFileNames.manifestSignature,
  );
  if (unlisted.length > 0)
    throw new Refusal(
      'FILE_UNLISTED',
      unlisted[0],
      'The manifest does not list this file',
    );
  if (new Set(files.names).size !== files.names.length)
    throw new Refusal('FILE_UNLISTED', files.names[0], 'A file is there twice');
  const order = [
    ...manifest.files.map(file => file.name),
    packFileNames.manifest,
    packFileNames.manifestSignature,
  ];
  const missing = order.find(name => !files.names.includes(name));
  if (missing !== undefined)
    throw new Refusal(
      'FILE_MISSING',
      missing,
      'The manifest lists this file, the pack has none',
    );
  const moved = files.names.findIndex((name, i) => name !== order[i]);
  if (moved >= 0)
    throw new Refusal(
      'FILE_ORDER',
      files.names[moved],
      `Here ${order[moved]} should stand`,
    );
  for (const file of manifest.files) {
    const running = start();
    let size = 0;
    for await (const part of files.read(file.name)) {
      running.update(part);
      size += part.length;
    }
    const actual = toHex(running.digest());
    if (size !== file.size)
      throw new Refusal(
        'FILE_DIGEST',
        file.name,
        `It has ${size} bytes, the manifest says ${file.size}`,
      );
    if (actual !== file.sha256)
      throw new Refusal(
        'FILE_DIGEST',
        file.name,
        `Its SHA-256 is ${actual}, the manifest says ${file.sha256}`,
      );
  }
}

export async function verifyHead(
  files: PackFiles,
  at: Walk,
): Promise<Checkpoint> {
  const name = packFileNames.checkpoint;
  const text = await readText(files, name, 'CHECKPOINT_SIGNATURE');
  const head = believing('CHECKPOINT_SIGNATURE', name, () =>
    verifyCheckpoint(text, at.verifierKey),
  );
  requireInItsTime(at, head, name);
  const { origin, size, rootHash } = at.manifest.log;
  if (
    head.origin !== origin ||
    head.size !== size ||
    head.rootHash !== rootHash
  ) {
    throw new Refusal(
      'ROOT_MISMATCH',
      name,
      `The head says ${head.origin}, ${head.size}, ${head.rootHash}; the manifest ${origin}, ${size}, ${rootHash}`,
    );
  }
  return head;
}

export function verifyCounts(
  manifest: PackManifest,
  counted: EvidenceCounts,
): void {
  const refuse = (what: string, found: number, stated: number) =>
    new Refusal(
      'COUNT',
      packFileNames.evidence,
      `${what}: the pack holds ${found}, the signer stated ${stated}`,
    );
  const { evidence, redacted, byType } = manifest.counts;
  if (counted.evidence !== evidence)
    throw refuse('Items', counted.evidence, evidence);
  if (counted.redacted !== redacted)
    throw refuse('Redacted items', counted.redacted, redacted);
  for (const type of new Set([
    ...counted.byType.keys(),
    ...Object.keys(byType),
  ])) {
    const found = counted.byType.get(type) ?? 0;
    const stated = Object.hasOwn(byType, type) ? byType[type] : 0;
    if (found !== stated) throw refuse(`Items of type ${type}`, found, stated);
  }
}

export function verifyKnownHead(
  known: KnownHead,
  at: Walk,
  hash: Hasher,
): string {
  const where = 'the head you hold';
  const held = believing('HEAD_MISMATCH', where, () =>
    verifyByAny(known.checkpoint, at),
  );
  const { head } = at;
  if (held.origin !== head.origin)
    throw new Refusal(
      'HEAD_MISMATCH',
      where,
      `It is of ${held.origin}, the pack of ${head.origin}`,
    );
  const [older, newer] = held.size <= head.size ? [held, head] : [head, held];
  if (older.size === newer.size) {
    if (older.rootHash !== newer.rootHash) {
      throw new Refusal(
        'HEAD_MISMATCH',
        where,
        `Two roots for ${held.size} entries: ${held.rootHash} and ${head.rootHash}`,
      );
    }
    return `It is the head you hold: ${held.size} entries`;
  }
  if (!known.consistencyProof) {
    throw new Refusal(
      'HEAD_UNPROVEN',
      where,
      `You hold ${held.size} entries, the pack ${head.size}; a consistency proof between them is needed`,
    );
  }
  const claim = {
    size1: older.size,
    root1: fromHex(older.rootHash)!,
    size2: newer.size,
    root2: fromHex(newer.rootHash)!,
    proof: known.consistencyProof,
  };
  if (!verifyConsistency(claim, hash)) {
    throw new Refusal(
      'HEAD_MISMATCH',
      where,
      `The ${newer.size} entries do not continue the ${older.size}`,
    );
  }
  return `${newer.size} entries continue ${older.size}`;
}

/** A head of the key of the pack, or of one of those that lead from the trusted key to it. */
function verifyByAny(checkpoint: string, at: Walk): Checkpoint {
  const keys = at.handOvers.flatMap(({ oldKey, newKey }) => [oldKey, newKey]);
  for (const key of keys) {
    try {
      return verifyCheckpoint(checkpoint, key);
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
    }
  }
  return verifyCheckpoint(checkpoint, at.verifierKey);
}

/** Runs what may throw NoteError and names its failure. */
function believing<T>(
  code: VerificationFailureCode,
  where: string,
  action: () => T,
): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof NoteError)
      throw new Refusal(code, where, error.message);
    throw error;
  }
}

import { fromHex, Hasher, utf8 } from '../bytes/bytes';
import { canonicalize } from '../canonical/canonicalize';
import { commitPayload, LEAF_FORMAT } from '../item/leaf';
import { isEvidenceType } from '../kinds/kinds';
import { leafHash } from '../merkle/tree';
import { verifyInclusion } from '../merkle/proofs';
import {
  MAX_LINE_LENGTH,
  type PackEntry,
  readEvidenceLine,
} from '../pack/evidenceLine';
import { packFileNames } from '../pack/format';
import type { PackManifest } from '../pack/manifest';
import { OpenRedactions } from './redactions';
import { linesOf, type PackFiles } from './reading';
import {
  Refusal,
  type UnreadableCount,
  type VerificationFailureCode,
} from './report';

interface LeafFacts {
  type: string;
  source: unknown;
  subject: string;
  time: string;
  payloadCommitment: string;
}

/** Counted while checking; compared with what the signer stated afterwards. */
export interface EvidenceCounts {
  evidence: number;
  redacted: number;
  byType: Map<string, number>;
  /** Redacted, and explained by evidence in the pack. */
  explained: number;
  /** Redacted after the head of the pack was signed. */
  redactedLater: number;
  /** Redacted without naming a redaction. */
  unexplained: number;
}

/** What is kept and proven, but cannot be read: written by a newer release. In order of type. */
export function unreadableOf(
  byType: Iterable<readonly [type: string, count: number]>,
): UnreadableCount[] {
  return [...byType]
    .filter(([type]) => !isEvidenceType(type))
    .map(([type, count]) => ({ type, count }))
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** Checks every line against the log's root. Throws Refusal at the first that does not hold. */
export async function verifyEvidence(
  files: PackFiles,
  manifest: PackManifest,
  hash: Hasher,
): Promise<EvidenceCounts> {
  const counts: EvidenceCounts = {
    evidence: 0,
    redacted: 0,
    byType: new Map(),
    explained: 0,
    redactedLater: 0,
    unexplained: 0,
  };
  const redactions = new OpenRedactions();
  const root = fromHex(manifest.log.rootHash)!;
  const period = {
    start: Date.parse(manifest.period.start),
    end: Date.parse(manifest.period.end),
  };
  let lastPosition = -1;
  for await (const line of linesOf(
    files,
    packFileNames.evidence,
    MAX_LINE_LENGTH,
  )) {
    const place = `${packFileNames.evidence}, line ${line.number}`;
    const entry = readEvidenceLine(line.text);
    if (typeof entry === 'string')
      throw new Refusal(
        'LINE_MALFORMED',
        place,
        `The line cannot be read: ${entry}`,
      );
    const where = `${place} (position ${entry.position})`;
    const refuse = (code: VerificationFailureCode, message: string) =>
      new Refusal(code, where, message);

    if (entry.position <= lastPosition)
      throw refuse(
        'ORDER',
        `It follows position ${lastPosition}; positions must rise`,
      );
    if (entry.position >= manifest.log.size)
      throw refuse('ORDER', `The log has only ${manifest.log.size} entries`);
    lastPosition = entry.position;

    const leaf = readLeaf(entry.leaf);
    if (typeof leaf === 'string')
      throw refuse(
        'LEAF_MISMATCH',
        `The entry is not as the log writes it: ${leaf}`,
      );
    if (!isCommitted(entry, leaf, hash)) {
      throw refuse(
        'PAYLOAD_COMMITMENT',
        'Salt and payload do not give the commitment that the entry holds',
      );
    }
    const claim = {
      leafHash: leafHash(utf8(entry.leaf), hash),
      index: entry.position,
      size: manifest.log.size,
      proof: entry.proof,
      root,
    };
    if (!verifyInclusion(claim, hash)) {
      throw refuse(
        'INCLUSION',
        `Its proof does not lead to the root of the ${manifest.log.size} entries`,
      );
    }
    if (leaf.subject !== manifest.subject)
      throw refuse(
        'SUBJECT',
        `It is about ${leaf.subject}, the pack about ${manifest.subject}`,
      );
    const time = Date.parse(leaf.time);
    const isWithin = time >= period.start && time < period.end;
    // What explains a redacted item of the period belongs to it, whenever it was recorded.
    if (!isWithin && !redactions.isAwaited(entry.position)) {
      throw refuse(
        'OUT_OF_PERIOD',
        `It was observed at ${leaf.time}, outside [${manifest.period.start}, ${manifest.period.end})`,
      );
    }

    counts.evidence += 1;
    if (entry.payload === null) {
      counts.redacted += 1;
      if (!entry.redaction) counts.unexplained += 1;
      else if (entry.redaction.position >= manifest.log.size)
        counts.redactedLater += 1;
      else if (entry.redaction.position <= entry.position)
        throw refuse(
          'REDACTION_UNPROVEN',
          `It is said to be redacted by ${entry.redaction.position}, which was recorded before it`,
        );
      else redactions.await(entry.position, entry.redaction.position);
    }
    if (redactions.isAwaited(entry.position)) {
      const problem = redactions.explain(entry, leaf);
      if (typeof problem === 'string')
        throw refuse('REDACTION_UNPROVEN', problem);
      counts.explained += problem;
    }
    counts.byType.set(leaf.type, (counts.byType.get(leaf.type) ?? 0) + 1);
  }
  const missing = redactions.first();
  if (missing)
    throw new Refusal(
      'REDACTION_UNPROVEN',
      `${packFileNames.evidence} (position ${missing.position})`,
      `It is said to be redacted by ${missing.redaction}, which is not in the pack`,
    );
  return counts;
}

/** Whether the payload is the committed one. A redacted payload has nothing to compare, and the entry still stands. */
function isCommitted(entry: PackEntry, leaf: LeafFacts, hash: Hasher): boolean {
  if (entry.payload === null || entry.salt === null) return true;
  return (
    commitPayload(fromHex(entry.salt)!, entry.payload, hash) ===
    leaf.payloadCommitment
  );
}

function readLeaf(text: string): LeafFacts | string {
  let leaf: Record<string, unknown>;
  try {
    leaf = JSON.parse(text);
    if (canonicalize(leaf) !== text) return 'it is not in canonical form';
  } catch {
    return 'it is not canonical JSON';
  }
  if (leaf === null || typeof leaf !== 'object') return 'it is no object';
  if (leaf.leafFormat !== LEAF_FORMAT)
    return `its format is not ${LEAF_FORMAT}`;
  const { type, source, subject, time, payloadCommitment } = leaf;
  if (
    typeof type !== 'string' ||
    typeof subject !== 'string' ||
    typeof time !== 'string' ||
    typeof payloadCommitment !== 'string'
  ) {
    return 'type, subject, time or payloadCommitment is missing';
  }
  return { type, source, subject, time, payloadCommitment };
}

import {
  fingerprintOf,
  hexOfKeyId,
  parseVerifierKey,
} from '../checkpoint/note';
import type { PackManifest } from './manifest';
import type { PackTally } from './tally';

/** What the readable files of a pack are about. */
export type PackStory = Omit<PackManifest, 'format' | 'files'>;

/** `report.md`: what is in the pack, for a person. */
export function packReport(story: PackStory, tally: PackTally): string {
  const { evidence, redacted } = story.counts;
  const items = evidence === 1 ? '1 item' : `${evidence} items`;
  return `# Audit pack ${story.packId}

Evidence about \`${story.subject}\`, observed from ${
    story.period.start
  } up to, not including, ${story.period.end}:
${items}, of which ${redacted} redacted. Exported by \`${
    story.exportedBy
  }\` at ${story.exportedAt}.

It comes from the log \`${story.log.origin}\` at ${
    story.log.size
  } entries, root hash \`${story.log.rootHash}\`.

${tally.sections()}
## How to read this

Each kind is one kind of statement of fact; a verdict counts under the name it was recorded with. *Inconclusive* means that
there was no data, too little or too old: never a pass. This page is a summary made at export; what is proven is
\`evidence.ndjson\`. \`README.txt\` tells how to verify it without trusting whoever handed it to you.
`;
}

/** `README.txt`: how a stranger verifies the pack. */
export function packReadme(story: PackStory, verifierKey: string): string {
  const key = parseVerifierKey(verifierKey);
  return `Audit pack ${story.packId}: evidence about ${story.subject}

VERIFY
  ai-assurance verify <this file>.zip --key '<verifier key>'

ai-assurance is the command of the package @ai-assurance/cli of AI Assurance for Backstage, which runs on Node.js. It needs no network and no server. Get the verifier key from somebody you trust, not from this pack: with the key in
verifier-key.txt alone you learn that the pack is whole, not who made it. The key that signed this pack says it is
  name         ${key.name}
  key id       ${hexOfKeyId(key.keyId)}
  fingerprint  ${fingerprintOf(key)}  (SHA-256 of the 32-byte Ed25519 key)

WHAT VERIFICATION PROVES
  - manifest.sig signs manifest.json, which holds the SHA-256 of every other file.
  - checkpoint.txt is a signed head of the log (C2SP tlog-checkpoint): size and root hash of a Merkle tree (RFC 6962).
  - Each line of evidence.ndjson is in that tree, at its position, unchanged.
  - Each payload is the one its entry committed to. A redacted payload is left out; the entry is still proven.

WHAT IT DOES NOT PROVE
  - That no item of the period was left out: the number of items is the exporter's signed statement. Positions come from
    one log for all subjects, so gaps between them are normal.
  - That a statement was true when it was recorded: see its source, collector and window.

BY HAND
  leaf hash   SHA-256(0x00, leaf)
  node hash   SHA-256(0x01, left, right)
  commitment  SHA-256("ai-assurance-payload/v1", newline, 32 bytes of salt, payload), named payloadCommitment in the leaf
  proof       sibling hashes in base64, from the leaf upwards
  signatures  C2SP signed-note, Ed25519
`;
}

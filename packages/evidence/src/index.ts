/**
 * Evidence: its kinds, canonical form, Merkle log, signed heads, packs and offline verification.
 * Isomorphic: no input or output, no clock, no Backstage.
 *
 * @packageDocumentation
 */
export * from './bytes/bytes';
export {
  CanonicalError,
  canonicalize,
  MAX_CANONICAL_DEPTH,
  type CanonicalErrorCode,
} from './canonical/canonicalize';
export {
  appendToFrontier,
  emptyFrontier,
  emptyRoot,
  foldNodes,
  growTree,
  frontierNodes,
  frontierRoot,
  leafHash,
  nodeHash,
  rootOf,
  type Frontier,
  type GrowingTree,
  type NodeRef,
  type TreeNode,
} from './merkle/tree';
export {
  assembleProof,
  consistencyPath,
  inclusionPath,
  verifyConsistency,
  verifyInclusion,
  type ProofStep,
} from './merkle/proofs';
export {
  fingerprintOf,
  hexOfKeyId,
  keyIdOf,
  NoteError,
  openNote,
  parseSignedNote,
  parseVerifierKey,
  readSignatureLine,
  signerFromSeed,
  signNote,
  verifierKeyOf,
  type NoteErrorCode,
  type NoteSignature,
  type NoteSigner,
  type SignedNote,
  type VerifierKey,
} from './checkpoint/note';
export {
  cosignedBytes,
  parseWitnessKey,
  verifyCosignature,
  witnessKeyOf,
} from './checkpoint/cosignature';
export {
  idOfKey,
  signHandOver,
  verifyHandOver,
  type KeyHandOver,
} from './checkpoint/handOver';
export {
  checkpointBody,
  parseCheckpointBody,
  verifyCheckpoint,
  type Checkpoint,
} from './checkpoint/checkpoint';
export {
  formatTlogProof,
  OpenedCheckpoint,
  parseTlogProof,
  verifyTlogProof,
  type TlogProof,
} from './checkpoint/tlogProof';
export {
  COMMITMENT_FORMAT,
  commitPayload,
  LEAF_FORMAT,
  leafFrom,
  leafFromTexts,
  leafHasher,
  leafOf,
  SALT_LENGTH,
  type LeafHasher,
  type LeafParts,
} from './item/leaf';
export { evidenceItemSchema, type EvidenceItem } from './item/item';
export {
  MAX_ITEM_LENGTH,
  readEvidenceItem,
  type ItemProblemCode,
  type ItemReading,
  type ItemTexts,
} from './item/read';
export {
  codeSchema,
  digestSchema,
  entityRefSchema,
  envelopeSchema,
  instantSchema,
  segmentSchema,
  type Envelope,
  type Segment,
} from './item/envelope';
export {
  evidenceKinds,
  evidenceTitles,
  isEvidenceType,
  meaningOf,
  titleOf,
  writerOf,
  type EvidenceType,
  type PayloadOf,
} from './kinds/kinds';
export {
  PACK_FILE_MODE,
  PACK_FILE_TIME_MS,
  PACK_FORMAT,
  packFileNames,
  type PackFile,
} from './pack/format';
export {
  MAX_LINE_LENGTH,
  readEvidenceLine,
  writeEvidenceLine,
  type PackEntry,
} from './pack/evidenceLine';
export {
  manifestNoteBody,
  packManifestSchema,
  readManifest,
  signManifest,
  writeManifest,
  type PackManifest,
} from './pack/manifest';
export {
  handOverPath,
  handOversOf,
  writeKeyHistory,
  type KeyRecord,
} from './pack/keyHistory';
export { startPack, type PackFacts, type PackWriter } from './pack/writer';
export { verifyPack, type VerifyPackOptions } from './verify/verifyPack';
export {
  ITEM_VERIFICATION_STEPS,
  readProvenItem,
  verifyItem,
  type ItemStepResult,
  type ItemVerification,
  type ItemVerificationStep,
  type ProvenItem,
} from './verify/verifyItem';
export { type PackFiles } from './verify/reading';
export {
  readStoredItem,
  type StoredItem,
  type StoredProblemCode,
  type StoredReading,
} from './verify/readStored';
export { type KnownHead } from './verify/steps';
export {
  verificationFailureMeanings,
  type UnreadableCount,
  type VerificationFailure,
  type VerificationFailureCode,
  type VerificationKey,
  type VerificationNotice,
  type VerificationReport,
  type VerificationStep,
  type VerificationStepId,
} from './verify/report';
export { type EvidenceWriter, type StatedVerdict } from './kinds/parts';

import type { PackManifest } from '../pack/manifest';

/**
 * Everything that can be wrong with a pack. Closed: a new way to fail is a new code.
 * @public
 */
export type VerificationFailureCode =
  | 'MANIFEST_MISSING'
  | 'MANIFEST_MALFORMED'
  | 'KEY_MISSING'
  | 'KEY_MALFORMED'
  | 'KEY_UNEXPECTED'
  | 'KEY_RETIRED'
  | 'MANIFEST_SIGNATURE'
  | 'FILE_MISSING'
  | 'FILE_UNLISTED'
  | 'FILE_ORDER'
  | 'FILE_DIGEST'
  | 'CHECKPOINT_SIGNATURE'
  | 'ROOT_MISMATCH'
  | 'LINE_MALFORMED'
  | 'ORDER'
  | 'PAYLOAD_COMMITMENT'
  | 'LEAF_MISMATCH'
  | 'SUBJECT'
  | 'OUT_OF_PERIOD'
  | 'INCLUSION'
  | 'REDACTION_UNPROVEN'
  | 'COUNT'
  | 'HEAD_MISMATCH'
  | 'HEAD_UNPROVEN';

/** What each failure means, in a sentence for people. @public */
export const verificationFailureMeanings: Readonly<
  Record<VerificationFailureCode, string>
> = {
  MANIFEST_MISSING:
    'The pack does not say what it should contain, so nothing in it can be trusted.',
  MANIFEST_MALFORMED: 'The manifest cannot be read as this release writes it.',
  KEY_MISSING: 'There is no key to check the signatures with.',
  KEY_MALFORMED: 'The key is not a verifier key.',
  KEY_UNEXPECTED:
    'The pack was made with another key than the one you trust, and no hand-over leads from yours to it.',
  KEY_RETIRED:
    'The pack was signed with a key outside the time in which the log signed with it.',
  MANIFEST_SIGNATURE:
    'The manifest was changed after it was signed, or somebody else signed it.',
  FILE_MISSING: 'A file that belongs to the pack was taken out.',
  FILE_UNLISTED: 'A file was put into the pack that the signer never listed.',
  FILE_ORDER: 'The files stand in another order than the signer listed.',
  FILE_DIGEST: 'A file was changed after the manifest was signed.',
  CHECKPOINT_SIGNATURE: 'The head of the log is not signed by the key.',
  ROOT_MISMATCH:
    'The manifest and the signed head speak of different states of the log.',
  LINE_MALFORMED: 'A line of the evidence cannot be read.',
  ORDER:
    'The evidence is out of order, repeated, or beyond the end of the log.',
  PAYLOAD_COMMITMENT: 'The payload is not the one that was recorded.',
  LEAF_MISMATCH: 'The recorded entry is not written as an entry of the log is.',
  SUBJECT: 'An item is about another subject than the pack.',
  OUT_OF_PERIOD: 'An item was observed outside the period of the pack.',
  INCLUSION: 'An item is not in the log at its position, or was changed.',
  REDACTION_UNPROVEN:
    'A payload is left out as redacted, but the evidence of that redaction is not in the pack.',
  COUNT: 'The pack holds another number of items than its signer stated.',
  HEAD_MISMATCH:
    'The log was rewritten or cut short since the head that you hold was signed.',
  HEAD_UNPROVEN:
    'Nothing shows that the log of the pack continues the head that you hold.',
};

/** One thing wrong, the first that was met: what, where, and in words. @public */
export interface VerificationFailure {
  readonly code: VerificationFailureCode;
  /** File, and line where there is one: `evidence.ndjson, line 12`. */
  readonly where: string;
  readonly message: string;
}

/** Names of the steps, in their order. @public */
export type VerificationStepId =
  | 'manifest'
  | 'key'
  | 'manifest-signature'
  | 'files'
  | 'checkpoint'
  | 'evidence'
  | 'counts'
  | 'known-head';

/** One step. `detail` says what was found; steps after a failure are not run, and say so. @public */
export interface VerificationStep {
  readonly id: VerificationStepId;
  readonly title: string;
  readonly outcome: 'passed' | 'failed' | 'not-run';
  readonly detail: string;
}

/** The key that the signatures were checked with. @public */
export interface VerificationKey {
  readonly name: string;
  readonly keyId: string;
  readonly fingerprint: string;
  /** Whether the caller named this key. If not, it came from the pack itself: whole, but by whom is not proven. */
  readonly isTrusted: boolean;
  /** Id of the key that the caller trusts, where it is another one and hand-overs lead from it to this key. */
  readonly handedOverFrom?: string;
}

/**
 * How many items there are of a type that this release cannot read, because a newer one wrote them. They are checked like all
 * others: their hashes and proofs hold, and only what they say stays closed.
 * @public
 */
export interface UnreadableCount {
  readonly type: string;
  readonly count: number;
}

/**
 * Something to know although nothing is wrong: `REDACTION_LATER`, redacted after the head of the pack was signed, and
 * `REDACTION_UNEXPLAINED`, left out without naming a redaction. In both the entries are proven, and why the payload is gone is not.
 * @public
 */
export interface VerificationNotice {
  readonly code: 'REDACTION_LATER' | 'REDACTION_UNEXPLAINED';
  readonly count: number;
  readonly message: string;
}

/** What came out. `ok` only when every step passed. The same pack and options always give the same report. @public */
export interface VerificationReport {
  readonly ok: boolean;
  readonly steps: readonly VerificationStep[];
  readonly failure?: VerificationFailure;
  readonly key?: VerificationKey;
  /** As the signer stated it; to be believed only when `ok`. */
  readonly manifest?: PackManifest;
  /** Kept and checked, but not readable by this release; left out when there is none. In order of type. */
  readonly unreadable?: readonly UnreadableCount[];
  /** Left out when there is none. */
  readonly notices?: readonly VerificationNotice[];
}

/** Internal: stops the walk at the first thing that is wrong. */
export class Refusal extends Error {
  readonly failure: VerificationFailure;

  constructor(code: VerificationFailureCode, where: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.failure = { code, where, message };
  }
}

import { PublicationType } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { LedgerHead } from '../types';

/** A head to be published, and how to prove that it continues what a target holds. */
export interface HeadToPublish extends LedgerHead {
  /** Proof from the log of `oldSize` entries. */
  proofFrom(oldSize: number): Promise<Uint8Array[]>;
  /** Root of the log as it was with `oldSize` entries, hexadecimal. */
  rootAt(oldSize: number): Promise<string>;
}

/** Somewhere outside the database where heads are published. */
export interface PublicationTarget {
  name: string;
  type: PublicationType;
  everyMs: number;
  /**
   * Publishes a head; `heldSize` is what the target was known to hold. Answers what came back and what it holds now. Throws
   * {@link PublicationError}.
   */
  publish(
    head: HeadToPublish,
    heldSize: number,
  ): Promise<{ answer: string | undefined; heldSize: number }>;
}

/** Why a head could not be published. The first two mean that somebody has to look at once. */
export type PublicationCode =
  | 'LOG_REWRITTEN'
  | 'LOG_ROLLED_BACK'
  | 'UNREACHABLE'
  | 'REFUSED'
  | 'UNKNOWN_LOG'
  | 'KEY_NOT_TRUSTED'
  | 'BAD_ANSWER'
  | 'FILE_FAILED';

export const alarmCodes: PublicationCode[] = [
  'LOG_REWRITTEN',
  'LOG_ROLLED_BACK',
];

/** A publication that failed; `code` says why. */
export class PublicationError extends Error {
  readonly code: PublicationCode;

  constructor(code: PublicationCode, message: string) {
    super(message);
    this.name = 'PublicationError';
    this.code = code;
  }
}

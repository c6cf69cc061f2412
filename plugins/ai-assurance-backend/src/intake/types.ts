import { IngestResult } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { GoodReading, ReadItem } from '../ledger';

/** What became of one item. */
export type ItemResult = IngestResult['results'][number];

/** One item as it came in: a value that was parsed, or bytes that could not be. */
export type Arrival =
  | {
      value: unknown;
      /** The text it was parsed from, where that is at hand; otherwise it is written anew if it has to be kept. */
      text?: string;
    }
  | {
      /** Bytes that are no item, with the reason. */
      bytes: Uint8Array;
      code: string;
      message: string;
      /** Bytes as they came in all, when only their beginning is given. */
      sizeBytes?: number;
      /** Digest of all of them, `sha256:…`, when only their beginning is given. */
      digest?: string;
    };

/** An item that was read already, and how it is read again. */
export interface ReadArrival {
  read: ReadItem;
  again(): Arrival;
}

/** Who sends evidence, by which way, and what they may. Made anew for each request: what it remembers is not for long. */
export interface Sender {
  /** `http`, `events` or `webhook:<name>`. */
  origin: string;
  /** A person's entity ref, `service:<subject>` of a token, or the origin where nobody signs in. */
  caller: string;
  mayPush(subject: string): Promise<boolean>;
  /** What to do when it may not push about a subject, as a sentence. */
  remedy: string;
  /** Whether there may be a subject at all about which the sender may push. */
  maySomewhere(): Promise<boolean>;
  /**
   * Whether the sender learns what became of each item. What it may not push, or what is too large to be kept, is refused to
   * one who does; of others it is kept, or its beginning, so that somebody sees it.
   */
  isAnswered: boolean;
}

/** What an item says of itself, as far as that can be read. Texts of a stranger: cleaned and cut. */
export interface Given {
  source?: string;
  id?: string;
  type?: string;
  /** Only an entity ref in full form. */
  subject?: string;
}

/** What a look at an item found, before it is recorded. */
export type Judgement =
  | { ok: true; readings: GoodReading[] }
  | { ok: false; code: string; message: string };

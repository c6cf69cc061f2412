import { hash } from 'node:crypto';
import { canonicalize, leafFromTexts } from '@ai-assurance/evidence';
import { instantOf } from '../../platform';
import { statusOf } from '../core/prepare';
import { ScannedItem } from '../scan';
import { Finding, wrongValue } from './Finding';

/** The words that an item names, as canonical texts: quotation marks and all. */
export interface ItemWords {
  source: string;
  type: string;
  subject: string;
}

/** Beyond these no instant is. */
const latestMs = 8.64e15;

const isInstant = (value: unknown) =>
  Number.isSafeInteger(value) && Math.abs(value as number) <= latestMs;
const isText = (value: unknown) => typeof value === 'string';

const isTextOrNone = (value: unknown) => value === null || isText(value);

/** SQLite keeps what it is given: bytes that look like a text are another value, by which nothing is found again. */
export function checkColumns(item: ScannedItem): void {
  const demand = (holds: boolean, column: string, value: unknown) => {
    if (!holds)
      throw new Finding(
        'ledger_item',
        item.position,
        wrongValue(column, value),
      );
  };
  const { timeMs, recordedAtMs, expiresAtMs, timeText } = item;
  demand(isInstant(timeMs), 'time_ms', timeMs);
  demand(isInstant(recordedAtMs), 'recorded_at_ms', recordedAtMs);
  demand(
    expiresAtMs === null || isInstant(expiresAtMs),
    'expires_at_ms',
    expiresAtMs,
  );
  demand(isTextOrNone(item.status), 'status', item.status);
  demand(isText(item.id), 'id', item.id);
  demand(isTextOrNone(timeText), 'time_text', timeText);
  demand(isText(item.envelope), 'envelope', item.envelope);
  demand(isText(item.payload), 'payload', item.payload);
}

/** Whether what is stored as payload is what the leaf commits to. Not for items that were erased. */
export function checkCommitment(item: ScannedItem): void {
  if (item.derivedCommitment !== item.payloadCommitment)
    throw new Finding(
      'ledger_item',
      item.position,
      'The payload does not open its commitment',
    );
}

/** Positions are gapless. */
export function checkPosition(position: number, expected: number): void {
  if (position !== expected)
    throw new Finding(
      'ledger_item',
      position,
      `Position ${expected} is missing: the next one is ${position}`,
    );
}

/** Salt and payload are erased together. */
export function isErased(
  item: Pick<ScannedItem, 'payload' | 'saltLength'>,
): boolean {
  return item.payload === '' && item.saltLength === 0;
}

/** Checks an item by itself and returns its leaf hash. Its columns are the parts of the leaf: another column, another leaf. */
export function checkLeaf(item: ScannedItem, words: ItemWords): string {
  const demand = (holds: boolean, problem: string) => {
    if (!holds) throw new Finding('ledger_item', item.position, problem);
  };
  if (!isErased(item)) checkCommitment(item);
  // The same as leafHash() of the library; handed over as a text, which the platform makes bytes of by itself.
  const leaf = hash(
    'sha256',
    `\0${leafFromTexts({
      envelope: item.envelope,
      id: canonicalize(item.id),
      payloadCommitment: item.payloadCommitment,
      source: words.source,
      subject: words.subject,
      time:
        item.timeText === null
          ? `"${instantOf(item.timeMs)}"`
          : canonicalize(item.timeText),
      type: words.type,
    })}`,
    'hex',
  );
  demand(leaf === item.leafHash, 'The leaf hash is not that of the leaf');
  const column = (name: string, stored: unknown, derived: unknown) => {
    if (stored !== derived)
      demand(false, `Column ${name} says ${stored}, the item says ${derived}`);
  };
  if (item.timeText !== null)
    column('time_ms', item.timeMs, Date.parse(item.timeText));
  column('expires_at_ms', item.expiresAtMs, expiryIn(item.envelope));
  if (!isErased(item)) column('status', item.status, statusIn(item.payload));
  return leaf;
}

const expiryMember = /"expiresAt":"([^"]*)"/;

// A search that begins with a rare letter stops seldom: quotation marks are everywhere.

/** Only the envelope itself has such a member, and a quotation mark within a text is escaped: no need to parse it all. */
function expiryIn(envelope: string): number | null {
  if (!envelope.includes('xpiresAt":"')) return null;
  const member = expiryMember.exec(envelope);
  return member && Date.parse(member[1]);
}

/** Most kinds that carry no verdict do not even have the name. */
function statusIn(payload: string): string | null {
  if (!payload.includes('tatus":')) return null;
  return statusOf(JSON.parse(payload)) ?? null;
}

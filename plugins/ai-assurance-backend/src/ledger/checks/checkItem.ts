import { leafFrom, LeafHasher, SALT_LENGTH } from '@ai-assurance/evidence';
import { instantOf } from '../../platform';
import { statusOf } from '../core/prepare';
import { ScannedItem } from '../scan';
import { Finding, wrongValue } from './Finding';

/** The words that an item names. */
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

const saltBytes = Buffer.alloc(SALT_LENGTH);

/** Whether what is stored as payload is what the leaf commits to. Not for items that were erased. */
export function checkCommitment(
  item: ScannedItem,
  hasher: LeafHasher<string>,
): void {
  const { salt, payload, payloadCommitment } = item;
  const opens =
    salt.length === 2 * SALT_LENGTH &&
    saltBytes.write(salt, 'hex') === SALT_LENGTH &&
    hasher.commit(saltBytes, payload) === payloadCommitment;
  if (!opens)
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
export function isErased(item: ScannedItem): boolean {
  return item.payload === '' && item.salt === '';
}

/** Checks an item by itself and returns its leaf hash. Its columns are the parts of the leaf: another column, another leaf. */
export function checkLeaf(
  item: ScannedItem,
  words: ItemWords,
  hasher: LeafHasher<string>,
): string {
  const demand = (holds: boolean, problem: string) => {
    if (!holds) throw new Finding('ledger_item', item.position, problem);
  };
  if (!isErased(item)) checkCommitment(item, hasher);
  const leaf = hasher.leafHash(
    leafFrom({
      envelope: item.envelope,
      id: item.id,
      payloadCommitment: item.payloadCommitment,
      source: words.source,
      subject: words.subject,
      time: item.timeText ?? instantOf(item.timeMs),
      type: words.type,
    }),
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

/** Only the envelope itself has such a member, and a quotation mark within a text is escaped: no need to parse it all. */
function expiryIn(envelope: string): number | null {
  if (!envelope.includes('"expiresAt":"')) return null;
  return Date.parse(expiryMember.exec(envelope)![1]);
}

/** Most kinds that carry no verdict do not even have the name. */
function statusIn(payload: string): string | null {
  if (!payload.includes('"status":')) return null;
  return statusOf(JSON.parse(payload)) ?? null;
}

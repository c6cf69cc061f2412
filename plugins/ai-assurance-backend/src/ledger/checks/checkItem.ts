import { LeafHasher, SALT_LENGTH } from '@ai-assurance/evidence';
import { hexOf } from '../core/hex';
import { ScannedItem } from '../scan';
import { Finding, wrongValue } from './Finding';

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
export function checkCommitment(item: ScannedItem, hasher: LeafHasher): void {
  const { salt, payload, payloadCommitment } = item;
  const opens =
    salt.length === SALT_LENGTH &&
    hexOf(hasher.commit(salt, payload)) === payloadCommitment;
  if (!opens)
    throw new Finding(
      'ledger_item',
      item.position,
      'The payload does not open its commitment',
    );
}

import { hexOfKeyId, NoteSigner } from '@ai-assurance/evidence';
import { ConflictError } from '@backstage/errors';
import { withCode } from '../../platform';

/**
 * Refuses to sign with a key that is no longer the log's: a replica that still runs with the key of before a rotation.
 * Throws ConflictError `SIGNING_KEY_ROTATED`. `currentKeyId` is that of the counter row, read under its lock.
 */
export function requireCurrentKey(
  signer: NoteSigner,
  currentKeyId: string | null,
): void {
  const own = hexOfKeyId(signer.keyId);
  if (currentKeyId === null || currentKeyId === own) return;
  throw withCode(
    new ConflictError(
      `The ledger signs with the key ${currentKeyId} now, and this replica still holds ${own}: nothing was recorded. Give every replica the same key and start it again.`,
    ),
    'SIGNING_KEY_ROTATED',
  );
}

import {
  createPrivateKey,
  createPublicKey,
  KeyObject,
  sign,
} from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LoggerService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { Chance, withCode } from '../../platform';

const defaultFile = 'ai-assurance-ledger-key.pem';

/** The Ed25519 key that signs heads and manifests. It never leaves this object and is never logged. */
export interface SigningKey {
  /** Raw public key, 32 bytes. */
  publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
  /** Where the key came from, for messages: a config key or a file. */
  origin: string;
}

// PKCS#8 wrapping of a raw Ed25519 seed (RFC 8410): a fixed prefix, then the 32 bytes.
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
// SubjectPublicKeyInfo ends in the raw key (RFC 8410).
const rawPublicKeyLength = 32;

function keyFrom(pem: string, where: string): SigningKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch {
    // The cause is left out on purpose: it may quote key material.
    throw withCode(
      new Error(
        `${where} does not hold a readable private key. Give an Ed25519 key as PKCS#8 PEM.`,
      ),
      'SIGNING_KEY_UNREADABLE',
    );
  }
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw withCode(
      new Error(
        `${where} holds a key of type ${privateKey.asymmetricKeyType}. The ledger signs with Ed25519.`,
      ),
      'SIGNING_KEY_TYPE',
    );
  }
  const spki = createPublicKey(privateKey).export({
    type: 'spki',
    format: 'der',
  });
  return {
    publicKey: new Uint8Array(spki.subarray(spki.length - rawPublicKeyLength)),
    sign: bytes => new Uint8Array(sign(null, bytes, privateKey)),
    origin: where,
  };
}

function newPem(chance: Chance): string {
  const der = Buffer.concat([pkcs8Prefix, chance.bytes(32)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}

function isErrno(error: unknown, code: string): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === code;
}

/**
 * Writes a new key where none is. Two processes that start together end with one key: each writes its own file beside
 * the place, and `link` gives the place to the first of them only, with all bytes already on disk.
 */
async function createKeyFile(file: string, chance: Chance): Promise<void> {
  const draft = `${file}.${Buffer.from(chance.bytes(8)).toString('hex')}.new`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(newPem(chance));
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(draft, file);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Reads the signing key from `aiAssurance.ledger.signingKey` or its file; makes the file when there is none.
 * Safe to repeat, also from several processes at once.
 * Throws when the key cannot be read or is not Ed25519, and `SIGNING_KEY_MISSING` when heads were already signed
 * (`headsExist`) but the file is gone: a new key would break the chain of trust without a word.
 */
export async function loadSigningKey(deps: {
  config: Config;
  chance: Chance;
  logger: LoggerService;
  headsExist: boolean;
}): Promise<SigningKey> {
  const ledger = deps.config.getOptionalConfig('aiAssurance.ledger');
  const pem = ledger?.getOptionalString('signingKey');
  if (pem) return keyFrom(pem, 'aiAssurance.ledger.signingKey');

  const file = resolve(
    ledger?.getOptionalString('signingKeyFile') ?? defaultFile,
  );
  const where = `The file ${file}`;
  try {
    return keyFrom(await readFile(file, 'utf8'), where);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
  if (deps.headsExist) {
    throw withCode(
      new Error(
        `The ledger has signed heads, but its key is gone: ${file} does not exist. Restore the file, or set aiAssurance.ledger.signingKey.`,
      ),
      'SIGNING_KEY_MISSING',
    );
  }
  await createKeyFile(file, deps.chance);
  deps.logger.info(
    `Made a new signing key for the ledger in ${file}. Keep a copy in a safe place.`,
  );
  return keyFrom(await readFile(file, 'utf8'), where);
}

/**
 * The private key that signed so far, from `aiAssurance.ledger.previousSigningKey` or its file, so that it can hand over.
 * `undefined` when neither is set. Throws when it cannot be read or is not Ed25519.
 */
export async function loadPreviousKey(
  config: Config,
): Promise<SigningKey | undefined> {
  const ledger = config.getOptionalConfig('aiAssurance.ledger');
  const pem = ledger?.getOptionalString('previousSigningKey');
  if (pem) return keyFrom(pem, 'aiAssurance.ledger.previousSigningKey');
  const named = ledger?.getOptionalString('previousSigningKeyFile');
  if (!named) return undefined;
  const file = resolve(named);
  try {
    return keyFrom(await readFile(file, 'utf8'), `The file ${file}`);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    throw withCode(
      new Error(
        `aiAssurance.ledger.previousSigningKeyFile: there is no file ${file}.`,
      ),
      'PREVIOUS_KEY_MISSING',
    );
  }
}

/** A sentence when others than the owner may read the key file; `undefined` when all is well or it is not a file. */
export async function keyFileWarning(
  config: Config,
): Promise<string | undefined> {
  const ledger = config.getOptionalConfig('aiAssurance.ledger');
  if (ledger?.getOptionalString('signingKey') || process.platform === 'win32')
    return undefined;
  const file = resolve(
    ledger?.getOptionalString('signingKeyFile') ?? defaultFile,
  );
  const { mode } = await stat(file);
  return mode % 0o100 === 0
    ? undefined
    : `Others may read the ledger's signing key: run chmod 600 ${file}`;
}

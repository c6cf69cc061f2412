import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import {
  chmodSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  createMockDirectory,
  mockServices,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { seededChance } from '@ai-assurance/test-kit';
import { systemChance } from '../../platform';
import { keyFileWarning, loadSigningKey } from './signingKey';

describe('the signing key', () => {
  const directory = createMockDirectory();
  const file = join(directory.path, 'key.pem');
  const config = (ledger: object) =>
    new ConfigReader({ aiAssurance: { ledger } });
  const load = (
    ledger: object,
    options: { headsExist?: boolean; seed?: string } = {},
  ) =>
    loadSigningKey({
      config: config(ledger),
      chance: options.seed ? seededChance(options.seed) : systemChance,
      logger: mockServices.logger.mock(),
      headsExist: options.headsExist ?? false,
    });
  const ed25519Pem = () =>
    generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();

  beforeEach(() => directory.clear());

  it('is made once, readable by its owner alone, and found again', async () => {
    const first = await load({ signingKeyFile: file });
    const second = await load({ signingKeyFile: file });
    expect(Buffer.from(second.publicKey)).toEqual(Buffer.from(first.publicKey));
    // eslint-disable-next-line no-bitwise
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory.path)).toEqual(['key.pem']);
  });

  it('is one key when two processes start at the same time', async () => {
    const keys = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map(seed =>
        load({ signingKeyFile: file }, { seed }),
      ),
    );
    expect(
      new Set(keys.map(key => Buffer.from(key.publicKey).toString('hex'))).size,
    ).toBe(1);
    expect(readdirSync(directory.path)).toEqual(['key.pem']);
  });

  it('signs what its public key verifies', async () => {
    const key = await load({ signingKey: ed25519Pem() });
    const spki = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      key.publicKey,
    ]);
    const publicKey = createPublicKey({
      key: spki,
      format: 'der',
      type: 'spki',
    });
    expect(
      verify(
        null,
        Buffer.from('head'),
        publicKey,
        key.sign(Buffer.from('head')),
      ),
    ).toBe(true);
  });

  it('is taken from the configuration before any file', async () => {
    await load({ signingKey: ed25519Pem(), signingKeyFile: file });
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it('is not replaced when heads were signed with a key that is gone', async () => {
    await expect(
      load({ signingKeyFile: file }, { headsExist: true }),
    ).rejects.toMatchObject({
      code: 'SIGNING_KEY_MISSING',
      message: `The ledger has signed heads, but its key is gone: ${file} does not exist. Restore the file, or set aiAssurance.ledger.signingKey.`,
    });
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it('is refused when it is not Ed25519', async () => {
    const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    await expect(load({ signingKey: pem })).rejects.toMatchObject({
      code: 'SIGNING_KEY_TYPE',
      message:
        'aiAssurance.ledger.signingKey holds a key of type ec. The ledger signs with Ed25519.',
    });
  });

  it('never appears in the error about an unreadable key', async () => {
    writeFileSync(file, 'not a key but a secret');
    await expect(load({ signingKeyFile: file })).rejects.toMatchObject({
      code: 'SIGNING_KEY_UNREADABLE',
      message: `The file ${file} does not hold a readable private key. Give an Ed25519 key as PKCS#8 PEM.`,
    });
    expect(readFileSync(file, 'utf8')).toBe('not a key but a secret');
  });

  it('is warned about when others may read its file', async () => {
    await load({ signingKeyFile: file });
    expect(await keyFileWarning(config({ signingKeyFile: file }))).toBe(
      undefined,
    );
    chmodSync(file, 0o644);
    expect(await keyFileWarning(config({ signingKeyFile: file }))).toBe(
      `Others may read the ledger's signing key: run chmod 600 ${file}`,
    );
  });
});

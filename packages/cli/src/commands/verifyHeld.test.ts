import {
  fingerprintOf,
  type KeyRecord,
  parseVerifierKey,
  signerFromSeed,
  signHandOver,
  signNote,
} from '@ai-assurance/evidence';
import { createFolder } from '../__testUtils__/folder';
import { logSigner, packFiles, zipOf } from '../__testUtils__/realPack';
import { shell } from '../__testUtils__/shell';

const { save: saved } = createFolder();
const next = signerFromSeed(logSigner.name, new Uint8Array(32).fill(21));

describe('ai-assurance verify, with what you hold', () => {
  const keys: KeyRecord[] = [
    { verifierKey: logSigner.verifierKey, fromSize: 1 },
    {
      verifierKey: next.verifierKey,
      fromSize: 9,
      handOver: signHandOver(
        {
          origin: logSigner.name,
          fromSize: 9,
          oldKey: logSigner.verifierKey,
          newKey: next.verifierKey,
        },
        logSigner,
        next,
      ),
    },
  ];
  let pack: string;
  beforeAll(async () => {
    pack = saved('pack.zip', await zipOf(packFiles()));
  });

  it('verifies with the fingerprint of the key, and with no other', async () => {
    const fingerprint = fingerprintOf(parseVerifierKey(logSigner.verifierKey));
    const known = await shell('verify', pack, '--key', fingerprint);
    expect({ code: known.code, err: known.err }).toEqual({ code: 0, err: '' });
    expect(known.out).toContain('VERIFIED with the key you gave: 3 items');

    const strange = fingerprintOf(parseVerifierKey(next.verifierKey));
    const other = await shell('verify', pack, '--key', strange);
    expect(other.code).toBe(1);
    expect(other.out).toContain('NOT VERIFIED: KEY_UNEXPECTED');
    expect(other.out).toContain(
      `The pack names the key with the fingerprint ${fingerprint}, you trust ${strange}.`,
    );
  });

  it('verifies a pack of before a rotation for who trusts the new key', async () => {
    const alone = await shell('verify', pack, '--key', next.verifierKey);
    expect(alone.code).toBe(1);
    expect(alone.out).toContain('NOT VERIFIED: KEY_UNEXPECTED');

    const file = saved('keys.json', JSON.stringify({ keys }));
    const held = await shell(
      'verify',
      pack,
      '--key',
      next.verifierKey,
      '--keys',
      file,
    );
    expect({ code: held.code, err: held.err }).toEqual({ code: 0, err: '' });
    expect(held.out).toContain(
      `VERIFIED by hand-over from the key you gave, ${
        next.verifierKey.split('+')[1]
      }: 3 items`,
    );
  });

  it('compares the log with a head that you kept', async () => {
    const checkpoint = Buffer.from(
      packFiles().find(file => file.name === 'checkpoint.txt')!.bytes,
    ).toString();
    const same = await shell(
      'verify',
      pack,
      '--key',
      logSigner.verifierKey,
      '--head',
      saved('head.txt', checkpoint),
    );
    expect(same.code).toBe(0);
    expect(same.out).toContain('It is the head you hold: 3 entries');

    const other = signNote(
      `${logSigner.name}\n3\n${'A'.repeat(43)}=\n`,
      logSigner,
    );
    const rewritten = await shell(
      'verify',
      pack,
      '--key',
      logSigner.verifierKey,
      '--head',
      saved('other.txt', other),
    );
    expect(rewritten.code).toBe(1);
    expect(rewritten.out).toContain('NOT VERIFIED: HEAD_MISMATCH');

    const older = signNote(
      `${logSigner.name}\n2\n${'A'.repeat(43)}=\n`,
      logSigner,
    );
    const unproven = await shell(
      'verify',
      pack,
      '--key',
      logSigner.verifierKey,
      '--head',
      saved('older.txt', older),
      '--consistency',
      saved('proof.json', JSON.stringify({ hashes: [`${'A'.repeat(43)}=`] })),
    );
    expect(unproven.code).toBe(1);
    expect(unproven.out).toContain('The 3 entries do not continue the 2');
  });

  it.each<[string, string[], string]>([
    ['a file that is not there', ['--keys', 'no-such-file'], '--keys: '],
    [
      'a proof without a head',
      ['--consistency', saved('empty.json', '{}')],
      '--consistency proves something of the head that you hold',
    ],
    [
      'a proof that is none',
      [
        '--head',
        saved('any.txt', 'x'),
        '--consistency',
        saved('none.json', '{"hashes":[1]}'),
      ],
      '--consistency: ',
    ],
  ])('does nothing with %s', async (_, options, message) => {
    const { code, err } = await shell('verify', pack, ...options);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

import { verificationFailureMeanings } from '@ai-assurance/evidence';
import path from 'node:path';
import { createFolder } from './__testUtils__/folder';
import {
  logSigner,
  packFiles,
  strangerSigner,
  zipOf,
  zipOptions,
} from './__testUtils__/realPack';
import { shell } from './__testUtils__/shell';
import { containerFailureMeanings } from './zip/openPack';

const { folder, save } = createFolder();
const saved = (bytes: Uint8Array, name = 'pack.zip') => save(name, bytes);

async function failureOf(
  bytes: Uint8Array,
): Promise<{ exit: number; code?: string; where?: string }> {
  const { code, out } = await shell(
    'verify',
    saved(bytes),
    '--key',
    logSigner.verifierKey,
    '--json',
  );
  const { failure } = JSON.parse(out);
  return { exit: code, code: failure?.code, where: failure?.where };
}

describe('ai-assurance verify', () => {
  it('verifies a pack with the key that you trust, and says what was checked', async () => {
    const file = saved(await zipOf(packFiles()));
    const { code, out, err } = await shell(
      'verify',
      file,
      '--key',
      logSigner.verifierKey,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n').filter(line => /^ {2}[✓✕–]/.test(line))).toEqual([
      '  ✓ The ZIP container holds the files and not one byte more',
      '  ✓ The manifest is there and readable',
      '  ✓ The key can be read, and is the one you gave if you gave one',
      '  ✓ The manifest is signed by the key',
      '  ✓ Every file is the one that the manifest lists',
      '  ✓ The head of the log is signed, and is the one the manifest names',
      '  ✓ Every item of evidence is in the log, unchanged',
      '  ✓ There are as many items as the signer stated',
    ]);
    expect(out).toContain(
      'VERIFIED with the key you gave: 3 items about resource:default/digit-reader-edge, ' +
        'observed from 2026-11-22T12:00:00.000Z up to 2026-11-22T13:00:00.000Z.',
    );
  });

  it('says that the key of the pack itself proves less', async () => {
    const { code, out } = await shell(
      'verify',
      saved(await zipOf(packFiles())),
    );
    expect(code).toBe(0);
    expect(out).toContain("VERIFIED with the pack's own key");
    expect(out).toContain(
      'This proves that the pack is whole, not who made it.',
    );
  });

  it('takes the key from a file', async () => {
    const file = saved(await zipOf(packFiles()));
    const key = saved(Buffer.from(`${logSigner.verifierKey}\n`), 'key.txt');
    expect((await shell('verify', file, '--key', key)).code).toBe(0);
  });

  it('refuses the pack of another key by name', async () => {
    const file = saved(await zipOf(packFiles(strangerSigner)));
    const { code, out } = await shell(
      'verify',
      file,
      '--key',
      logSigner.verifierKey,
    );
    expect(code).toBe(1);
    expect(out).toContain('NOT VERIFIED: KEY_UNEXPECTED');
    expect(out).toContain('  Where    verifier-key.txt');
    expect(out).toContain(
      '  Meaning  The pack was made with another key than the one you trust, and no hand-over leads from yours to it.',
    );
  });

  it('writes the report as JSON', async () => {
    const file = saved(await zipOf(packFiles()));
    const { out } = await shell('verify', file, '--json');
    const report = JSON.parse(out);
    expect(report.ok).toBe(true);
    expect(report.file).toBe(file);
    expect(report.steps.length).toBe(8);
    expect(report.key.isTrusted).toBe(false);
    expect(report.manifest.packId).toBe('pck_example');
  });

  it('answers 2 when nothing could be checked', async () => {
    const file = saved(await zipOf(packFiles()));
    expect(await shell('verify', path.join(folder, 'none.zip'))).toEqual({
      code: 2,
      out: '',
      err: `There is no file ${path.join(folder, 'none.zip')}\n`,
    });
    expect(await shell('verify', folder)).toEqual({
      code: 2,
      out: '',
      err: `${folder} is a folder, not a pack\n`,
    });
    expect((await shell('verify', file, '--key', 'nonsense')).err).toBe(
      '--key is neither a verifier key (name+keyid+base64), nor a fingerprint (64 hexadecimal digits), nor a file that can be read: nonsense\n',
    );
    expect((await shell('verify', file, '--key', file)).code).toBe(2);
    expect((await shell('verify')).code).toBe(2);
    expect(await shell('verify', file, file)).toEqual({
      code: 2,
      out: '',
      err: "error: too many arguments for 'verify'. Expected 1 argument but got 2.\n",
    });
    expect((await shell('prove', file)).code).toBe(2);
  });
});

describe('a tampered pack', () => {
  it('fails at every single byte, whichever bit is flipped, with a named reason', async () => {
    const pack = await zipOf(packFiles());
    const known = [
      ...Object.keys(containerFailureMeanings),
      ...Object.keys(verificationFailureMeanings),
    ];
    const unnoticed: number[] = [];
    const codes = new Set<string>();
    for (let at = 0; at < pack.length; at++) {
      const flipped = Buffer.from(pack);
      // eslint-disable-next-line no-bitwise
      flipped[at] ^= 1 << at % 8;
      const file = saved(flipped, 'flipped.zip');
      const { code, out } = await shell('verify', file, '--json');
      const name = code === 1 ? JSON.parse(out).failure.code : undefined;
      if (!known.includes(name)) unnoticed.push(at);
      else codes.add(name);
    }
    expect(unnoticed).toEqual([]);
    expect([...codes].sort()).toEqual([
      'CONTAINER_CHECKSUM',
      'CONTAINER_HEADER',
      'CONTAINER_LAYOUT',
      'CONTAINER_NAME',
      'CONTAINER_TOO_LARGE',
      'CONTAINER_UNREADABLE',
    ]);
  }, 240_000);

  it('fails when it was cut short or something was added, at either end', async () => {
    const pack = await zipOf(packFiles());
    expect(await failureOf(pack.subarray(0, -1))).toEqual({
      exit: 1,
      code: 'CONTAINER_UNREADABLE',
      where: 'the file',
    });
    expect(
      (await failureOf(Buffer.concat([pack, Buffer.from('x')]))).code,
    ).toBe('CONTAINER_UNREADABLE');
    expect(
      (await failureOf(Buffer.concat([Buffer.from('x'), pack]))).exit,
    ).toBe(1);
    expect((await failureOf(Buffer.alloc(0))).code).toBe(
      'CONTAINER_UNREADABLE',
    );
    expect((await failureOf(Buffer.from('not a pack'))).code).toBe(
      'CONTAINER_UNREADABLE',
    );
  });

  it('fails when its content was exchanged and the container written anew', async () => {
    const changed = packFiles().map(file =>
      file.name === 'report.md'
        ? {
            ...file,
            bytes: Buffer.concat([file.bytes, Buffer.from('All is well.\n')]),
          }
        : file,
    );
    expect((await failureOf(await zipOf(changed))).code).toBe('FILE_DIGEST');
    const exchanged = packFiles().map(file =>
      file.name === 'checkpoint.txt'
        ? packFiles(strangerSigner).find(f => f.name === file.name)!
        : file,
    );
    expect(await failureOf(await zipOf(exchanged))).toEqual({
      exit: 1,
      code: 'FILE_DIGEST',
      where: 'checkpoint.txt',
    });
    expect((await failureOf(await zipOf(packFiles().slice(1)))).code).toBe(
      'FILE_MISSING',
    );
    expect((await failureOf(await zipOf(packFiles().reverse()))).code).toBe(
      'FILE_ORDER',
    );
  });

  it.each([
    [
      'compressed files',
      { ...zipOptions, compress: true },
      {},
      'CONTAINER_HEADER',
    ],
    [
      'another time',
      { ...zipOptions, mtime: new Date(2026, 10, 22) },
      {},
      'CONTAINER_HEADER',
    ],
    [
      'extra fields',
      { ...zipOptions, forceDosTimestamp: false },
      {},
      'CONTAINER_HEADER',
    ],
    ['another mode', { ...zipOptions, mode: 0o100755 }, {}, 'CONTAINER_HEADER'],
    [
      'a comment on a file',
      { ...zipOptions, fileComment: 'psst' },
      {},
      'CONTAINER_HEADER',
    ],
    [
      'a comment at its end',
      zipOptions,
      { comment: 'psst' },
      'CONTAINER_HEADER',
    ],
    [
      'ZIP64 records',
      zipOptions,
      { forceZip64Format: true },
      'CONTAINER_HEADER',
    ],
  ])('fails with %s in the container', async (_, options, end, code) => {
    expect((await failureOf(await zipOf(packFiles(), options, end))).code).toBe(
      code,
    );
  });

  it.each([
    ['a folder', 'folder/evidence.ndjson', 'CONTAINER_NAME'],
    ['a hidden name', '.evidence', 'CONTAINER_NAME'],
    ['a name with spaces', 'evidence .ndjson', 'CONTAINER_NAME'],
    ['a name of another script', 'evidеnce.ndjson', 'CONTAINER_NAME'],
  ])('fails with %s', async (_, name, code) => {
    const files = packFiles().map((file, i) =>
      i === 0 ? { ...file, name } : file,
    );
    expect((await failureOf(await zipOf(files))).code).toBe(code);
  });

  it('fails with two files of one name, with a name that leaves the folder, and with far too many files', async () => {
    const [first, ...rest] = packFiles();
    expect((await failureOf(await zipOf([first, first, ...rest]))).code).toBe(
      'CONTAINER_NAME',
    );
    const pack = await zipOf([
      ...rest,
      { name: 'aaaa', bytes: Buffer.from('') },
    ]);
    const escaping = Buffer.from(
      pack.toString('latin1').replaceAll('aaaa', '../a'),
      'latin1',
    );
    expect((await failureOf(escaping)).code).toBe('CONTAINER_UNREADABLE');
    const many = [...Array(103).keys()].map(n => ({
      name: `file-${n}`,
      bytes: Buffer.from(''),
    }));
    expect((await failureOf(await zipOf(many))).code).toBe(
      'CONTAINER_TOO_LARGE',
    );
  });
});

describe('a pack with an item of a newer release', () => {
  const newer = 'io.ai-assurance.artifact.v2';

  it('is verified to the last byte, and the item named as not readable', async () => {
    const file = saved(await zipOf(packFiles(logSigner, newer)), 'newer.zip');
    const { code, out } = await shell(
      'verify',
      file,
      '--key',
      logSigner.verifierKey,
    );
    expect(code).toBe(0);
    expect(out).toContain(
      '  1 item of io.ai-assurance.artifact.v2: kept, not readable by this release. Proven like all others; a newer ai-assurance reads what is said.\n',
    );
    const asJson = await shell('verify', file, '--json');
    expect(JSON.parse(asJson.out).unreadable).toEqual([
      { type: newer, count: 1 },
    ]);
  });

  it('is inspected, and the item marked wherever it is listed', async () => {
    const file = saved(await zipOf(packFiles(logSigner, newer)), 'newer.zip');
    const { code, out } = await shell('inspect', file, '--items');
    expect(code).toBe(0);
    expect(out.split('\n').filter(line => line.includes('kept'))).toEqual([
      '         1  io.ai-assurance.artifact.v2  (kept, not readable by this release)',
      '         2  2026-11-22T12:02:00.000Z  io.ai-assurance.artifact.v2    (kept, not readable by this release)',
    ]);
  });
});

describe('ai-assurance inspect', () => {
  it('shows what the pack says, and that this proves nothing', async () => {
    const { code, out } = await shell(
      'inspect',
      saved(await zipOf(packFiles())),
      '--items',
    );
    expect(code).toBe(0);
    expect(out).toContain(
      'Pack pck_example\n  Subject   resource:default/digit-reader-edge\n',
    );
    expect(out).toContain(
      '3 items of evidence, of which 0 redacted\n         3  Artifact\n',
    );
    expect(out).toContain('         2  2026-11-22T12:02:00.000Z  Artifact');
    expect(out).toContain(
      'Not verified: this is what the pack says about itself.',
    );
  });

  it('says why a file is no pack', async () => {
    expect(
      await shell('inspect', saved(Buffer.from('text'), 'text.zip')),
    ).toEqual({
      code: 1,
      out: '',
      err: `${path.join(
        folder,
        'text.zip',
      )} is not a pack: CONTAINER_UNREADABLE, the file. End of central directory record signature not found. Either not a zip file, or file is truncated.\n`,
    });
    expect(
      (await shell('inspect', saved(await zipOf(packFiles().slice(0, 2))))).err,
    ).toContain('has no manifest that can be read: there is no manifest.json.');
  });
});

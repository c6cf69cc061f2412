import fc from 'fast-check';
import { textOf, toHex, utf8 } from '../bytes/bytes';
import { signerFromSeed, signNote } from '../checkpoint/note';
import {
  examplePack,
  logSigner,
  packFilesOf,
  strangerSigner,
} from './__testUtils__/examplePack';
import { failureOf, trusted, withFile } from './__testUtils__/tamper';
import { verificationFailureMeanings } from './report';
import { verifyPack } from './verifyPack';

describe('a whole pack', () => {
  it('verifies step by step, in the order of a table of contents', async () => {
    const report = await verifyPack(packFilesOf(examplePack()), trusted);
    expect(report.failure).toBe(undefined);
    expect(report.ok).toBe(true);
    expect(report.steps.map(step => [step.id, step.outcome])).toEqual([
      ['manifest', 'passed'],
      ['key', 'passed'],
      ['manifest-signature', 'passed'],
      ['files', 'passed'],
      ['checkpoint', 'passed'],
      ['evidence', 'passed'],
      ['counts', 'passed'],
    ]);
    expect(report.steps[5].detail).toBe('9 items, of which 0 redacted');
    expect(report.key?.isTrusted).toBe(true);
    expect(report.manifest?.counts).toEqual({
      evidence: 9,
      redacted: 0,
      byType: {
        'io.ai-assurance.approval-decision.v1': 3,
        'io.ai-assurance.drift-report.v1': 2,
        'io.ai-assurance.evaluation.v1': 2,
        'io.ai-assurance.scorecard-verdict.v1': 2,
      },
    });
  });

  it('says that its own key proves less than a key that you trust', async () => {
    const report = await verifyPack(packFilesOf(examplePack()));
    expect(report.ok).toBe(true);
    expect(report.key?.isTrusted).toBe(false);
    expect(report.steps[1].detail).toBe(
      'ledger.example/demo, key id ' +
        `${report.key?.keyId}: taken from the pack itself. Whether it is the right key is for you to compare`,
    );
  });

  it('is the same bytes each time, and gives the same report in pieces of any size', async () => {
    const [one, two] = [examplePack(), examplePack()];
    expect(two.map(f => [f.name, toHex(f.bytes)])).toEqual(
      one.map(f => [f.name, toHex(f.bytes)]),
    );
    const report = await verifyPack(packFilesOf(one), trusted);
    for (const size of [1, 7, 100_000])
      expect(await verifyPack(packFilesOf(one, size), trusted)).toEqual(report);
  });

  it('may be empty: no evidence in a period is an answer too', async () => {
    const report = await verifyPack(
      packFilesOf(examplePack({ entries: () => [] })),
      trusted,
    );
    expect(report.ok).toBe(true);
    expect(report.steps[5].detail).toBe('0 items, of which 0 redacted');
  });

  it('still verifies when payloads were redacted, and counts them', async () => {
    const redacted = examplePack({
      entries: entries =>
        entries.map((e, i) =>
          i < 2 ? { ...e, payload: null, salt: null } : e,
        ),
    });
    const report = await verifyPack(packFilesOf(redacted), trusted);
    expect(report.failure).toBe(undefined);
    expect(report.steps[5].detail).toBe(
      '9 items, of which 2 redacted (0 with the evidence of it)',
    );
    expect(report.notices?.map(({ code, count }) => [code, count])).toEqual([
      ['REDACTION_UNEXPLAINED', 2],
    ]);
  });

  it('tells a person what is in it and how to verify it', () => {
    const text = (name: string) =>
      textOf(examplePack().find(f => f.name === name)!.bytes)!;
    expect(text('report.md')).toContain(
      '9 items, of which 0 redacted. Exported by `user:default/iris`',
    );
    expect(text('report.md')).toContain(
      '| Drift report | 2 | 2 fail | 2026-11-22T12:11:00.000Z | fail, 2026-11-22T12:15:00.000Z (position 5) |',
    );
    expect(text('report.md')).toContain('| approved | 2.0.0 | sha256:');
    expect(text('README.txt')).toContain('ai-assurance verify <this file>.zip');
    expect(text('verifier-key.txt')).toBe(`${logSigner.verifierKey}\n`);
  });
});

describe('a pack that somebody changed after it was signed', () => {
  it.each(['evidence.ndjson', 'report.md', 'README.txt', 'checkpoint.txt'])(
    'fails by the digest of %s',
    async name => {
      expect(
        await failureOf(
          withFile(examplePack(), name, text => text.replace('e', 'f')),
        ),
      ).toEqual({
        code: 'FILE_DIGEST',
        where: name,
      });
    },
  );

  it('fails when a file is missing, or one too many is there', async () => {
    const pack = examplePack();
    const without = (name: string) => pack.filter(file => file.name !== name);
    expect(await failureOf(without('manifest.json'))).toEqual({
      code: 'MANIFEST_MISSING',
      where: 'manifest.json',
    });
    expect(await failureOf(without('manifest.sig'))).toEqual({
      code: 'MANIFEST_SIGNATURE',
      where: 'manifest.sig',
    });
    expect(await failureOf(without('verifier-key.txt'))).toEqual({
      code: 'KEY_MISSING',
      where: 'verifier-key.txt',
    });
    expect(await failureOf(without('report.md'))).toEqual({
      code: 'FILE_MISSING',
      where: 'report.md',
    });
    expect(
      await failureOf([...pack, { name: 'more.txt', bytes: utf8('') }]),
    ).toEqual({
      code: 'FILE_UNLISTED',
      where: 'more.txt',
    });
  });

  it('fails when its files stand in another order', async () => {
    const [first, second, ...rest] = examplePack();
    expect(await failureOf([second, first, ...rest])).toEqual({
      code: 'FILE_ORDER',
      where: 'report.md',
    });
  });

  it('fails when the manifest is changed, or written otherwise', async () => {
    const change = (from: string, to: string) =>
      failureOf(
        withFile(examplePack(), 'manifest.json', t => t.replace(from, to)),
      );
    expect(await change('user:default/iris', 'user:default/ken')).toEqual({
      code: 'MANIFEST_SIGNATURE',
      where: 'manifest.sig',
    });
    expect(await change('{', '{ ')).toEqual({
      code: 'MANIFEST_MALFORMED',
      where: 'manifest.json',
    });
    expect(await change('pack/v1', 'pack/v2')).toEqual({
      code: 'MANIFEST_MALFORMED',
      where: 'manifest.json',
    });
  });

  it('fails when a second signature is added to the manifest', async () => {
    const added = withFile(
      examplePack(),
      'manifest.sig',
      text =>
        text +
        signNote(
          'other\n',
          signerFromSeed('someone', new Uint8Array(32)),
        ).split('\n\n')[1],
    );
    expect(await failureOf(added)).toEqual({
      code: 'MANIFEST_SIGNATURE',
      where: 'manifest.sig',
    });
  });

  it('fails on any flipped bit of any file, whichever it is', async () => {
    const pack = examplePack();
    const whole = pack.reduce((sum, file) => sum + file.bytes.length, 0);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole - 1), fc.nat(7), async (at, bit) => {
        let offset = at;
        const changed = pack.map(file => {
          const isHere = offset >= 0 && offset < file.bytes.length;
          const bytes = file.bytes.slice();
          // eslint-disable-next-line no-bitwise
          if (isHere) bytes[offset] ^= 1 << bit;
          offset -= file.bytes.length;
          return { name: file.name, bytes };
        });
        const { failure } = await verifyPack(packFilesOf(changed));
        expect(Object.keys(verificationFailureMeanings)).toContain(
          failure?.code,
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('a pack of another key', () => {
  it('fails against the key you trust, though it is whole in itself', async () => {
    const forged = examplePack({}, strangerSigner);
    expect(await failureOf(forged, {})).toEqual({
      code: undefined,
      where: undefined,
    });
    expect(await failureOf(forged)).toEqual({
      code: 'KEY_UNEXPECTED',
      where: 'verifier-key.txt',
    });
    const disguised = withFile(
      forged,
      'verifier-key.txt',
      () => `${logSigner.verifierKey}\n`,
    );
    expect(await failureOf(disguised)).toEqual({
      code: 'MANIFEST_SIGNATURE',
      where: 'manifest.sig',
    });
  });

  it('fails when what you trust is no key', async () => {
    expect(
      await failureOf(examplePack(), { expectedVerifierKey: 'my key' }),
    ).toEqual({
      code: 'KEY_MALFORMED',
      where: 'the key you gave',
    });
  });
});

describe('steps after a failure', () => {
  it('are not run, and say so', async () => {
    const broken = withFile(examplePack(), 'report.md', text => `${text} `);
    const report = await verifyPack(packFilesOf(broken), trusted);
    expect(report.ok).toBe(false);
    expect(report.steps.map(step => step.outcome)).toEqual([
      'passed',
      'passed',
      'passed',
      'failed',
      'not-run',
      'not-run',
      'not-run',
    ]);
  });

  it('are not reached by a file that cannot be read: that is no answer but an error', async () => {
    const files = {
      ...packFilesOf(examplePack()),
      // eslint-disable-next-line require-yield
      async *read(): AsyncGenerator<Uint8Array> {
        throw new Error('The disk is gone');
      },
    };
    await expect(verifyPack(files, trusted)).rejects.toThrow(
      'The disk is gone',
    );
  });
});

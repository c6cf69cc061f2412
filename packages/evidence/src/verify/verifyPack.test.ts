import fc from 'fast-check';
import { sha256, textOf, toHex, utf8 } from '../bytes/bytes';
import { canonicalize } from '../canonical/canonicalize';
import { signerFromSeed, signNote } from '../checkpoint/note';
import type { PackEntry } from '../pack/evidenceLine';
import type { PackFile } from '../pack/format';
import {
  type PackManifest,
  signManifest,
  writeManifest,
} from '../pack/manifest';
import {
  Dishonesty,
  exampleItems,
  exampleLog,
  examplePack,
  logSigner,
  packFilesOf,
  strangerSigner,
} from './__testUtils__/examplePack';
import { verificationFailureMeanings, type VerificationReport } from './report';
import { verifyPack, type VerifyPackOptions } from './verifyPack';

const trusted: VerifyPackOptions = {
  expectedVerifierKey: logSigner.verifierKey,
};

async function failureOf(
  files: PackFile[],
  options = trusted,
): Promise<{ code?: string; where?: string }> {
  const { failure } = await verifyPack(packFilesOf(files), options);
  return { code: failure?.code, where: failure?.where };
}

/** The pack with one file changed by hand, after it was signed. */
function withFile(
  files: PackFile[],
  name: string,
  change: (text: string) => string,
): PackFile[] {
  return files.map(file =>
    file.name === name
      ? { name, bytes: utf8(change(textOf(file.bytes)!)) }
      : file,
  );
}

/** The pack with another manifest, signed again by the same key: a dishonest exporter. */
function withManifest(
  change: (manifest: PackManifest) => PackManifest,
): PackFile[] {
  const files = examplePack();
  const manifest = JSON.parse(
    textOf(files.find(f => f.name === 'manifest.json')!.bytes)!,
  );
  const text = writeManifest(change(manifest));
  return withFile(
    withFile(files, 'manifest.json', () => text),
    'manifest.sig',
    () => signManifest(manifest.packId, text, logSigner),
  );
}

/** The pack with one file changed and everything listed and signed anew. */
function withSignedFile(
  name: string,
  change: (text: string) => string,
): PackFile[] {
  const files = withFile(examplePack(), name, change);
  const changed = files.find(f => f.name === name)!.bytes;
  const signed = withManifest(m => ({
    ...m,
    files: m.files.map(f =>
      f.name === name
        ? { name, size: changed.length, sha256: toHex(sha256(changed)) }
        : f,
    ),
  }));
  return signed.map(file =>
    file.name === name ? { name, bytes: changed } : file,
  );
}

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
    expect(report.steps[5].detail).toBe('9 items, of which 2 redacted');
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
    expect(text('README.txt')).toContain('npx ai-assurance verify');
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

describe('a pack whose signer is dishonest', () => {
  const at = (
    position: number,
    change: (entry: PackEntry) => PackEntry,
  ): Dishonesty => ({
    entries: entries =>
      entries.map(e => (e.position === position ? change(e) : e)),
  });
  const reworded = (leaf: string, members: object) =>
    canonicalize({ ...JSON.parse(leaf), ...members });
  const line = (n: number, position: number) =>
    `evidence.ndjson, line ${n} (position ${position})`;

  it.each<[string, Dishonesty, string, string]>([
    [
      'another payload',
      at(1, e => ({
        ...e,
        payload: e.payload!.replace('"status":"fail"', '"status":"pass"'),
      })),
      'PAYLOAD_COMMITMENT',
      line(2, 1),
    ],
    [
      'another salt',
      at(1, e => ({ ...e, salt: '00'.repeat(32) })),
      'PAYLOAD_COMMITMENT',
      line(2, 1),
    ],
    [
      'another time in the entry',
      at(2, e => ({
        ...e,
        leaf: reworded(e.leaf, { time: '2026-11-22T12:59:00.000Z' }),
      })),
      'INCLUSION',
      line(3, 2),
    ],
    [
      'another position',
      at(3, e => ({ ...e, position: 4 })),
      'INCLUSION',
      line(4, 4),
    ],
    [
      'a proof cut short',
      at(3, e => ({ ...e, proof: e.proof.slice(1) })),
      'INCLUSION',
      line(4, 3),
    ],
    [
      'a proof with two hashes exchanged',
      at(3, e => ({
        ...e,
        proof: [e.proof[1], e.proof[0], ...e.proof.slice(2)],
      })),
      'INCLUSION',
      line(4, 3),
    ],
    [
      'a position beyond the log',
      at(10, e => ({ ...e, position: 11 })),
      'ORDER',
      line(9, 11),
    ],
    [
      'an entry in another format',
      at(0, e => ({ ...e, leaf: reworded(e.leaf, { leafFormat: 'v0' }) })),
      'LEAF_MISMATCH',
      line(1, 0),
    ],
    [
      'an entry in another spelling',
      at(0, e => ({ ...e, leaf: ` ${e.leaf}` })),
      'LEAF_MISMATCH',
      line(1, 0),
    ],
    [
      'a period that does not hold an item',
      { facts: { periodEnd: '2026-11-22T12:20:00.000Z' } },
      'OUT_OF_PERIOD',
      line(9, 10),
    ],
    [
      'another subject',
      { facts: { subject: 'resource:default/another' } },
      'SUBJECT',
      line(1, 0),
    ],
  ])('fails on %s', async (_, dishonesty, code, where) => {
    expect(await failureOf(examplePack(dishonesty))).toEqual({ code, where });
  });

  it('fails on items out of order, repeated or left out', async () => {
    const lines = (change: (lines: string[]) => string[]) =>
      failureOf(
        withSignedFile('evidence.ndjson', text =>
          change(text.slice(0, -1).split('\n'))
            .map(l => `${l}\n`)
            .join(''),
        ),
      );
    expect(await lines(([a, b, ...rest]) => [b, a, ...rest])).toEqual({
      code: 'ORDER',
      where: line(2, 0),
    });
    expect(await lines(([a, ...rest]) => [a, a, ...rest])).toEqual({
      code: 'ORDER',
      where: line(2, 0),
    });
    expect(await lines(all => all.slice(1))).toEqual({
      code: 'COUNT',
      where: 'evidence.ndjson',
    });
  });

  it('fails on a line that cannot be read', async () => {
    const change = (edit: (text: string) => string) =>
      failureOf(withSignedFile('evidence.ndjson', edit));
    const malformed = (n: number) => ({
      code: 'LINE_MALFORMED',
      where: `evidence.ndjson, line ${n}`,
    });
    expect(await change(t => t.replace('{', '{ '))).toEqual(malformed(1));
    expect(await change(t => `\n${t}`)).toEqual(malformed(1));
    expect(await change(t => t.slice(0, -1))).toEqual(malformed(9));
    expect(
      await change(t => t.replace('"salt":"', '"salt":null,"x":"')),
    ).toEqual(malformed(1));
    expect(await change(() => 'x'.repeat(5_000_000))).toEqual(malformed(1));
  });

  it('fails on a count that is not so', async () => {
    const count = (counts: Partial<PackManifest['counts']>) =>
      failureOf(
        withManifest(m => ({ ...m, counts: { ...m.counts, ...counts } })),
      );
    const failure = { code: 'COUNT', where: 'evidence.ndjson' };
    expect(await count({ evidence: 8 })).toEqual(failure);
    expect(await count({ redacted: 1 })).toEqual(failure);
    expect(await count({ byType: {} })).toEqual(failure);
  });

  it('fails when manifest and head speak of different states, or the head is not signed', async () => {
    const failure = { code: 'ROOT_MISMATCH', where: 'checkpoint.txt' };
    const log = exampleLog(exampleItems());
    expect(
      await failureOf(
        withManifest(m => ({ ...m, log: { ...m.log, size: 12 } })),
      ),
    ).toEqual(failure);
    expect(
      await failureOf(withSignedFile('checkpoint.txt', () => log.headAt(10))),
    ).toEqual(failure);
    expect(
      await failureOf(
        withSignedFile('checkpoint.txt', () => log.headAt(11, strangerSigner)),
      ),
    ).toEqual({
      code: 'CHECKPOINT_SIGNATURE',
      where: 'checkpoint.txt',
    });
  });

  it('fails when the manifest lists a file twice, itself, or leaves out what is needed', async () => {
    const files = (
      change: (list: PackManifest['files']) => PackManifest['files'],
    ) => failureOf(withManifest(m => ({ ...m, files: change(m.files) })));
    const failure = { code: 'MANIFEST_MALFORMED', where: 'manifest.json' };
    expect(await files(list => [...list, list[0]])).toEqual(failure);
    expect(
      await files(list => [...list, { ...list[0], name: 'manifest.json' }]),
    ).toEqual(failure);
    expect(
      await files(list => list.filter(f => f.name !== 'checkpoint.txt')),
    ).toEqual(failure);
  });
});

describe('a head that you hold', () => {
  const log = exampleLog(exampleItems());
  const check = async (
    knownHead: VerifyPackOptions['knownHead'],
  ): Promise<VerificationReport> =>
    verifyPack(packFilesOf(examplePack()), { ...trusted, knownHead });

  it('is the head of the pack, or is continued by it', async () => {
    expect((await check({ checkpoint: log.headAt(11) })).ok).toBe(true);
    const older = await check({
      checkpoint: log.headAt(6),
      consistencyProof: log.consistency(6, 11),
    });
    expect(older.steps[7]).toEqual({
      id: 'known-head',
      title: 'The log continues the head that you hold',
      outcome: 'passed',
      detail: '11 entries continue 6',
    });
  });

  it('shows that the log was rewritten', async () => {
    const rewritten = exampleLog(
      exampleItems().map((item, i) =>
        i === 2 ? { ...item, id: 'rewritten' } : item,
      ),
    );
    expect(
      (await check({ checkpoint: rewritten.headAt(11) })).failure?.code,
    ).toBe('HEAD_MISMATCH');
    expect(
      (
        await check({
          checkpoint: rewritten.headAt(6),
          consistencyProof: log.consistency(6, 11),
        })
      ).failure?.code,
    ).toBe('HEAD_MISMATCH');
  });

  it('is no answer without a proof, from another log, or signed by a stranger', async () => {
    expect((await check({ checkpoint: log.headAt(6) })).failure?.code).toBe(
      'HEAD_UNPROVEN',
    );
    expect(
      (await check({ checkpoint: log.headAt(11, strangerSigner) })).failure
        ?.code,
    ).toBe('HEAD_MISMATCH');
    const elsewhere = signNote(
      `elsewhere\n11\n${'A'.repeat(43)}=\n`,
      logSigner,
    );
    expect((await check({ checkpoint: elsewhere })).failure?.code).toBe(
      'HEAD_MISMATCH',
    );
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

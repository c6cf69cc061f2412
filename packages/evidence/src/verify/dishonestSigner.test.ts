import { canonicalize } from '../canonical/canonicalize';
import { signNote } from '../checkpoint/note';
import type { PackEntry } from '../pack/evidenceLine';
import type { PackManifest } from '../pack/manifest';
import {
  Dishonesty,
  exampleItems,
  exampleLog,
  examplePack,
  logSigner,
  packFilesOf,
  strangerSigner,
} from './__testUtils__/examplePack';
import {
  failureOf,
  trusted,
  withManifest,
  withSignedFile,
} from './__testUtils__/tamper';
import type { VerificationReport } from './report';
import { verifyPack, type VerifyPackOptions } from './verifyPack';

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

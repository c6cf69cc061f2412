import { canonicalize } from '../canonical/canonicalize';
import { signHandOver } from '../checkpoint/handOver';
import { signerFromSeed } from '../checkpoint/note';
import type { EvidenceItem } from '../item/item';
import redaction from '../kinds/redaction/v1/fixture.json';
import { type PackEntry, readEvidenceLine } from '../pack/evidenceLine';
import type { PackFile } from '../pack/format';
import { type KeyRecord } from '../pack/keyHistory';
import { startPack } from '../pack/writer';
import { concatBytes } from '../bytes/bytes';
import {
  exampleFacts,
  exampleItems,
  exampleLog,
  logSigner,
  packFilesOf,
  strangerSigner,
} from './__testUtils__/examplePack';
import { trusted, withFile } from './__testUtils__/tamper';
import { verifyPack, type VerifyPackOptions } from './verifyPack';

const subject = exampleFacts.subject;
const redactedAt = 2;

/** The eleven items of the example, and a redaction of the third by an item observed after the period. */
function logWith(positions: number[], change: Partial<EvidenceItem> = {}) {
  const because = redaction.data.payload.because;
  return exampleLog([
    ...exampleItems(),
    {
      ...(redaction as unknown as EvidenceItem),
      subject,
      time: '2027-01-01T00:00:00.000Z',
      ...change,
      data: {
        ...(redaction.data as unknown as EvidenceItem['data']),
        payload: {
          because,
          items: positions.map(position => ({
            evidenceId: String(position),
            leafHash: 'ab'.repeat(32),
          })),
        },
      },
    },
  ]);
}

function packOf(
  log: ReturnType<typeof exampleLog>,
  entries: (PackEntry | undefined)[],
  options: { signer?: typeof logSigner; keyHistory?: KeyRecord[] } = {},
): PackFile[] {
  const signer = options.signer ?? logSigner;
  const pack = startPack();
  const lines = entries
    .filter(entry => entry !== undefined)
    .map(entry => pack.add(entry));
  const { files } = pack.finish(
    {
      ...exampleFacts,
      checkpoint: log.headAt(log.size, signer),
      verifierKey: signer.verifierKey,
      keyHistory: options.keyHistory,
    },
    signer,
  );
  return [{ name: 'evidence.ndjson', bytes: concatBytes(...lines) }, ...files];
}

function ownEntries(log: ReturnType<typeof exampleLog>): PackEntry[] {
  return log.entries.filter(
    entry => JSON.parse(entry.leaf).subject === subject,
  );
}

const redacted = (entry: PackEntry, by?: number): PackEntry => ({
  ...entry,
  payload: null,
  salt: null,
  ...(by !== undefined && { redaction: { position: by } }),
});

async function reportOf(
  files: PackFile[],
  options: VerifyPackOptions = trusted,
) {
  const report = await verifyPack(packFilesOf(files), options);
  return {
    code: report.failure?.code,
    where: report.failure?.where,
    evidence: report.steps.find(step => step.id === 'evidence')!.detail,
    notices: report.notices?.map(({ code, count }) => ({ code, count })),
    key: report.key,
  };
}

describe('a pack with a redacted item', () => {
  const log = logWith([redactedAt]);
  const entries = ownEntries(log);
  const with2 = (by?: number, list = entries) =>
    list.map(entry =>
      entry.position === redactedAt ? redacted(entry, by) : entry,
    );

  it('holds, with the evidence of the redaction, though that is later than the period', async () => {
    expect(await reportOf(packOf(log, with2(11)))).toMatchObject({
      code: undefined,
      evidence: '10 items, of which 1 redacted (1 with the evidence of it)',
      notices: undefined,
    });
  });

  it('fails when the evidence of the redaction is left out', async () => {
    const pack = packOf(
      log,
      with2(11).filter(entry => entry.position !== 11),
    );
    expect(await reportOf(pack)).toMatchObject({
      code: 'REDACTION_UNPROVEN',
      where: 'evidence.ndjson (position 2)',
    });
  });

  it.each<[string, PackFile[], string]>([
    [
      'lists other items',
      packOf(logWith([3]), with2(11, ownEntries(logWith([3])))),
      'evidence.ndjson, line 10 (position 11)',
    ],
    [
      'is no redaction',
      packOf(log, with2(3)),
      'evidence.ndjson, line 4 (position 3)',
    ],
    [
      'comes from elsewhere',
      packOf(
        logWith([redactedAt], { source: '/stranger' }),
        with2(11, ownEntries(logWith([redactedAt], { source: '/stranger' }))),
      ),
      'evidence.ndjson, line 10 (position 11)',
    ],
    [
      'stands before it',
      packOf(log, with2(1)),
      'evidence.ndjson, line 3 (position 2)',
    ],
    [
      'is itself',
      packOf(log, with2(redactedAt)),
      'evidence.ndjson, line 3 (position 2)',
    ],
  ])('fails when what is said to redact it %s', async (_, pack, where) => {
    expect(await reportOf(pack)).toMatchObject({
      code: 'REDACTION_UNPROVEN',
      where,
    });
  });

  it('says so when it was redacted after the head, or nothing is named', async () => {
    const without = with2(500).filter(entry => entry.position !== 11);
    expect(await reportOf(packOf(log, without))).toMatchObject({
      code: undefined,
      evidence: '9 items, of which 1 redacted (0 with the evidence of it)',
      notices: [{ code: 'REDACTION_LATER', count: 1 }],
    });
    const unnamed = with2().filter(entry => entry.position !== 11);
    expect(await reportOf(packOf(log, unnamed))).toMatchObject({
      code: undefined,
      notices: [{ code: 'REDACTION_UNEXPLAINED', count: 1 }],
    });
  });

  it('takes a redaction from outside the period only for what it explains', async () => {
    expect(await reportOf(packOf(log, entries))).toMatchObject({
      code: 'OUT_OF_PERIOD',
      where: 'evidence.ndjson, line 10 (position 11)',
    });
  });

  it('has one spelling of a line, and none that is redacted and not', () => {
    const { position, leaf, payload, salt } = entries[0];
    const line = (change: object) =>
      canonicalize({ position, leaf, payload, salt, proof: [], ...change });
    expect(readEvidenceLine(line({ redaction: { position: 9 } }))).toBe(
      '/redaction: it says that the item was redacted, and its payload is there',
    );
    const gone = { payload: null, salt: null };
    expect(readEvidenceLine(line(gone))).toEqual({
      position,
      leaf,
      payload: null,
      salt: null,
      proof: [],
    });
    expect(
      readEvidenceLine(line({ ...gone, redaction: { position: 9, x: 1 } })),
    ).toBe('/redaction: Unrecognized key: "x"');
  });
});

describe('a pack of a log that changed its key', () => {
  const next = signerFromSeed(logSigner.name, new Uint8Array(32).fill(21));
  const third = signerFromSeed(logSigner.name, new Uint8Array(32).fill(22));
  const handOver = (
    from: typeof logSigner,
    to: typeof logSigner,
    fromSize: number,
  ) =>
    signHandOver(
      {
        origin: logSigner.name,
        fromSize,
        oldKey: from.verifierKey,
        newKey: to.verifierKey,
      },
      from,
      to,
    );
  const history: KeyRecord[] = [
    { verifierKey: logSigner.verifierKey, fromSize: 1 },
    {
      verifierKey: next.verifierKey,
      fromSize: 5,
      handOver: handOver(logSigner, next, 5),
    },
    {
      verifierKey: third.verifierKey,
      fromSize: 8,
      handOver: handOver(next, third, 8),
    },
  ];
  const log = exampleLog(exampleItems());
  const packBy = (signer: typeof logSigner, keyHistory?: KeyRecord[]) =>
    packOf(log, ownEntries(log), { signer, keyHistory });
  const trusting = (key: { verifierKey: string }) => ({
    expectedVerifierKey: key.verifierKey,
  });

  it('holds for whoever trusts an earlier key: the hand-overs lead to the new one', async () => {
    for (const key of [logSigner, next]) {
      const report = await reportOf(packBy(third, history), trusting(key));
      expect(report.code).toBe(undefined);
      expect(report.key!.isTrusted).toBe(true);
    }
    const { key } = await reportOf(packBy(third, history), trusting(logSigner));
    expect(key!.handedOverFrom).toBe(logSigner.verifierKey.split('+')[1]);
  });

  it('brings no history when there is none to tell', () => {
    expect(packBy(logSigner, history.slice(0, 1)).map(f => f.name)).toEqual(
      packBy(logSigner).map(f => f.name),
    );
  });

  it('of before holds for whoever trusts the new key and has the history', async () => {
    const old = exampleLog(exampleItems().slice(0, 4));
    const pack = packOf(old, ownEntries(old));
    expect((await reportOf(pack, trusting(third))).code).toBe('KEY_UNEXPECTED');
    const keyHistory = JSON.stringify({ keys: history });
    expect(
      (await reportOf(pack, { ...trusting(third), keyHistory })).code,
    ).toBe(undefined);
  });

  it('that a replaced key signed afterwards is refused', async () => {
    const keyHistory = JSON.stringify({ keys: history });
    expect(
      await reportOf(packBy(logSigner), { ...trusting(third), keyHistory }),
    ).toMatchObject({ code: 'KEY_RETIRED', where: 'checkpoint.txt' });
    const early = exampleLog(exampleItems().slice(0, 7));
    expect(
      (
        await reportOf(
          packOf(early, ownEntries(early), {
            signer: third,
            keyHistory: history,
          }),
          trusting(logSigner),
        )
      ).code,
    ).toBe('KEY_RETIRED');
  });

  it('does not hold over a hand-over that somebody forged, cut or left out', async () => {
    const forged: KeyRecord[] = [
      history[0],
      {
        verifierKey: strangerSigner.verifierKey,
        fromSize: 5,
        handOver: handOver(strangerSigner, strangerSigner, 5).replaceAll(
          `old ${strangerSigner.verifierKey}`,
          `old ${logSigner.verifierKey}`,
        ),
      },
    ];
    for (const [signer, keyHistory] of [
      [strangerSigner, forged],
      [third, [history[0], history[2]]],
      [third, history.map(key => ({ ...key, handOver: undefined }))],
      [third, []],
    ] as const)
      expect(
        (await reportOf(packBy(signer, [...keyHistory]), trusting(logSigner)))
          .code,
      ).toBe('KEY_UNEXPECTED');
  });

  it('fails when its history is changed after it was signed', async () => {
    const pack = withFile(packBy(third, history), 'key-history.json', text =>
      text.replace('"fromSize":1', '"fromSize":2'),
    );
    expect((await reportOf(pack, trusting(logSigner))).code).toBe(
      'FILE_DIGEST',
    );
  });

  it('continues a head that you hold from an earlier key', async () => {
    const knownHead = {
      checkpoint: log.headAt(4),
      consistencyProof: log.consistency(4, 11),
    };
    const report = await verifyPack(packFilesOf(packBy(third, history)), {
      ...trusting(logSigner),
      knownHead,
    });
    expect(report.steps[7].detail).toBe('11 entries continue 4');
  });
});

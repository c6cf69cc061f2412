import fc from 'fast-check';
import { concatBytes } from '../bytes/bytes';
import { canonicalize } from '../canonical/canonicalize';
import type { EvidenceItem } from '../item/item';
import { commitPayload, leafOf } from '../item/leaf';
import evaluation from '../kinds/evaluation/v1/fixture.json';
import type { PackEntry } from '../pack/evidenceLine';
import { startPack } from '../pack/writer';
import {
  exampleFacts,
  exampleLog,
  logSigner,
  packFilesOf,
} from './__testUtils__/examplePack';
import { trusted } from './__testUtils__/tamper';
import { readStoredItem } from './readStored';
import { verifyPack } from './verifyPack';

const salt = new Uint8Array(32).fill(5);

/** The texts that a log keeps of an item, whoever wrote it. */
function storedOf(item: object) {
  const payload = canonicalize((item as EvidenceItem).data.payload);
  return {
    leaf: leafOf(item as EvidenceItem, commitPayload(salt, payload)),
    payload,
  };
}

function example(
  changes: Partial<EvidenceItem> = {},
  payload?: EvidenceItem['data']['payload'],
): EvidenceItem {
  const item = structuredClone(evaluation) as EvidenceItem;
  return {
    ...item,
    ...changes,
    data: { ...item.data, payload: payload ?? item.data.payload },
  };
}

describe('an item read back from the texts that are kept', () => {
  it('is the item that was recorded', () => {
    const { id, source, ...rest } = example();
    expect(readStoredItem(storedOf({ id, source, ...rest }))).toEqual({
      readable: true,
      item: evaluation,
    });
  });

  it('is kept as it is when a newer release wrote it, and says so', () => {
    const ofTomorrow = example(
      { type: 'io.ai-assurance.evaluation.v9' },
      { scores: [1, 2, 3], wording: 'of tomorrow' },
    );
    const stored = storedOf(ofTomorrow);
    expect(readStoredItem(stored)).toEqual({
      readable: false,
      reason: 'UNKNOWN_VERSION',
      problems: [
        '/type: io.ai-assurance.evaluation.v9 is a version that this release cannot read; it reads io.ai-assurance.evaluation.v1, io.ai-assurance.evaluation.v2',
      ],
      attributes: JSON.parse(stored.leaf),
      stored,
    });
  });

  it.each<[string, object, { leaf: string; payload: string | null }]>([
    [
      'a kind of tomorrow',
      {
        reason: 'UNKNOWN_TYPE',
        problems: [
          '/type: there is no evidence of type io.ai-assurance.dream.v1',
        ],
      },
      storedOf(example({ type: 'io.ai-assurance.dream.v1' })),
    ],
    [
      'a payload that the schema does not know',
      {
        reason: 'INVALID_PAYLOAD',
        problems: [
          '/data/payload/intervalLevelRatio: Too small: expected number to be >=0',
        ],
      },
      storedOf(
        example({}, { ...evaluation.data.payload, intervalLevelRatio: -1 }),
      ),
    ],
    [
      'a payload that was erased',
      { reason: 'REDACTED', problems: ['/data/payload: it was erased'] },
      { ...storedOf(example()), payload: null },
    ],
    [
      'a payload that is no object',
      {
        reason: 'INVALID_PAYLOAD',
        problems: ['/data/payload: it is no JSON object'],
      },
      { ...storedOf(example()), payload: '[1]' },
    ],
    [
      'an envelope with a member of tomorrow',
      {
        reason: 'INVALID_ITEM',
        problems: ['/data/envelope: Unrecognized key: "mood"'],
      },
      storedOf({
        ...example(),
        data: {
          envelope: { ...evaluation.data.envelope, mood: 'good' },
          payload: evaluation.data.payload,
        },
      }),
    ],
  ])('%s', (_, expected, stored) => {
    expect(readStoredItem(stored)).toEqual({
      readable: false,
      attributes: JSON.parse(stored.leaf),
      stored,
      ...expected,
    });
  });

  it('is no entry when its leaf is not canonical, or of another format', () => {
    const stored = storedOf(example());
    const reasons = [
      ` ${stored.leaf}`,
      stored.leaf.replace('ai-assurance-leaf/v1', 'ai-assurance-leaf/v2'),
      stored.leaf.replace('{', '{"data":{},'),
      stored.leaf.replace(/"payloadCommitment":"[0-9a-f]+",/, ''),
      'null',
      '[]',
      '{',
    ].map(leaf => {
      const reading = readStoredItem({ ...stored, leaf });
      return !reading.readable && reading.reason;
    });
    expect(reasons).toEqual(Array(7).fill('NOT_A_LEAF'));
  });

  it('never throws, whatever was stored, and hands back the very texts', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json()),
        fc.option(fc.oneof(fc.string(), fc.json())),
        (leaf, payload) => {
          const reading = readStoredItem({ leaf, payload });
          expect(!reading.readable && reading.stored).toEqual({
            leaf,
            payload,
          });
        },
      ),
    );
  });
});

/** A pack whose writer was a newer release: its items have types that this one may not know. */
function packOfTomorrow(
  types: readonly string[],
  dishonest: (entry: PackEntry, i: number) => PackEntry = entry => entry,
) {
  const log = exampleLog(
    types.map((type, i) =>
      example({
        id: `item-${i}`,
        subject: exampleFacts.subject,
        time: '2026-11-22T12:30:00.000Z',
        type,
      }),
    ),
  );
  const pack = startPack();
  const lines = log.entries.map((entry, i) => pack.add(dishonest(entry, i)));
  const { files } = pack.finish(
    {
      ...exampleFacts,
      checkpoint: log.headAt(log.size),
      verifierKey: logSigner.verifierKey,
    },
    logSigner,
  );
  return packFilesOf([
    { name: 'evidence.ndjson', bytes: concatBytes(...lines) },
    ...files,
  ]);
}

const known = 'io.ai-assurance.evaluation.v1';
const newer = 'io.ai-assurance.evaluation.v9';
const unheardOf = 'io.ai-assurance.dream.v1';

describe('a pack with items of a newer release', () => {
  it('verifies: every hash and proof holds, and what cannot be read is counted and named', async () => {
    const report = await verifyPack(
      packOfTomorrow([known, newer, unheardOf, newer]),
      trusted,
    );
    expect(report.failure).toBe(undefined);
    expect(report.ok).toBe(true);
    expect(report.unreadable).toEqual([
      { type: unheardOf, count: 1 },
      { type: newer, count: 2 },
    ]);
    expect(report.steps[5].detail).toBe(
      '4 items, of which 0 redacted; kept, not readable by this release: ' +
        `1 of ${unheardOf}, 2 of ${newer}`,
    );
    expect(report.manifest?.counts.byType).toEqual({
      [known]: 1,
      [newer]: 2,
      [unheardOf]: 1,
    });
  });

  it('names no type in the report when every item can be read', async () => {
    const report = await verifyPack(packOfTomorrow([known]), trusted);
    expect(report.ok).toBe(true);
    expect('unreadable' in report).toBe(false);
  });

  it('names ten types in words, says how many more there are, and counts them all', async () => {
    const types = [...Array(12).keys()].map(
      i => `io.ai-assurance.dream.v${i + 10}`,
    );
    const report = await verifyPack(packOfTomorrow(types), trusted);
    expect(report.unreadable?.length).toBe(12);
    expect(report.steps[5].detail).toMatch(
      /1 of io\.ai-assurance\.dream\.v19, 2 more types$/,
    );
  });

  it('is refused when an unreadable payload is not the recorded one', async () => {
    const pack = packOfTomorrow([known, newer], (entry, i) =>
      i === 1 ? { ...entry, payload: '{"value":1}' } : entry,
    );
    const report = await verifyPack(pack, trusted);
    expect(report.failure).toEqual({
      code: 'PAYLOAD_COMMITMENT',
      where: 'evidence.ndjson, line 2 (position 1)',
      message:
        'Salt and payload do not give the commitment that the entry holds',
    });
  });

  it('is refused when the leaf of an unreadable item was changed', async () => {
    const pack = packOfTomorrow([newer, known], (entry, i) =>
      i === 0 ? { ...entry, leaf: entry.leaf.replace('.v9', '.v3') } : entry,
    );
    const report = await verifyPack(pack, trusted);
    expect(report.failure?.code).toBe('INCLUSION');
  });
});

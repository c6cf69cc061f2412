import {
  EvidenceItem,
  fromHex,
  leafHash,
  leafOf,
  utf8,
  verifyCheckpoint,
  verifyInclusion,
  verifyTlogProof,
  commitPayload,
  canonicalize,
} from '@ai-assurance/evidence';
import { ConfigReader } from '@backstage/config';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { Tx } from '../platform';
import {
  artifactDraft,
  artifactDrafts,
  digest,
  model,
  newKeyPem,
  openTestLedger,
  service,
  startMs,
  testKey,
} from './__testUtils__/openTestLedger';
import { createLedger } from './createLedger';
import { LedgerReader } from './LedgerReader';

// Both databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('the ledger', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (
    id: (typeof each)[number][0],
    options?: { config?: object },
  ) => openTestLedger(await databases.init(id), options);

  it.each(each)(
    'gives positions without gaps and signs a head for each transaction, %p',
    async id => {
      const { db, room } = await open(id);
      expect(await room.answers.head()).toBe(undefined);
      const first = await db.transaction(tx =>
        room.ledger.append(tx, artifactDrafts(0, 3)),
      );
      const second = await db.transaction(tx =>
        room.ledger.append(tx, [artifactDraft(3)]),
      );
      expect([...first, ...second]).toEqual(
        [0, 1, 2, 3].map(position => ({
          outcome: 'accepted',
          evidenceId: String(position),
        })),
      );

      const head = (await room.answers.head())!;
      expect(head.size).toBe(4);
      expect(head.signedAtMs).toBe(startMs);
      expect(verifyCheckpoint(head.checkpoint, room.verifierKey)).toEqual({
        origin: 'ai-assurance.local/log',
        size: 4,
        rootHash: head.rootHash,
      });
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 4,
        headCount: 2,
      });
    },
  );

  it.each(each)('gives back what was recorded, %p', async id => {
    const { db, clock, room } = await open(id);
    clock.advance(1000);
    const envelope = {
      ...artifactDraft(1).envelope,
      expiresAt: '2026-11-22T14:00:00.000Z',
      windowStart: '2026-11-22T12:00:00.000Z',
      windowEnd: '2026-11-22T13:00:00.000Z',
      sampleCount: 7,
    };
    await db.transaction(tx =>
      room.ledger.append(tx, [artifactDraft(1, { envelope })]),
    );
    expect(await room.answers.byId('0')).toEqual({
      evidenceId: '0',
      position: 0,
      timeMs: startMs - 59_999,
      recordedAtMs: startMs + 1000,
      expiresAtMs: startMs + 3_600_000,
      status: undefined,
      item: {
        specversion: '1.0',
        id: 'artifact-1',
        source: '/tests/pipeline',
        type: 'io.ai-assurance.artifact.v1',
        subject: model,
        time: '2026-11-22T12:59:00.001Z',
        datacontenttype: 'application/json',
        data: {
          envelope,
          payload: { version: '1.0.0', digest, sizeBytes: 1, format: 'onnx' },
        },
      },
    });
    for (const wrong of [
      '1',
      '-1',
      '01',
      '1e3',
      'x',
      '9999999999999999999',
      '',
    ])
      expect(await room.answers.byId(wrong)).toBe(undefined);
  });

  it.each(each)(
    'takes the same item again without change, and refuses other content under its id, %p',
    async id => {
      const { db, room } = await open(id);
      await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 2)));
      const before = await room.answers.head();
      const changed = artifactDraft(1, {
        payload: { version: '1.0.0', digest, sizeBytes: 9, format: 'onnx' },
      });
      const otherEnvelope = artifactDraft(1, {
        envelope: { ...artifactDraft(1).envelope, sampleCount: 9 },
      });
      const outcomes = await db.transaction(tx =>
        room.ledger.append(tx, [
          artifactDraft(0),
          artifactDraft(1),
          changed,
          otherEnvelope,
        ]),
      );
      expect(outcomes).toEqual([
        { outcome: 'already-known', evidenceId: '0' },
        { outcome: 'already-known', evidenceId: '1' },
        { outcome: 'conflict', evidenceId: '1' },
        { outcome: 'conflict', evidenceId: '1' },
      ]);
      expect(await room.answers.head()).toEqual(before);
      expect((await room.answers.byId('1'))!.item.data.payload.sizeBytes).toBe(
        1,
      );
    },
  );

  it.each(each)('knows an item that comes twice in one batch, %p', async id => {
    const { db, room } = await open(id);
    const changed = artifactDraft(5, { subject: service });
    const otherSource = artifactDraft(5, { source: '/tests/other' });
    const outcomes = await db.transaction(tx =>
      room.ledger.append(tx, [
        artifactDraft(5),
        artifactDraft(5),
        changed,
        otherSource,
      ]),
    );
    expect(outcomes).toEqual([
      { outcome: 'accepted', evidenceId: '0' },
      { outcome: 'already-known', evidenceId: '0' },
      { outcome: 'conflict', evidenceId: '0' },
      { outcome: 'accepted', evidenceId: '1' },
    ]);
    expect(await room.fsck()).toEqual({ ok: true, itemCount: 2, headCount: 1 });
  });

  it.each(each)(
    'stays gapless when twenty writers append at once, %p',
    async id => {
      const { db, room } = await open(id);
      const writers = Array.from({ length: 20 }, (_, writer) =>
        db.transaction(tx =>
          room.ledger.append(
            tx,
            artifactDrafts(writer * 10, writer * 10 + 1 + (writer % 5)),
          ),
        ),
      );
      const positions = (await Promise.all(writers))
        .flat()
        .map(outcome => Number(outcome.evidenceId));
      expect(positions.sort((a, b) => a - b)).toEqual(
        Array.from({ length: 60 }, (_, i) => i),
      );
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 60,
        headCount: 20,
      });
    },
  );

  it.each(each)(
    'lets one of twenty writers of the same item win, %p',
    async id => {
      const { db, room } = await open(id);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, () =>
          db.transaction(tx => room.ledger.append(tx, [artifactDraft(1)])),
        ),
      );
      expect(
        outcomes.flat().filter(outcome => outcome.outcome === 'accepted'),
      ).toEqual([{ outcome: 'accepted', evidenceId: '0' }]);
      expect(
        outcomes.flat().filter(outcome => outcome.outcome === 'already-known')
          .length,
      ).toBe(19);
    },
  );

  it.each(each)(
    'proves every item under the newest head at every size up to 70, and beyond one tile, %p',
    async id => {
      const { db, room } = await open(id);
      const reader = room.answers as LedgerReader;
      const check = async (index: number) => {
        const detail = await reader.detail(String(index));
        const { checkpoint, index: proven } = verifyTlogProof({
          proof: detail.proof,
          leafHash: leafHash(utf8(detail.leaf)),
          verifierKey: detail.verifierKey,
        });
        expect(proven).toBe(index);
        expect(detail.payloadCommitment).toBe(
          commitPayload(
            fromHex(detail.salt!)!,
            canonicalize(detail.item.data.payload!),
          ),
        );
        expect(
          leafOf(detail.item as EvidenceItem, detail.payloadCommitment),
        ).toBe(detail.leaf);
        return checkpoint.size;
      };
      for (let size = 1; size <= 70; size++) {
        await db.transaction(tx =>
          room.ledger.append(tx, [artifactDraft(size - 1)]),
        );
        // Every item at the sizes where the tree changes its shape, the edges elsewhere.
        const indexes =
          size <= 9 || size >= 63
            ? [...Array(size).keys()]
            : [0, Math.floor(size / 2), size - 1];
        for (const index of indexes) expect(await check(index)).toBe(size);
      }
      await db.transaction(tx =>
        room.ledger.append(tx, artifactDrafts(70, 700)),
      );
      for (const index of [0, 69, 70, 255, 256, 257, 511, 512, 513, 698, 699])
        expect(await check(index)).toBe(700);
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 700,
        headCount: 71,
      });
    },
  );

  it.each(each)(
    'refuses a draft that is not valid evidence, and records nothing of its batch, %p',
    async id => {
      const { db, room } = await open(id);
      const bad = artifactDraft(1, {
        payload: {
          version: '1.0.0',
          digest: 'md5:1',
          sizeBytes: -1,
          format: 'onnx',
        },
      });
      const append = (tx: Tx) =>
        room.ledger.append(tx, [artifactDraft(0), bad]);
      await expect(db.transaction(append)).rejects.toMatchObject({
        code: 'INVALID_DRAFT',
      });
      await expect(db.transaction(append)).rejects.toThrow(
        /^io\.ai-assurance\.artifact\.v1 about resource:default\/digit-reader is not valid evidence: .*digest.*sizeBytes/,
      );
      expect(await room.answers.head()).toBe(undefined);
    },
  );

  it.each(each)(
    'lists newest first, by subject, kind and half-open time, page by page, %p',
    async id => {
      const { db, room } = await open(id);
      const drafts = [
        ...artifactDrafts(0, 6),
        artifactDraft(6, { subject: service }),
      ];
      await db.transaction(tx => room.ledger.append(tx, drafts));
      const ids = async (query: object) =>
        (await room.answers.list({ limit: 50, ...query })).map(
          entry => entry.evidenceId,
        );
      const t0 = startMs - 60_000;
      expect(await ids({})).toEqual(['6', '5', '4', '3', '2', '1', '0']);
      expect(await ids({ subject: service })).toEqual(['6']);
      expect(
        await ids({ subject: model, fromMs: t0 + 1, toMs: t0 + 4 }),
      ).toEqual(['3', '2', '1']);
      expect(await ids({ type: 'io.ai-assurance.evaluation.v1' })).toEqual([]);
      expect(await ids({ limit: 2, beforePosition: 4 })).toEqual(['3', '2']);
      expect(
        (await room.answers.latest(model, 'io.ai-assurance.artifact.v1'))!
          .evidenceId,
      ).toBe('5');
      expect(
        await room.answers.latest(service, 'io.ai-assurance.evaluation.v1'),
      ).toBe(undefined);
    },
  );

  it.each(each)(
    'exports a subject and period in order, each item with its proof in the tree of the size asked for, %p',
    async id => {
      const { db, room } = await open(id);
      await db.transaction(tx =>
        room.ledger.append(tx, artifactDrafts(0, 600)),
      );
      const { size, rootHash } = (await room.answers.head())!;
      const root = fromHex(rootHash)!;
      await db.transaction(tx =>
        room.ledger.append(tx, artifactDrafts(600, 620)),
      );
      const t0 = startMs - 60_000;
      const positions: number[] = [];
      for await (const entry of room.answers.entries({
        subject: model,
        fromMs: t0 + 40,
        toMs: t0 + 610,
        size,
      })) {
        positions.push(entry.position);
        const { position: index, proof } = entry;
        const leaf = leafHash(utf8(entry.leaf));
        expect(
          verifyInclusion({ leafHash: leaf, index, size, proof, root }),
        ).toBe(true);
      }
      expect(positions).toEqual(Array.from({ length: 560 }, (_, i) => i + 40));
    },
  );

  it.each(each)(
    'does not start with another key than its heads were signed with, %p',
    async id => {
      const { db, deps, room } = await open(id);
      await db.transaction(tx => room.ledger.append(tx, [artifactDraft(0)]));
      const again = await createLedger(deps);
      expect(again.verifierKey).toBe(room.verifierKey);
      const config = new ConfigReader({
        aiAssurance: { ledger: { signingKey: newKeyPem() } },
      });
      await expect(createLedger({ ...deps, config })).rejects.toMatchObject({
        code: 'SIGNING_KEY_CHANGED',
      });
      const otherOrigin = new ConfigReader({
        aiAssurance: {
          ledger: { signingKey: testKey, origin: 'other.example/log' },
        },
      });
      await expect(
        createLedger({ ...deps, config: otherOrigin }),
      ).rejects.toMatchObject({ code: 'SIGNING_KEY_CHANGED' });
      const badOrigin = new ConfigReader({
        aiAssurance: { ledger: { signingKey: testKey, origin: 'two words' } },
      });
      await expect(
        createLedger({ ...deps, config: badOrigin }),
      ).rejects.toMatchObject({
        code: 'ORIGIN_INVALID',
        message:
          'aiAssurance.ledger.origin: "two words" cannot name a key: no spaces, no plus, not empty',
      });
    },
  );
});

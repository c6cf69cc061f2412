import {
  appendToFrontier,
  canonicalize,
  checkpointBody,
  commitPayload,
  emptyFrontier,
  EvidenceItem,
  frontierRoot,
  leafHash,
  leafOf,
  NoteSigner,
  signNote,
  toHex,
  utf8,
} from '@ai-assurance/evidence';
import {
  mockServices,
  TestDatabaseId,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { Knex } from 'knex';
import { openDatabase } from '../platform';
import {
  artifactDraft,
  artifactDrafts,
  artifactEvent,
  openTestLedger,
  startMs,
} from './__testUtils__/openTestLedger';

const create = require('../../migrations/20261122000100_create_ledger.js');
const compact = require('../../migrations/20261122001000_compact_ledger.js');

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const directory = resolvePackagePath(
  '@ai-assurance/backstage-plugin-ai-assurance-backend',
  'migrations',
);

/** Fills the tables as the release before the compact form did: one transaction, one head, for each batch. */
async function recordInOldForm(
  knex: Knex,
  signer: NoteSigner,
  batches: { items: object[]; recordedAtMs: number }[],
): Promise<void> {
  let frontier = emptyFrontier;
  for (const { items, recordedAtMs } of batches) {
    for (const value of items) {
      const item = value as EvidenceItem;
      const salt = new Uint8Array(32).fill(frontier.size % 251);
      const payload = canonicalize(item.data.payload);
      const commitment = commitPayload(salt, payload);
      const leaf = leafOf(item, commitment);
      const { expiresAt } = item.data.envelope;
      await knex('ledger_item').insert({
        position: frontier.size,
        source: item.source,
        id: item.id,
        type: item.type,
        subject: item.subject,
        time_ms: Date.parse(item.time),
        recorded_at_ms: recordedAtMs,
        expires_at_ms: expiresAt ? Date.parse(expiresAt) : null,
        status: null,
        leaf,
        payload,
        salt: toHex(salt),
        payload_commitment: commitment,
        leaf_hash: toHex(leafHash(utf8(leaf))),
      });
      const step = appendToFrontier(frontier, leafHash(utf8(leaf)));
      frontier = step.frontier;
      for (const node of step.created)
        if (node.level === 8)
          await knex('ledger_node').insert({
            level: 1,
            node_index: node.index,
            hash: toHex(node.hash),
          });
    }
    const rootHash = toHex(frontierRoot(frontier));
    await knex('ledger_head').insert({
      size: frontier.size,
      root_hash: rootHash,
      note: signNote(
        checkpointBody({ origin: signer.name, size: frontier.size, rootHash }),
        signer,
      ),
      signed_at_ms: recordedAtMs,
    });
    await knex('ledger_counter').update({
      size: frontier.size,
      frontier: JSON.stringify(frontier.nodes.map(toHex)),
    });
  }
}

describe('the migrations of the ledger', () => {
  const databases: TestDatabases = createTestDatabases();
  const each = databases.eachSupportedId();

  /** A signer that the ledger will take for its own, since it comes from the same configured key. */
  const signerOfTests = async (): Promise<NoteSigner> =>
    (await openTestLedger(await databases.init('SQLITE_3'))).room.ledger.signer;

  const oldDatabase = async (id: TestDatabaseId) => {
    const knex = await databases.init(id);
    await knex.migrate.up({ directory });
    await knex.migrate.up({ directory });
    return knex;
  };

  it.each(each)(
    'go down and up again while nothing is recorded, %p',
    async id => {
      const knex = await databases.init(id);
      await openDatabase(
        mockServices.database({ knex, migrations: { skip: false } }),
      );
      await compact.down(knex);
      await create.down(knex);
      expect(await knex.schema.hasTable('ledger_item')).toBe(false);
      expect(await knex.schema.hasTable('ledger_word')).toBe(false);
      await create.up(knex);
      await compact.up(knex);
      expect(await knex('ledger_counter')).toMatchObject([
        { id: 1, frontier: '[]' },
      ]);
    },
  );

  it.each(each)('never drop evidence, %p', async id => {
    const { db, room } = await openTestLedger(await databases.init(id));
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 2)));
    for (const migration of [compact, create])
      await expect(migration.down(db.knex)).rejects.toThrow(
        'The ledger holds 2 items of evidence. A migration never drops evidence: keep this version, or move the database aside.',
      );
    expect(await room.fsck()).toEqual({ ok: true, itemCount: 2, headCount: 1 });
  });

  it.each(each)(
    'bring a ledger of the old form into the compact one: every leaf, hash and head as it was, %p',
    async id => {
      const signer = await signerOfTests();
      const knex = await oldDatabase(id);
      const odd = artifactEvent(700, {
        id: 'quote " backslash \\ newline \n ä 🙂',
        source: '/tests/"odd"',
        time: '2026-11-22T12:59:00Z',
      });
      const expiring = artifactEvent(701);
      expiring.data.envelope.expiresAt = '2026-12-01T00:00:00.000Z';
      await recordInOldForm(knex, signer, [
        {
          items: Array.from({ length: 600 }, (_, i) => artifactEvent(i)),
          recordedAtMs: startMs + 5000,
        },
        // A replica whose clock lagged.
        { items: [odd, expiring], recordedAtMs: startMs - 5000 },
      ]);
      const before = await knex('ledger_item').orderBy('position');

      const { db, room } = await openTestLedger(knex);
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 602,
        headCount: 2,
      });
      const after = [];
      for await (const entry of room.answers.entries({
        subject: odd.subject,
        fromMs: 0,
        toMs: startMs * 2,
        size: 602,
      })) {
        const { leaf, leafHash: hash, payload, salt } = entry;
        after.push({ leaf, leaf_hash: hash, payload, salt });
      }
      expect(after).toEqual(
        before.map(({ leaf, leaf_hash, payload, salt }) => ({
          leaf,
          leaf_hash,
          payload,
          salt,
        })),
      );
      const read = (await room.answers.byId('600'))!;
      expect(read.item).toEqual(odd);
      // Times of recording never fall, so that they are ranges of positions.
      expect(read.recordedAtMs).toBe(startMs + 5000);
      expect((await room.answers.head())!.signedAtMs).toBe(startMs + 5000);
      expect((await room.answers.byId('601'))!.expiresAtMs).toBe(
        Date.parse('2026-12-01T00:00:00.000Z'),
      );

      const outcomes = await db.transaction(tx =>
        room.ledger.append(tx, [artifactDraft(9999)]),
      );
      expect(outcomes).toEqual([{ outcome: 'accepted', evidenceId: '602' }]);
      expect((await room.answers.byId('602'))!.recordedAtMs).toBe(
        startMs + 5000,
      );
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 603,
        headCount: 3,
      });
    },
  );

  it.each(each)(
    'stop at a leaf that this suite did not write, and change nothing, %p',
    async id => {
      const signer = await signerOfTests();
      const knex = await oldDatabase(id);
      await recordInOldForm(knex, signer, [
        { items: [artifactEvent(0)], recordedAtMs: startMs },
      ]);
      const [row] = await knex('ledger_item');
      await knex('ledger_item').insert({
        ...row,
        position: 1,
        id: 'other',
        leaf: row.leaf.replace('"1.0"', '"1.1"'),
      });
      await expect(knex.migrate.latest({ directory })).rejects.toThrow(
        'The leaf at position 1 is not as this suite writes it. Run "fsck" with the version before: the row was changed.',
      );
      expect(await knex('ledger_item').count({ rows: '*' })).toMatchObject([
        { rows: id === 'SQLITE_3' ? 2 : '2' },
      ]);
      expect(await knex.schema.hasTable('ledger_word')).toBe(false);
    },
  );
});

import { createTestDatabases } from '@ai-assurance/test-kit';
import { LedgerReader } from './LedgerReader';
import { EvidenceDraft } from './types';
import {
  artifactDrafts,
  model,
  openTestLedger,
  startMs,
} from './__testUtils__/openTestLedger';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('the check of redactions', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();

  /** Five items, the first two of them erased by order of the sixth. */
  const redacted = async (
    id: (typeof each)[number][0],
    change: { evidenceId?: string; leafHash?: string } = {},
  ) => {
    const { db, room } = await openTestLedger(await databases.init(id));
    await db.transaction(tx => room.ledger.append(tx, artifactDrafts(0, 5)));
    const items: { evidenceId: string; leafHash: string }[] = [];
    for (const evidenceId of ['0', '1']) {
      const { leafHash } = await (room.answers as LedgerReader).detail(
        evidenceId,
      );
      items.push({ evidenceId, leafHash });
    }
    Object.assign(items[1], change);
    await db.transaction(async tx => {
      await room.ledger.append(tx, [
        {
          ...artifactDrafts(5, 6)[0],
          type: 'io.ai-assurance.redaction.v1',
          subject: model,
          payload: {
            because: {
              cause: 'request',
              reasonCode: 'personal-data',
              reason: 'A name was in it',
              redactedBy: 'user:default/iris',
            },
            items,
          },
        } as EvidenceDraft,
      ]);
      for (const position of [0, 1])
        await tx('ledger_redaction').insert({
          position,
          redaction_position: 5,
          recorded_at_ms: startMs,
        });
      await tx('ledger_item')
        .whereIn('position', [0, 1])
        .update({ payload: '', salt: Buffer.alloc(0) });
    });
    return { db, room };
  };

  it.each(each)('finds ordered ones in order, %p', async id => {
    const { room } = await redacted(id);
    expect(await room.fsck()).toEqual({
      ok: true,
      itemCount: 6,
      headCount: 2,
    });
  });

  it.each(each)('finds one that names another item, %p', async id => {
    const finding = {
      ok: false,
      table: 'ledger_redaction',
      row: '1',
      problem:
        'The evidence at position 5 does not order the redaction of this item',
    };
    const other = await redacted(id, { evidenceId: '2' });
    expect(await other.room.fsck()).toEqual(finding);
    const otherHash = await redacted(id, { leafHash: '0'.repeat(64) });
    expect(await otherHash.room.fsck()).toEqual(finding);
  });

  it.each([
    `'x'`,
    `'{}'`,
    `'null'`,
    `replace(payload, 'A name', 'Not a name')`,
    `payload || ' '`,
  ])(
    'names the order itself, not the erased item, after its change to %s',
    async change => {
      const { db, room } = await redacted('SQLITE_3');
      await db.knex.raw('DROP TRIGGER ledger_item_no_update');
      await db.knex.raw(
        `UPDATE ledger_item SET payload = ${change} WHERE position = 5`,
      );
      expect(await room.fsck()).toEqual({
        ok: false,
        table: 'ledger_item',
        row: '5',
        problem: 'The payload does not open its commitment',
      });
    },
  );

  it('finds one whose order is another sort of evidence', async () => {
    const { db, room } = await redacted('SQLITE_3');
    await db.knex.raw('DROP TRIGGER ledger_redaction_no_update');
    await db.knex.raw(
      'UPDATE ledger_redaction SET redaction_position = 2 WHERE position = 1',
    );
    expect(await room.fsck()).toEqual({
      ok: false,
      table: 'ledger_redaction',
      row: '1',
      problem: 'There is no evidence of a redaction at position 2',
    });
  });

  it.each(each)('finds one that was not carried out, %p', async id => {
    const { db, room } = await redacted(id);
    await db.knex('ledger_redaction').insert({
      position: 2,
      redaction_position: 5,
      recorded_at_ms: startMs,
    });
    expect(await room.fsck()).toEqual({
      ok: false,
      table: 'ledger_redaction',
      row: '2',
      problem:
        'The evidence at position 5 does not order the redaction of this item',
    });
  });
});

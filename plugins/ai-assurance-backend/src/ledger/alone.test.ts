import { readEvidenceItem } from '@ai-assurance/evidence';
import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactDrafts,
  artifactEvent,
  openTestLedger,
  startMs,
} from './__testUtils__/openTestLedger';
import { watchStatements } from './__testUtils__/statements';
import { GoodReading } from './types';

jest.setTimeout(60_000);

/** Items that only fill the ledger. */
const fillingCount = 500;

/** What is pushed under these numbers. */
function readings(
  numbers: number[],
  change: Record<string, unknown> = {},
): GoodReading[] {
  return numbers.map(number => {
    const reading = readEvidenceItem(artifactEvent(number, change));
    if (!reading.ok) throw new Error(reading.problems.join('; '));
    return reading;
  });
}

/** The evidence ids of items, after those that only fill the ledger. */
const at = (number: number) => String(number + fillingCount);

const accepted = (...numbers: number[]) =>
  numbers.map(number => ({ outcome: 'accepted', evidenceId: at(number) }));

describe('a push that PostgreSQL gets as one statement', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId().filter(([id]) => id !== 'SQLITE_3');

  /** A ledger of some size that was pushed two items, and so knows what it takes to record more of their kind. */
  const open = async (id: (typeof each)[number][0]) => {
    const knex = await databases.init(id);
    const ledger = await openTestLedger(knex);
    const { intake } = ledger.room;
    const filling = artifactDrafts(0, fillingCount).map(draft => ({
      ...draft,
      source: '/tests/filling',
    }));
    await ledger.db.transaction(tx => ledger.room.ledger.append(tx, filling));
    expect(await intake.record(readings([0]))).toEqual(accepted(0));
    expect(await intake.record(readings([1]))).toEqual(accepted(1));
    /** Statements that it takes to record these. */
    const record = async (
      pushed: GoodReading[],
      before: (statement: number) => void = () => {},
    ) => {
      let statementCount = 0;
      const stop = watchStatements('postgres', statement => {
        statementCount = statement;
        before(statement);
      });
      try {
        const outcomes = await intake.record(pushed);
        return { outcomes, statementCount };
      } finally {
        stop();
      }
    };
    return { ...ledger, knex, record };
  };

  it.each(each)(
    'is recorded with its head, its nodes and its message, %p',
    async id => {
      const { knex, room, record } = await open(id);
      const numbers = Array.from({ length: 50 }, (_, i) => i + 2);
      expect(await record(readings(numbers))).toEqual({
        outcomes: accepted(...numbers),
        statementCount: 1,
      });
      const more = Array.from({ length: 50 }, (_, i) => i + 52);
      expect((await record(readings(more))).statementCount).toBe(1);
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: fillingCount + 102,
        headCount: 5,
      });
      expect(await knex('ledger_node').count({ n: '*' })).toEqual([{ n: '2' }]);
      expect(await knex('outbox').pluck('subjects')).toEqual(
        Array(4).fill('["resource:default/digit-reader"]'),
      );
    },
  );

  it.each(each)('is not made of an item that is known, %p', async id => {
    const { room, record } = await open(id);
    const { outcomes } = await record([
      ...readings([1, 2]),
      ...readings([0], { time: '2026-11-22T12:58:00.000Z' }),
    ]);
    expect(outcomes).toEqual([
      { outcome: 'already-known', evidenceId: at(1) },
      { outcome: 'accepted', evidenceId: at(2) },
      { outcome: 'conflict', evidenceId: at(0) },
    ]);
    expect(await room.fsck()).toMatchObject({
      ok: true,
      itemCount: fillingCount + 3,
    });
  });

  it.each(each)('is not made of two items of one id, %p', async id => {
    const { room, record } = await open(id);
    const { outcomes } = await record(readings([2, 2]));
    expect(outcomes).toEqual([
      { outcome: 'accepted', evidenceId: at(2) },
      { outcome: 'already-known', evidenceId: at(2) },
    ]);
    expect(await room.fsck()).toMatchObject({
      ok: true,
      itemCount: fillingCount + 3,
    });
  });

  it.each(each)(
    'follows what another replica recorded meanwhile, and is tried again later, %p',
    async id => {
      const { knex, room, record } = await open(id);
      const other = await openTestLedger(knex);
      await other.room.intake.record(readings([2, 3]));
      const statementCounts: number[] = [];
      for (let number = 4; number < 9; number += 1) {
        const { outcomes, statementCount } = await record(readings([number]));
        expect(outcomes).toEqual(accepted(number));
        statementCounts.push(statementCount);
      }
      // The guess failed, two groups were looked up without one, then it held again.
      expect(statementCounts.map(count => count === 1)).toEqual([
        false,
        false,
        false,
        true,
        true,
      ]);
      expect(await room.fsck()).toMatchObject({
        ok: true,
        itemCount: fillingCount + 9,
      });
    },
  );

  it.each(each)('brings a new source the careful way, %p', async id => {
    const { room, record } = await open(id);
    const pushed = readings([2], { source: '/tests/new' });
    const { outcomes, statementCount } = await record(pushed);
    expect(outcomes).toEqual(accepted(2));
    expect(statementCount).toBeGreaterThan(1);
    expect(await room.fsck()).toMatchObject({
      ok: true,
      itemCount: fillingCount + 3,
    });
  });

  it.each(each)(
    'is refused once another key signs, as any other is, %p',
    async id => {
      const { knex, record } = await open(id);
      await knex('ledger_counter').update({ key_id: '00000000' });
      await expect(record(readings([2]))).rejects.toMatchObject({
        code: 'SIGNING_KEY_ROTATED',
      });
      expect(await knex('ledger_item').count({ n: '*' })).toEqual([
        { n: at(2) },
      ]);
    },
  );

  it.each(each)(
    'is recorded all the same when the statement fails, %p',
    async id => {
      const { room, record } = await open(id);
      const { outcomes } = await record(readings([2]), statement => {
        if (statement === 1) throw new Error('the connection broke');
      });
      expect(outcomes).toEqual(accepted(2));
      expect(await room.fsck()).toMatchObject({
        ok: true,
        itemCount: fillingCount + 3,
      });
    },
  );

  it.each(each)(
    'is not recorded before the items that stand, though the clock fell back, %p',
    async id => {
      const { clock, room, record } = await open(id);
      clock.set(startMs - 5_000);
      expect(await record(readings([2]))).toEqual({
        outcomes: accepted(2),
        statementCount: 1,
      });
      expect((await room.answers.byId(at(2)))!.recordedAtMs).toBe(startMs);
      expect(await room.fsck()).toMatchObject({
        ok: true,
        itemCount: fillingCount + 3,
      });
    },
  );
});

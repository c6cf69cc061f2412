import { createTestDatabases } from '@ai-assurance/test-kit';
import keepInRows from '../../migrations/20261122003000_keep_objectives_in_their_rows';
import knowRepeats from '../../migrations/20261122004800_know_repeated_corrections';
import leaveRoom from '../../migrations/20261122004500_leave_room_in_statuses';
import writeWhatMoves from '../../migrations/20261122004901_write_what_moves';
import migration from '../../migrations/20261122001500_keep_what_was_declared';
import { openTestSlo, startMs, subject } from './__testUtils__/openTestSlo';

// Databases are made and migrated in the test itself.
jest.setTimeout(60_000);

const databases = createTestDatabases();

describe('the migration that keeps what was declared', () => {
  it.each(databases.eachSupportedId())(
    'goes down with rows in place, and up again from what is declared now, %p',
    async id => {
      const { db, evaluateAt, room } = await openTestSlo(
        await databases.init(id),
      );
      await evaluateAt(startMs);
      const before = await room.answers.objectives(subject);
      await migration.down(db.knex);
      expect(await db.knex.schema.hasTable('slo_document_history')).toBe(false);
      expect(await room.answers.objectives(subject)).toEqual(before);
      await db.knex('slo_document').update({ read_problem: 'It was gone' });
      await migration.up(db.knex);
      const [row] = await db.knex('slo_document_history');
      expect([row.subject, Number(row.known_from_ms), row.problems]).toEqual([
        subject,
        startMs,
        '["It was gone"]',
      ]);
      expect(JSON.parse(row.definitions)[0].sloName).toBe('latency');
    },
  );
});

describe('the migrations that keep objectives in their rows, and leave room for their next version', () => {
  it.each(databases.eachSupportedId())(
    'go down and up with rows in place, %p',
    async id => {
      const { db, evaluateAt, room } = await openTestSlo(
        await databases.init(id),
      );
      await evaluateAt(startMs);
      const before = await room.answers.objectives(subject);
      const optionsOf = async () => {
        if (db.dialect === 'sqlite') return [];
        const { rows } = await db.knex.raw(
          `SELECT reloptions FROM pg_class WHERE oid = 'slo_status'::regclass`,
        );
        return rows[0].reloptions ?? [];
      };
      const kept = 'toast_tuple_target=8160';
      const roomy = 'fillfactor=45';
      const has = (...options: string[]) =>
        db.dialect === 'sqlite' ? [] : options;
      await writeWhatMoves.down(db.knex);
      expect(await optionsOf()).toEqual(has(roomy, kept));
      await leaveRoom.down(db.knex);
      expect(await optionsOf()).toEqual(has(kept));
      await keepInRows.down(db.knex);
      expect(await optionsOf()).toEqual([]);
      await keepInRows.up(db.knex);
      await leaveRoom.up(db.knex);
      expect(await optionsOf()).toEqual(has(kept, roomy));
      await writeWhatMoves.up(db.knex);
      expect(await room.answers.objectives(subject)).toEqual(before);
      expect(before.length).toBe(1);
    },
  );
});

describe('the migration that has only numbers written', () => {
  it.each(databases.eachSupportedId())(
    'puts them back into the answers on its way down, and goes on from there, %p',
    async id => {
      const { db, count, evaluateAt, room } = await openTestSlo(
        await databases.init(id),
      );
      for (let minute = 0; minute < 3; minute += 1) {
        count(startMs + minute * 60_000, 20 + minute, minute);
        await evaluateAt(startMs + (minute + 1) * 60_000);
      }
      const before = await room.answers.objectives(subject);
      const rowsBefore = await db.knex('slo_status').select('numbers');
      expect(rowsBefore.map(row => JSON.parse(row.numbers).length)).toEqual([
        44,
      ]);
      await writeWhatMoves.down(db.knex);
      const [row] = await db.knex('slo_status');
      expect([row.numbers, JSON.parse(row.answer).totalCount]).toEqual([
        undefined,
        66,
      ]);
      await writeWhatMoves.up(db.knex);
      expect(await room.answers.objectives(subject)).toEqual(before);
      await evaluateAt(startMs + 4 * 60_000);
      const [{ evaluatedAtMs }] = await room.answers.objectives(subject);
      expect(evaluatedAtMs).toBe(startMs + 4 * 60_000);
    },
  );
});

describe('the migration that knows repeated corrections', () => {
  it.each(databases.eachSupportedId())(
    'goes down and up with rows in place, and leaves alone what was said twice before, %p',
    async id => {
      const { db, room } = await openTestSlo(await databases.init(id));
      await knowRepeats.down(db.knex);
      const row = {
        subject,
        slo_name: null,
        from_ms: startMs,
        to_ms: startMs + 60_000,
        cause: 'load-test',
        reason: 'A test.',
        recorded_by: 'user:default/mira',
        recorded_at_ms: startMs,
        withdrawn_at_ms: null,
        evidence_id: null,
      };
      await db.knex('slo_correction').insert([
        { ...row, correction_id: 'cor_1' },
        { ...row, correction_id: 'cor_2' },
      ]);
      await knowRepeats.up(db.knex);
      expect(
        (await room.answers.corrections(subject)).map(one => one.correctionId),
      ).toEqual(['cor_2', 'cor_1']);
    },
  );
});

import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactDraft,
  model,
  openTestLedger,
  startMs,
} from './__testUtils__/openTestLedger';
import { watchStatements } from './__testUtils__/statements';

jest.setTimeout(60_000);

const artifact = 'io.ai-assurance.artifact.v1';
const incident = 'io.ai-assurance.incident.v1';

describe('a page of the ledger', () => {
  const databases = createTestDatabases();

  const open = async (id: Parameters<typeof databases.init>[0]) => {
    const writer = await openTestLedger(await databases.init(id));
    const append = (...numbers: number[]) =>
      writer.db.transaction(tx =>
        writer.room.ledger.append(
          tx,
          numbers.map(number => artifactDraft(number)),
        ),
      );
    // It knows none of the words that the writer adds to the dictionary.
    const reader = await openTestLedger(writer.db.knex);
    const idsOf = (items: { item: { id: string } }[]) =>
      items.map(({ item }) => item.id);
    return { writer, append, answers: reader.room.answers, idsOf };
  };

  it.each(databases.eachSupportedId())(
    'finds what another replica recorded meanwhile, %p',
    async id => {
      const { append, answers, idsOf } = await open(id);
      const types = [incident, artifact] as const;
      const list = () => answers.list({ subject: model, types, limit: 5 });
      expect(await list()).toEqual([]);
      expect(await answers.holds(model, artifact)).toBe(false);
      await append(1, 2, 3);
      expect(await answers.holds(model, artifact)).toBe(true);
      expect(await answers.holds(model, incident)).toBe(false);
      expect(idsOf(await list())).toEqual([
        'artifact-3',
        'artifact-2',
        'artifact-1',
      ]);
      await append(4);
      expect(idsOf(await list()).length).toBe(4);
    },
  );

  it.each(databases.eachSupportedId())(
    'keeps to its range, its kind and the positions below, whether words are known or not, %p',
    async id => {
      const { append, answers, idsOf } = await open(id);
      await append(1, 2, 3, 4, 5);
      const query = {
        subject: model,
        fromMs: startMs - 60_000 + 2,
        toMs: startMs - 60_000 + 5,
        limit: 2,
      };
      for (const known of ['not yet', 'by now']) {
        expect([
          known,
          idsOf(await answers.list({ ...query, types: [artifact] })),
        ]).toEqual([known, ['artifact-4', 'artifact-3']]);
        expect(
          idsOf(
            await answers.list({ ...query, type: artifact, beforePosition: 2 }),
          ),
        ).toEqual(['artifact-2']);
      }
      expect(await answers.list({ ...query, types: [incident] })).toEqual([]);
      expect(idsOf(await answers.list({ limit: 1 }))).toEqual(['artifact-5']);
    },
  );

  it.each(databases.eachSupportedId())(
    'takes one statement while some kinds were never recorded, %p',
    async id => {
      const { writer, append, answers } = await open(id);
      await append(1);
      const list = () =>
        answers.list({ subject: model, types: [artifact, incident], limit: 5 });
      await list();
      let statements = 0;
      const stop = watchStatements(writer.db.dialect, () => {
        statements += 1;
      });
      await list();
      stop();
      expect(statements).toBe(1);
    },
  );
});

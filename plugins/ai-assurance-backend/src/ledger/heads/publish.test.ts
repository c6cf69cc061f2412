import {
  parseSignedNote,
  parseVerifierKey,
  verifyCosignature,
  verifyTlogProof,
} from '@ai-assurance/evidence';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  artifactDrafts,
  openTestLedger,
  startMs,
  testKey,
} from '../__testUtils__/openTestLedger';
import { startWitness, TestWitness } from './__testUtils__/witness';

// Both databases share two cores with everything else that runs.
jest.setTimeout(60_000);

const origin = 'ai-assurance.local/log';

describe('publishing heads', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const directory = createMockDirectory();
  let witness: TestWitness;
  const logKeys = new Map<string, Buffer[]>();

  beforeEach(async () => {
    directory.clear();
    logKeys.clear();
    witness = await startWitness({
      name: 'witness.example/w1',
      logKeys,
      nowSeconds: startMs / 1000,
    });
  });
  afterEach(() => witness.stop());

  const open = async (id: (typeof each)[number][0], publish: object[]) => {
    const ledger = await openTestLedger(await databases.init(id), {
      config: { ledger: { signingKey: testKey, publish } },
    });
    logKeys.set(origin, [
      Buffer.from(parseVerifierKey(ledger.room.verifierKey).publicKey),
    ]);
    const append = (from: number, to: number) =>
      ledger.db.transaction(tx =>
        ledger.room.ledger.append(tx, artifactDrafts(from, to)),
      );
    const task = ledger.room.tasks.find(
      ({ id: name }) => name === 'ledger-publish',
    )!;
    const publishNow = async (afterMs = 300_000) => {
      ledger.clock.advance(afterMs);
      await task.run();
      return (await ledger.room.status()).publications[0];
    };
    return { ...ledger, append, publishNow };
  };
  const toWitness = () => [
    { type: 'witness', url: witness.url, verifierKey: witness.verifierKey },
  ];

  it.each(each)(
    'has a witness cosign each new head, and hands proofs out with the cosignature, %p',
    async id => {
      const { room, append, publishNow, db } = await open(id, toWitness());
      await append(0, 1);
      expect(await publishNow()).toEqual({
        target: 'witness:witness.example/w1',
        type: 'witness',
        lastSize: 1,
        lastAtMs: startMs + 300_000,
      });
      for (const [from, to] of [
        [1, 3],
        [3, 7],
        [7, 300],
        [300, 301],
      ]) {
        await append(from, to);
        expect((await publishNow()).lastSize).toBe(to);
      }
      expect(witness.seen.get(origin)!.size).toBe(301);
      expect(witness.requests.map(text => text.split('\n')[0])).toEqual([
        'old 0',
        'old 1',
        'old 3',
        'old 7',
        'old 300',
      ]);

      await append(301, 302);
      const { reader } = room.heads;
      const note = parseSignedNote(await reader.checkpoint(301));
      expect(note.signatures.map(({ name }) => name)).toEqual([
        origin,
        'witness.example/w1',
      ]);
      expect(
        verifyCosignature(note.body, note.signatures[1], witness.verifierKey),
      ).toBe(startMs / 1000);
      const proof = await reader.proof('5', 'cosigned');
      const [{ leaf_hash: leafHash }] = await db
        .knex('ledger_item')
        .where({ position: 5 });
      expect(
        verifyTlogProof({
          proof,
          leafHash: new Uint8Array(leafHash),
          verifierKey: room.verifierKey,
        }),
      ).toMatchObject({ index: 5, checkpoint: { size: 301 } });
      await expect(reader.proof('301', 'cosigned')).rejects.toMatchObject({
        code: 'NOT_COSIGNED',
      });
      expect(
        (await reader.list({ limit: 2 })).heads.map(h => h.keyIds.length),
      ).toEqual([1, 2]);
    },
  );

  it.each(each)(
    'sends no head twice, and none before it is due, %p',
    async id => {
      const { append, publishNow } = await open(id, toWitness());
      await append(0, 1);
      await publishNow();
      await publishNow(0);
      await append(1, 2);
      await publishNow(0);
      expect(witness.requests.length).toBe(1);
      await publishNow(300_000);
      expect(witness.requests.length).toBe(2);
    },
  );

  it.each(each)(
    'goes on from the size that the witness says it holds, %p',
    async id => {
      const { db, append, publishNow } = await open(id, toWitness());
      await append(0, 5);
      await publishNow();
      await append(5, 9);
      // What we knew about the witness is lost, as after a restore of our database.
      await db.knex('ledger_target').delete();
      expect((await publishNow()).lastSize).toBe(9);
      expect(witness.requests.map(text => text.split('\n')[0])).toEqual([
        'old 0',
        'old 0',
        'old 5',
      ]);
    },
  );

  it.each(each)(
    'alarms once when the witness has seen another log under our name, %p',
    async id => {
      const real = await open(id, toWitness());
      await real.append(0, 5);
      await real.publishNow();
      // The same key and name over other entries: a rewritten ledger.
      const rewritten = await open(id, toWitness());
      await rewritten.db.transaction(tx =>
        rewritten.room.ledger.append(tx, artifactDrafts(1, 9)),
      );
      const logger = rewritten.deps.logger;
      const publication = await rewritten.publishNow();
      expect(publication).toEqual({
        target: 'witness:witness.example/w1',
        type: 'witness',
        failingSinceMs: startMs + 300_000,
        code: 'LOG_REWRITTEN',
        message:
          'The witness witness.example/w1 says that the ledger does not continue the 5 entries that it saw: the ledger was rewritten.',
        nextAttemptMs: startMs + 360_000,
      });
      expect(logger.error.mock.calls).toEqual([
        [`The ledger cannot be relied on: ${publication.message}`],
      ]);
      expect(await rewritten.db.knex('outbox').select('topic')).toEqual([
        { topic: 'ledger.alarm' },
      ]);
      expect((await rewritten.room.status()).problem).toBe(publication.message);
      await rewritten.publishNow(60_000);
      expect(logger.error.mock.calls.length).toBe(1);
      expect(
        (await rewritten.room.status()).publications[0].nextAttemptMs,
      ).toBe(startMs + 360_000 + 120_000);
    },
  );

  it.each(each)(
    'alarms when the witness has seen more than the ledger still has, %p',
    async id => {
      const real = await open(id, toWitness());
      await real.append(0, 5);
      await real.publishNow();
      const cut = await open(id, toWitness());
      await cut.append(0, 4);
      expect((await cut.publishNow()).code).toBe('LOG_ROLLED_BACK');
      // As many entries, but others.
      const other = await open(id, toWitness());
      await other.db.transaction(tx =>
        other.room.ledger.append(tx, artifactDrafts(1, 6)),
      );
      expect((await other.publishNow()).code).toBe('LOG_REWRITTEN');
    },
  );

  it.each<[string, { status: number; type?: string; body: string }, string]>([
    ['does not know the log', { status: 404, body: '' }, 'UNKNOWN_LOG'],
    ['does not trust the key', { status: 403, body: '' }, 'KEY_NOT_TRUSTED'],
    ['is broken', { status: 500, body: 'oh\u0000no' }, 'REFUSED'],
    ['says nothing', { status: 200, body: '' }, 'BAD_ANSWER'],
    ['sends no note line', { status: 200, body: 'hello\n' }, 'BAD_ANSWER'],
    [
      'sends the signature of a stranger',
      { status: 200, body: `\u2014 stranger ${'A'.repeat(104)}\n` },
      'BAD_ANSWER',
    ],
    ['conflicts without a size', { status: 409, body: '3\n' }, 'BAD_ANSWER'],
    [
      'conflicts with a size that is none',
      { status: 409, type: 'text/x.tlog.size', body: '-1\n' },
      'BAD_ANSWER',
    ],
    ['moves us elsewhere', { status: 302, body: '' }, 'UNREACHABLE'],
  ])('says what is wrong when a witness %s', async (_, answer, code) => {
    const { append, publishNow, deps } = await open('SQLITE_3', toWitness());
    await append(0, 2);
    witness.answerNext(answer);
    const publication = await publishNow();
    expect(publication.code).toBe(code);
    expect(publication.lastSize).toBe(undefined);
    expect(deps.logger.warn.mock.calls.length).toBe(1);
    expect(deps.logger.error.mock.calls.length).toBe(0);
    expect((await publishNow()).lastSize).toBe(2);
    expect((await publishNow()).code).toBe(undefined);
  });

  it('says that a witness cannot be reached, and goes on with other targets', async () => {
    const file = join(directory.path, 'head');
    const gone = await startWitness({
      name: 'gone.example',
      logKeys,
      nowSeconds: 1,
    });
    await gone.stop();
    const { append, publishNow, room } = await open('SQLITE_3', [
      { type: 'witness', url: gone.url, verifierKey: gone.verifierKey },
      { type: 'file', path: file },
    ]);
    await append(0, 1);
    expect((await publishNow()).code).toBe('UNREACHABLE');
    expect((await room.status()).publications[1].lastSize).toBe(1);
  });

  it.each(each)(
    'writes the newest head to a file and every head to its history, %p',
    async id => {
      const file = join(directory.path, 'head');
      const { append, publishNow, room } = await open(id, [
        { type: 'file', path: file },
      ]);
      await append(0, 2);
      await publishNow();
      const first = (await room.answers.head())!.checkpoint;
      await append(2, 3);
      await publishNow();
      const second = (await room.answers.head())!.checkpoint;
      expect(readFileSync(file, 'utf8')).toBe(second);
      expect(readFileSync(`${file}.history`, 'utf8')).toBe(
        `${first}\n${second}\n`,
      );
    },
  );

  it.each(each)(
    'finds by the file that the ledger was rewritten or rolled back, %p',
    async id => {
      const file = join(directory.path, 'head');
      const targets = [{ type: 'file', path: file }];
      const real = await open(id, targets);
      await real.append(0, 5);
      await real.publishNow();
      const cut = await open(id, targets);
      await cut.append(0, 4);
      expect((await cut.publishNow()).code).toBe('LOG_ROLLED_BACK');
      const rewritten = await open(id, targets);
      await rewritten.db.transaction(tx =>
        rewritten.room.ledger.append(tx, artifactDrafts(1, 9)),
      );
      expect((await rewritten.publishNow()).code).toBe('LOG_REWRITTEN');
      writeFileSync(file, 'not a head');
      expect((await real.publishNow()).code).toBe(undefined);
      await real.append(5, 6);
      expect((await real.publishNow()).code).toBe('FILE_FAILED');
    },
  );

  it.each<[string, object, string]>([
    [
      'a type that is none',
      { type: 'tape' },
      'aiAssurance.ledger.publish[0].type: "tape" is neither file nor witness.',
    ],
    [
      'an address that is none',
      { type: 'witness', url: 'witness', verifierKey: 'x' },
      'aiAssurance.ledger.publish[0].url: "witness" is no http or https address.',
    ],
    [
      'a key that is none',
      { type: 'witness', url: 'http://w', verifierKey: 'x' },
      'aiAssurance.ledger.publish[0].verifierKey: The key of a witness is one line: name+keyid+base64, of an Ed25519 cosignature key (type 4).',
    ],
  ])('refuses the start with %s', async (_, entry, message) => {
    await expect(open('SQLITE_3', [entry])).rejects.toMatchObject({
      code: 'BAD_PUBLICATION',
      message,
    });
  });

  it('refuses a target that stands there twice', async () => {
    const file = { type: 'file', path: join(directory.path, 'head') };
    await expect(open('SQLITE_3', [file, file])).rejects.toMatchObject({
      code: 'BAD_PUBLICATION',
    });
  });
});

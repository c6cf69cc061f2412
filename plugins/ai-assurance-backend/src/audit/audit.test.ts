import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import request from 'supertest';
import {
  createMockDirectory,
  mockCredentials,
} from '@backstage/backend-test-utils';
import { verifyPack } from '@ai-assurance/evidence';
import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactDraft,
  artifactDrafts,
  digest,
  model,
  service,
  startMs,
} from '../ledger/__testUtils__/openTestLedger';
import { iris, openTestAudit, period } from './__testUtils__/openTestAudit';
import { filesOf, unzip } from './__testUtils__/unzip';

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('audit packs', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const directory = createMockDirectory();
  const folder = () => join(directory.path, 'packs');

  beforeEach(() => directory.clear());

  const start = async (id: (typeof each)[number][0]) =>
    openTestAudit(await databases.init(id), folder());

  it.each(each)(
    'export what a stranger can verify, and record that they left, %p',
    async id => {
      const { append, create, download, app, room } = await start(id);
      await append([
        ...artifactDrafts(0, 300),
        artifactDraft(300, { subject: service }),
        decision(),
      ]);
      const created = await create(period);
      const head = (await room.answers.head())!;
      const [file] = readdirSync(folder());
      const bytes = readFileSync(join(folder(), file));
      expect([created.status, created.body]).toEqual([
        201,
        {
          ...period,
          packId: 'pack_1',
          itemCount: 301,
          treeSize: 302,
          sizeBytes: bytes.length,
          fileDigest: `sha256:${createHash('sha256')
            .update(bytes)
            .digest('hex')}`,
          exportedBy: 'user:default/iris',
          exportedAtMs: startMs,
        },
      ]);
      expect(file).toBe('pack_1.zip');

      const downloaded = await download('pack_1');
      expect([
        downloaded.status,
        downloaded.headers['content-type'],
        downloaded.headers['content-disposition'],
      ]).toEqual([200, 'application/zip', 'attachment; filename="pack_1.zip"']);
      expect(bytes.equals(downloaded.body)).toBe(true);

      const files = await unzip(bytes);
      expect(files.names).toEqual([
        'evidence.ndjson',
        'report.md',
        'README.txt',
        'checkpoint.txt',
        'verifier-key.txt',
        'manifest.json',
        'manifest.sig',
      ]);
      const report = await verifyPack(files, {
        expectedVerifierKey: room.verifierKey,
      });
      expect(report.steps.map(step => [step.id, step.outcome])).toEqual(
        [
          'manifest',
          'key',
          'manifest-signature',
          'files',
          'checkpoint',
          'evidence',
          'counts',
        ].map(step => [step, 'passed']),
      );
      const readable = files.text('report.md');
      expect(readable).toContain('301 items, of which 0 redacted');
      expect(readable).toContain('| approved | 1.0.0 |');

      expect(head.size).toBe(303);
      const recorded = (await room.answers.byId('302'))!.item;
      expect([recorded.type, recorded.subject, recorded.data.payload]).toEqual([
        'io.ai-assurance.export.v1',
        model,
        {
          packId: 'pack_1',
          exportedBy: 'user:default/iris',
          periodStart: '2026-11-22T12:59:00.000Z',
          periodEnd: '2026-11-22T13:00:00.000Z',
          itemCount: 301,
          treeSize: 302,
          rootHash: report.manifest!.log.rootHash,
          fileDigest: created.body.fileDigest,
        },
      ]);
      const list = await request(app)
        .get('/audit/packs')
        .set('authorization', mockCredentials.user.header('user:default/mira'));
      expect(list.body).toEqual({ packs: [created.body] });
    },
  );

  it.each(each)(
    'are found out when a byte of any file in them is flipped, %p',
    async id => {
      const { append, create, room } = await start(id);
      await append(artifactDrafts(0, 3));
      await create(period);
      const files = await unzip(readFileSync(join(folder(), 'pack_1.zip')));
      for (const name of files.names) {
        const original = files.bytes.get(name)!;
        for (const at of [
          0,
          Math.floor(original.length / 2),
          original.length - 1,
        ]) {
          const flipped = Buffer.from(original);
          // eslint-disable-next-line no-bitwise
          flipped[at] ^= 1;
          const report = await verifyPack(
            filesOf(new Map(files.bytes).set(name, flipped)),
            { expectedVerifierKey: room.verifierKey },
          );
          expect([name, at, report.ok]).toEqual([name, at, false]);
        }
      }
    },
  );

  it.each(each)(
    'hold exactly the half-open period, and nothing that came later, %p',
    async id => {
      const { append, create } = await start(id);
      await append(artifactDrafts(0, 10));
      const created = await create({
        ...period,
        periodStartMs: period.periodStartMs + 3,
        periodEndMs: period.periodStartMs + 6,
      });
      expect(created.body.itemCount).toBe(3);
      const lines = (await unzip(readFileSync(join(folder(), 'pack_1.zip'))))
        .text('evidence.ndjson')
        .trimEnd()
        .split('\n');
      expect(lines.map(line => JSON.parse(line).position)).toEqual([3, 4, 5]);
    },
  );

  it.each(each)(
    'leave no file, row or evidence behind when recording them fails, %p',
    async id => {
      const { append, create, app, db, room } = await start(id);
      await append(artifactDrafts(0, 3));
      await db.knex.schema.renameTable('outbox', 'outbox_gone');
      expect((await create(period)).status).toBe(500);
      await db.knex.schema.renameTable('outbox_gone', 'outbox');
      expect(readdirSync(folder())).toEqual([]);
      expect(
        (await request(app).get('/audit/packs').set('authorization', iris))
          .body,
      ).toEqual({ packs: [] });
      expect(await room.fsck()).toEqual({
        ok: true,
        itemCount: 3,
        headCount: 1,
      });
    },
  );

  it.each(each)(
    'leave nothing behind when the ledger cannot be read to its end, %p',
    async id => {
      const { append, create, db, room } = await start(id);
      await append(artifactDrafts(0, 600));
      if (db.dialect === 'sqlite')
        await db.knex.raw('DROP TRIGGER ledger_item_no_update');
      else await db.knex.raw('DROP TRIGGER ledger_item_frozen ON ledger_item');
      await db
        .knex('ledger_item')
        .where({ position: 550 })
        .update({ payload: '{broken' });
      expect((await create(period)).status).toBe(500);
      expect(readdirSync(folder())).toEqual([]);
      expect((await room.answers.head())!.size).toBe(600);
    },
  );

  it.each(each)(
    'are refused for periods and subjects without evidence, %p',
    async id => {
      const { append, create, room } = await start(id);
      const empty = await create(period);
      expect([
        empty.status,
        empty.body.error.name,
        empty.body.error.message,
      ]).toEqual([
        404,
        'NotFoundError',
        'No evidence about resource:default/digit-reader was observed from 2026-11-22T12:59:00.000Z to 2026-11-22T13:00:00.000Z. Check subject and period.',
      ]);
      await append(artifactDrafts(0, 3));
      expect((await create({ ...period, subject: service })).status).toBe(404);
      expect(
        (await create({ ...period, periodEndMs: period.periodStartMs })).body
          .error.message,
      ).toBe(
        'body.periodEndMs: must lie after periodStartMs; the end itself is not part of the period',
      );
      for (const change of [
        { periodEndMs: startMs + 1 },
        { periodStartMs: -1 },
        { periodStartMs: 'x' },
        { subject: 'nobody' },
        { extra: 1 },
      ]) {
        expect((await create({ ...period, ...change })).status).toBe(400);
      }
      expect(existsSync(folder())).toBe(false);
      expect((await room.answers.head())!.size).toBe(3);
    },
  );

  it.each(each)(
    'are for those who may export, and name a person, %p',
    async id => {
      const { append, create, download, app, room } = await start(id);
      await append(artifactDrafts(0, 3));
      await create(period);
      for (const person of ['user:default/mira', 'user:default/sam']) {
        const as = mockCredentials.user.header(person);
        expect([
          (await create(period, as)).status,
          (await download('pack_1', as)).status,
        ]).toEqual([403, 403]);
      }
      const nobody = mockCredentials.none.header();
      expect([
        (await create(period, nobody)).status,
        (await download('pack_1', nobody)).status,
      ]).toEqual([401, 401]);
      expect(
        (
          await request(app)
            .get('/audit/packs')
            .set(
              'authorization',
              mockCredentials.user.header('user:default/sam'),
            )
        ).status,
      ).toBe(403);
      const machine = await create(period, mockCredentials.service.header());
      expect([machine.status, machine.body.error.message]).toEqual([
        403,
        'An export names the person who made it. Export as a signed-in user, not with a service token.',
      ]);
      expect((await room.answers.head())!.size).toBe(4);
    },
  );

  it.each(each)(
    'are not handed out when their file is gone or cut, %p',
    async id => {
      const { append, create, download } = await start(id);
      await append(artifactDrafts(0, 3));
      await create(period);
      for (const [wrong, status] of [
        ['pack_2', 404],
        ['pack_1.zip', 400],
        ['..%2f..%2fsecret', 400],
      ] as const)
        expect([wrong, (await download(wrong)).status]).toEqual([
          wrong,
          status,
        ]);
      const file = join(folder(), 'pack_1.zip');
      truncateSync(file, statSync(file).size - 1);
      const cut = await download('pack_1');
      expect([
        cut.status,
        JSON.parse(cut.body.toString()).error.message,
      ]).toEqual([
        404,
        'The file of pack pack_1 is gone from the pack folder or was changed there. Export it again.',
      ]);
    },
  );

  it.each(each)(
    'have the same bytes for the same content, whatever lies in the folder, %p',
    async id => {
      const first = await start(id);
      await first.append(artifactDrafts(0, 3));
      const { fileDigest } = (await first.create(period)).body;
      directory.clear();
      const second = await start(id);
      await second.append(artifactDrafts(0, 3));
      expect((await second.create(period)).body.fileDigest).toBe(fileDigest);
      writeFileSync(join(folder(), 'pack_2.zip.partial'), 'from a crash');
      expect((await second.create(period)).status).toBe(500);
      expect(readFileSync(join(folder(), 'pack_2.zip.partial'), 'utf8')).toBe(
        'from a crash',
      );
    },
  );
});

function decision() {
  return artifactDraft(400, {
    type: 'io.ai-assurance.approval-decision.v1',
    payload: {
      releaseId: 'rel_1',
      modelRef: model,
      version: '1.0.0',
      digest,
      decision: 'approved',
      approvedBy: ['user:default/ada', 'user:default/tomas'],
      rejectedBy: [],
      policyId: 'two-people',
      policyDigest: digest,
      quorum: 2,
    },
  } as any);
}

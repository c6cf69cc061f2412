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
import express from 'express';
import Router from 'express-promise-router';
import request from 'supertest';
import { fromBuffer, ZipFile } from 'yauzl';
import {
  createMockDirectory,
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { PackFiles, verifyPack } from '@ai-assurance/evidence';
import { countingIds, createTestDatabases } from '@ai-assurance/test-kit';
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
} from '../ledger/__testUtils__/openTestLedger';
import { createLedger } from '../ledger';
import { createAccess, createBinder } from '../platform';
import { createAudit } from './createAudit';

const iris = mockCredentials.user.header('user:default/iris');
const period = {
  subject: model,
  periodStartMs: startMs - 60_000,
  periodEndMs: startMs,
};

// Databases share two cores with everything else that runs.
jest.setTimeout(60_000);

describe('audit packs', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const directory = createMockDirectory();
  const folder = () => join(directory.path, 'packs');

  beforeEach(() => directory.clear());

  /** Iris exports, Mira only reads, Sam may do nothing. */
  async function start(id: (typeof each)[number][0]) {
    const opened = await openTestLedger(await databases.init(id), {
      config: { audit: { directory: folder() } },
    });
    const permissions = mockServices.permissions.mock({
      authorize: async (queries, options) =>
        queries.map(({ permission }) => {
          const principal = (options as any).credentials.principal;
          const person = principal.userEntityRef;
          const reads =
            permission.name === 'ai-assurance.assurance.read' &&
            person === 'user:default/mira';
          return {
            result:
              principal.type === 'service' ||
              person === 'user:default/iris' ||
              reads
                ? AuthorizeResult.ALLOW
                : AuthorizeResult.DENY,
          };
        }),
    });
    const { room } = opened;
    const ids = countingIds();
    const appOf = (ledgerRoom: typeof room) => {
      const audit = createAudit({
        ...opened.deps,
        ids,
        ledger: ledgerRoom.ledger,
        ledgerAnswers: ledgerRoom.answers,
        verifierKey: ledgerRoom.verifierKey,
        keys: ledgerRoom.keys,
      });
      const router = Router();
      audit.registerRoutes(
        createBinder(
          router,
          mockServices.httpAuth({ pluginId: 'ai-assurance' }),
        ),
        createAccess(permissions),
      );
      return express().use(router).use(mockErrorHandler());
    };
    const app = appOf(room);
    /** Creates packs on a replica with another ledger room. */
    const restartAudit = (ledgerRoom: typeof room) => (body: object) =>
      request(appOf(ledgerRoom))
        .post('/audit/packs')
        .set('authorization', iris)
        .send(body);
    const create = (body: object, as = iris) =>
      request(app).post('/audit/packs').set('authorization', as).send(body);
    const download = (packId: string, as = iris) =>
      request(app)
        .get(`/audit/packs/${packId}/file`)
        .set('authorization', as)
        .buffer(true)
        .parse((response, done) => {
          const parts: Buffer[] = [];
          response.on('data', part => parts.push(part));
          response.on('end', () => done(null, Buffer.concat(parts)));
        });
    const append = (drafts: ReturnType<typeof artifactDrafts>) =>
      opened.db.transaction(tx => room.ledger.append(tx, drafts));
    return { ...opened, app, create, download, append, restartAudit };
  }

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
    'bring the evidence of what was redacted, whenever that was, %p',
    async id => {
      const { append, create, room, clock } = await start(id);
      await append(artifactDrafts(0, 5));
      clock.advance(86_400_000);
      await room.redaction.service.request(
        '3',
        { reasonCode: 'personal-data', reason: 'A name in it.' },
        { ref: 'user:default/ada', isUser: true },
      );
      const created = await create(period);
      expect(created.body.itemCount).toBe(6);
      const files = await unzip(readFileSync(join(folder(), 'pack_1.zip')));
      const report = await verifyPack(files, {
        expectedVerifierKey: room.verifierKey,
      });
      expect([report.ok, report.notices, report.steps[5].detail]).toEqual([
        true,
        undefined,
        '6 items, of which 1 redacted (1 with the evidence of it)',
      ]);
      const lines = files
        .text('evidence.ndjson')
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line));
      expect(lines.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5]);
      const { payload, salt, redaction } = lines[3];
      expect({ payload, salt, redaction }).toEqual({
        payload: null,
        salt: null,
        redaction: { position: 5 },
      });
      expect(lines[5].leaf).toContain('io.ai-assurance.redaction.v1');
    },
  );

  it.each(each)(
    'are verified across a change of the key by who trusts the old one, %p',
    async id => {
      const { append, create, room, deps, restartAudit } = await start(id);
      await append(artifactDrafts(0, 3));
      const next = await createLedger({
        ...deps,
        config: new ConfigReader({
          aiAssurance: {
            ledger: {
              signingKey: newKeyPem(),
              previousSigningKey: testKey,
            },
          },
        }),
      });
      // The replica that still holds the old key makes no pack any more.
      const refused = await create(period);
      expect([refused.status, refused.body.error.code]).toEqual([
        409,
        'SIGNING_KEY_ROTATED',
      ]);
      expect((await restartAudit(next)(period)).status).toBe(201);
      const name = readdirSync(folder()).find(file => file.endsWith('.zip'))!;
      const files = await unzip(readFileSync(join(folder(), name)));
      expect(files.names).toContain('key-history.json');
      for (const expectedVerifierKey of [room.verifierKey, next.verifierKey])
        expect((await verifyPack(files, { expectedVerifierKey })).ok).toBe(
          true,
        );
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

function filesOf(
  bytes: Map<string, Uint8Array>,
): PackFiles & { bytes: Map<string, Uint8Array>; text(name: string): string } {
  return {
    bytes,
    names: [...bytes.keys()],
    text: name => Buffer.from(bytes.get(name)!).toString('utf8'),
    async *read(name) {
      yield bytes.get(name)!;
    },
  };
}

/** Reads a ZIP with an independent reader. */
async function unzip(zip: Buffer) {
  const archive = await new Promise<ZipFile>((resolve, reject) =>
    fromBuffer(zip, { lazyEntries: true }, (error, opened) =>
      error ? reject(error) : resolve(opened),
    ),
  );
  const bytes = new Map<string, Uint8Array>();
  await new Promise<void>((resolve, reject) => {
    archive.on('entry', entry => {
      archive.openReadStream(entry, async (error, stream) => {
        if (error) {
          reject(error);
          return;
        }
        const parts: Buffer[] = [];
        for await (const part of stream) parts.push(part as Buffer);
        bytes.set(entry.fileName, Buffer.concat(parts));
        archive.readEntry();
      });
    });
    archive.on('end', () => resolve());
    archive.on('error', reject);
    archive.readEntry();
  });
  return filesOf(bytes);
}

import { createTestDatabases } from '@ai-assurance/test-kit';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import Router from 'express-promise-router';
import express from 'express';
import { mockErrorHandler } from '@backstage/backend-test-utils';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { Knex } from 'knex';
import {
  model,
  openTestLedger,
  service,
} from '../ledger/__testUtils__/openTestLedger';
import { createAccess, createBinder, readMachines } from '../platform';
import { createImports } from './createImports';
import { createImporterRegistry } from './registry';

// Migrations of a fresh database take long on a busy machine.
jest.setTimeout(60_000);

const databases = createTestDatabases();

const pipeline = 'external:ci-pipeline';
const as = {
  owner: mockCredentials.user.header('user:default/mira'),
  stranger: mockCredentials.user.header('user:default/sam'),
  machine: mockCredentials.service.header({
    onBehalfOf: mockCredentials.service(pipeline),
    targetPluginId: 'ai-assurance',
  }),
  nobody: mockCredentials.none.header(),
};
const textOf = (path: string) =>
  readFileSync(join(__dirname, '__fixtures__', path), 'utf8');

const rooms: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.stop();
});

async function open(knex: Knex, config: object = {}) {
  const opened = await openTestLedger(knex, {
    config: {
      machines: [{ subject: pipeline, contributor: { subjects: [service] } }],
      ...config,
    },
  });
  const subjects = {
    list: async () => [],
    get: async (ref: string) =>
      ref === model || ref === service
        ? ({ entityRef: ref } as any)
        : undefined,
  };
  const room = createImports({
    ...opened,
    subjects,
    ledger: opened.room.ledger,
    ledgerAnswers: opened.room.answers,
    importers: [],
  });
  rooms.push(room);
  const decide = (principal: any, query: any) => {
    if (principal.type === 'service') return AuthorizeResult.ALLOW;
    const isOwner = principal.userEntityRef === 'user:default/mira';
    const isTheirs = query.resourceRef === model || !query.resourceRef;
    return isOwner && isTheirs ? AuthorizeResult.ALLOW : AuthorizeResult.DENY;
  };
  const router = Router();
  room.registerRoutes(
    createBinder(
      router,
      mockServices.httpAuth({ pluginId: 'ai-assurance' }),
      opened.clock,
    ),
    createAccess(
      {
        authorize: async (queries: any[], { credentials }: any) =>
          queries.map(query => ({
            result: decide(credentials.principal, query),
          })),
      } as any,
      readMachines(opened.config, subjects as any),
    ),
  );
  const app = express().use(router).use(mockErrorHandler());
  const send = (
    format: string,
    body: string | Buffer,
    options: { who?: string; query?: object; headers?: object } = {},
  ) => {
    const call = request(app)
      .post(`/imports/${format}`)
      .query({ subject: model, ...options.query })
      .set('authorization', options.who ?? as.owner)
      .set('content-type', 'application/octet-stream');
    Object.entries(options.headers ?? {}).forEach(([name, value]) =>
      call.set(name, value),
    );
    return call.send(body);
  };
  return { ...opened, app, send };
}

describe('importing a report', () => {
  it('refuses half a surrogate pair and any depth, and takes neither for a fault of its own', async () => {
    const { send } = await open(await databases.init('SQLITE_3'));
    const drift = JSON.stringify({
      metrics: [
        {
          config: { type: 'evidently:metric_v2:ValueDrift', column: '?' },
          value: 0.1,
        },
      ],
    });
    const half = await send('evidently', drift.replace('?', '\\ud800'));
    expect([half.status, half.body.error.code]).toEqual([400, 'BROKEN_REPORT']);
    expect(half.body.error.message).toContain('what cannot be recorded: Half');
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const nested = await send(
      'garak',
      `{"entry_type":"attempt","prompt":${deep}}
{"entry_type":"eval","probe":"p","detector":"d","passed":1,"total":2}`,
    );
    expect([nested.status, nested.body.error.message]).toEqual([
      400,
      'The report is nested too deeply.',
    ]);
  });

  it.each(databases.eachSupportedId())(
    'records its facts, and the same again is known, %p',
    async id => {
      const { send, room, clock } = await open(await databases.init(id));
      const text = textOf('plain/classifier.json');
      const first = await send('plain', text);
      expect(first.status).toBe(200);
      expect(first.body.format).toBe('plain');
      expect(
        first.body.items.map((item: any) => [
          item.outcome,
          item.type,
          item.metric,
          item.sampleCount,
        ]),
      ).toEqual([
        ['accepted', 'io.ai-assurance.evaluation.v2', 'accuracy', 2000],
        ['accepted', 'io.ai-assurance.evaluation.v2', 'accuracy', 200],
        ['accepted', 'io.ai-assurance.evaluation.v2', 'log-loss', 2000],
        [
          'accepted',
          'io.ai-assurance.evaluation-comparison.v1',
          'accuracy',
          120,
        ],
      ]);
      const sizeBefore = (await room.answers.head())!.size;
      clock.advance(60_000);
      const again = await send('plain', text);
      expect(again.body.items.map((item: any) => item.outcome)).toEqual([
        'already-known',
        'already-known',
        'already-known',
        'already-known',
      ]);
      expect(again.body.items.map((item: any) => item.evidenceId)).toEqual(
        first.body.items.map((item: any) => item.evidenceId),
      );
      expect((await room.answers.head())!.size).toBe(sizeBefore);

      const stored = await room.answers.byId(first.body.items[0].evidenceId);
      expect(stored!.item).toMatchObject({
        source: '/ai-assurance/imports/plain',
        subject: model,
        data: {
          envelope: {
            sourceSystem: 'plain',
            asked: `import of ${first.body.reportDigest}`,
            subjectVersion: '2',
            sampleCount: 2000,
            collector: { id: 'ai-assurance.import-plain', version: '1' },
          },
        },
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'records nothing in a preview, nothing of a broken report, and each once when two come at once, %p',
    async id => {
      const { send, room } = await open(await databases.init(id));
      const text = textOf('soda/clean.json');
      const preview = await send('soda', text, { query: { preview: 'true' } });
      expect(preview.body.items).toEqual([
        {
          outcome: 'preview',
          evidenceId: null,
          type: 'io.ai-assurance.quality-report.v1',
          metric: null,
          status: 'inconclusive',
          sampleCount: 18240,
        },
      ]);
      const broken = await send('soda', text.slice(0, -30));
      expect([broken.status, broken.body.error.code]).toEqual([
        400,
        'NOT_RECOGNISED',
      ]);
      expect(await room.answers.list({ subject: model, limit: 10 })).toEqual(
        [],
      );
      const both = await Promise.all([send('soda', text), send('soda', text)]);
      expect(both.map(({ body }) => body.items[0].outcome).sort()).toEqual([
        'accepted',
        'already-known',
      ]);
      expect(
        (await room.answers.list({ subject: model, limit: 10 })).length,
      ).toBe(1);
    },
  );

  const onOne = databases.eachSupportedId()[0][0];

  it('is for nobody, no stranger, no wrong owner and no machine that is not listed', async () => {
    const { send } = await open(await databases.init(onOne));
    const text = textOf('soda/clean.json');
    const statuses = [
      await send('soda', text, { who: as.nobody }),
      await send('soda', text, { who: as.stranger }),
      await send('soda', text, { query: { subject: service } }),
      await send('soda', text, { who: as.machine }),
    ].map(({ status, body }) => [status, body.error?.code]);
    expect(statuses.slice(1)).toEqual([
      [403, 'NOT_ALLOWED'],
      [403, 'NOT_ALLOWED'],
      [403, 'NOT_ALLOWED'],
    ]);
    expect(statuses[0][0]).toBe(401);
    const listed = await send('soda', text, {
      who: as.machine,
      query: { subject: service },
    });
    expect(listed.status).toBe(200);
  });

  it('names what is wrong with the request', async () => {
    const { send } = await open(await databases.init(onOne), {
      imports: { maxMebibytes: 1 },
    });
    const text = textOf('soda/clean.json');
    const code = async (...given: Parameters<typeof send>) => {
      const { status, body } = await send(...given);
      return [status, body.error.code];
    };
    expect(await code('excel', text)).toEqual([404, 'UNKNOWN_FORMAT']);
    expect(await code('soda', '')).toEqual([400, 'NOT_RECOGNISED']);
    expect(await code('soda', Buffer.from([0xff, 0xfe, 0x00]))).toEqual([
      400,
      'NOT_RECOGNISED',
    ]);
    expect(
      await code('soda', text, {
        query: { windowStart: '2026-11-22T00:00:00Z' },
      }),
    ).toEqual([400, 'BAD_STATEMENT']);
    expect(
      await code('soda', text, {
        query: {
          windowStart: '2026-11-22T00:00:00Z',
          windowEnd: '2026-11-21T00:00:00Z',
        },
      }),
    ).toEqual([400, 'BAD_STATEMENT']);
    expect(
      await code('soda', text, { query: { datasetDigest: 'abc' } }),
    ).toEqual([400, 'INVALID_INPUT']);
    expect(await code('soda', ' '.repeat(1024 * 1024 + 1))).toEqual([
      413,
      'BODY_TOO_LARGE',
    ]);
    // A bomb is measured unpacked.
    expect(
      await code('soda', gzipSync(' '.repeat(1024 * 1024 + 1)), {
        headers: { 'content-encoding': 'gzip' },
      }),
    ).toEqual([413, 'BODY_TOO_LARGE']);
    const dated = JSON.parse(textOf('plain/scores.json'));
    dated.evaluatedAt = '2030-01-01T00:00:00Z';
    expect(await code('plain', JSON.stringify(dated))).toEqual([
      400,
      'BROKEN_REPORT',
    ]);
  });

  it('takes a body as gzip and as any media type', async () => {
    const { send } = await open(await databases.init(onOne));
    const text = textOf('soda/clean.json');
    const packed = await send('soda', gzipSync(text), {
      headers: { 'content-encoding': 'gzip' },
    });
    expect(packed.status).toBe(200);
    const typed = await send('soda', text, {
      headers: { 'content-type': 'application/json' },
    });
    expect(typed.body.items[0].outcome).toBe('already-known');
  });

  it('reads a large report while others are answered, and says when it is too slow', async () => {
    const { send, app } = await open(await databases.init(onOne), {
      imports: { maxSeconds: 2 },
    });
    const attempt = JSON.stringify({
      entry_type: 'attempt',
      prompt: 'p'.repeat(500),
    });
    const evaluation = JSON.stringify({
      entry_type: 'eval',
      probe: 'p',
      detector: 'd',
      passed: 9,
      total: 10,
    });
    const small = `${attempt}\n`.repeat(2000) + evaluation;
    // The thread is loaded; a report of megabytes takes it longer than two seconds only where it is not read at all.
    const first = await send('garak', small);
    expect([first.status, first.body.items.length]).toEqual([200, 1]);
    let answers = 0;
    let isDone = false;
    const sent = send('garak', `${small}\n`.repeat(10) + evaluation).then(
      answer => {
        isDone = true;
        return answer;
      },
    );
    while (!isDone) {
      const { status } = await request(app)
        .get('/imports')
        .set('authorization', as.owner);
      expect(status).toBe(200);
      answers += 1;
    }
    const { status, body } = await sent;
    expect(answers).toBeGreaterThan(5);
    expect([200, body.error?.code]).toContain(
      status === 200 ? 200 : 'IMPORT_TOO_SLOW',
    );
  });

  it('lists its formats to readers', async () => {
    const { app } = await open(await databases.init(onOne));
    const answer = await request(app)
      .get('/imports')
      .set('authorization', as.owner);
    expect(answer.body.formats.map(({ id }: any) => id)).toEqual([
      'evidently',
      'garak',
      'great-expectations',
      'nannyml',
      'otel-genai',
      'plain',
      'promptfoo',
      'soda',
    ]);
  });
});

describe('importers of modules', () => {
  const importer = (id: string, version = '1') => ({
    id,
    version,
    title: id,
    tool: id,
    fileEndings: [],
    read: () => ({ facts: [], notes: [] }),
  });

  it('need an id and a version that can be part of a source', () => {
    const registry = createImporterRegistry();
    registry.addImporter(importer('lm-eval'));
    expect(() => registry.addImporter(importer('lm-eval'))).toThrow(
      'There are two importers called lm-eval',
    );
    expect(() => registry.addImporter(importer('LM eval'))).toThrow(
      'An importer cannot be called “LM eval”',
    );
    expect(() => registry.addImporter(importer('other', ''))).toThrow(
      'Importer other has no usable version',
    );
  });
});

import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
} from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import express from 'express';
import Router from 'express-promise-router';
import { Knex } from 'knex';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { SubjectRecord } from '../cohorts';
import {
  model,
  openTestLedger,
  service,
} from '../ledger/__testUtils__/openTestLedger';
import { EvidenceDraft } from '../ledger';
import { createAccess, createAsOf, createBinder, instantOf } from '../platform';
import { createEvaluations } from './createEvaluations';

// Migrations of a fresh database take long on a busy machine.
jest.setTimeout(60_000);

const databases = createTestDatabases();
const sha = (letter: string) => `sha256:${letter.repeat(64)}`;
const dayMs = 86_400_000;

const gates = `apiVersion: ai-assurance.io/v1
kind: EvaluationGates
metadata: { name: reader, title: Gates of the reader }
spec:
  gates:
    - { id: accurate, question: Is it accurate enough?, metric: accuracy, atLeast: 0.85, minimumCount: 500 }
`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ai-assurance-gates-'));
  writeFileSync(join(directory, 'gates.yaml'), gates);
});
afterEach(() => rmSync(directory, { recursive: true }));

async function open(knex: Knex, config: object = {}) {
  const opened = await openTestLedger(knex, { config });
  const record = (
    entityRef: string,
    kind: SubjectRecord['kind'],
    change: Partial<SubjectRecord> = {},
  ): SubjectRecord => ({
    entityRef,
    kind,
    title: entityRef,
    ownerRef: 'group:default/vision-team',
    tier: undefined,
    riskTier: undefined,
    annotations: {},
    location: `file:${join(directory, 'entities.yaml')}`,
    spec: {},
    relations: {},
    ...change,
  });
  const records = [
    record(model, 'ai-model', {
      annotations: { 'ai-assurance.io/evaluation-gates': './gates.yaml' },
    }),
    record(service, 'ai-service', { relations: { usesModel: [model] } }),
  ];
  const subjects = {
    list: async () => records,
    get: async (ref: string) =>
      records.find(({ entityRef }) => entityRef === ref),
    assign: async () => undefined,
  };
  const room = createEvaluations({
    ...opened,
    subjects,
    ledger: opened.room.ledger,
    ledgerAnswers: opened.room.answers,
    urlReader: mockServices.urlReader.mock(),
  });
  let number = 0;
  const evaluate = async (
    successCount: number,
    change: { version?: string; datasetDigest?: string } = {},
  ) => {
    number += 1;
    const nowMs = opened.clock.nowMs();
    const draft: EvidenceDraft<'io.ai-assurance.evaluation.v2'> = {
      type: 'io.ai-assurance.evaluation.v2',
      source: '/tests',
      id: `evaluation-${number}`,
      subject: model,
      timeMs: nowMs,
      envelope: {
        sourceSystem: 'tests',
        collector: { id: 'tests', version: '1' },
        collectedAt: instantOf(nowMs),
        subjectVersion: change.version ?? '2',
        sampleCount: 1000,
      },
      payload: {
        metric: 'accuracy',
        value: successCount / 1000,
        unit: 'ratio',
        intervalLow: successCount / 1000 - 0.02,
        intervalHigh: successCount / 1000 + 0.02,
        intervalLevelRatio: 0.95,
        intervalMethod: 'wilson',
        successCount,
        totalCount: 1000,
        datasetId: 'data',
        datasetDigest: change.datasetDigest ?? sha('d'),
        slice: null,
        tool: { id: 't', version: '1' },
        judge: null,
        configurationDigest: null,
        reportDigest: null,
      },
    };
    await opened.db.transaction(tx =>
      opened.room.ledger.append(tx, [draft as EvidenceDraft]),
    );
  };
  const recorded = () =>
    opened.room.answers.list({
      subject: model,
      type: 'io.ai-assurance.evaluation-verdict.v1',
      limit: 100,
    });
  const read = (asOf?: ReturnType<typeof createAsOf>) =>
    room.answers.evaluations(model, { allowed: true }, asOf);
  return { ...opened, room, records, evaluate, recorded, read };
}

describe('evaluations', () => {
  it.each(databases.eachSupportedId())(
    'are judged by the gates of the subject, stored, and recorded only when something changed, %p',
    async id => {
      const { room, evaluate, recorded, read, clock } = await open(
        await databases.init(id),
      );
      await evaluate(900);
      await room.judge();
      const answer = await read();
      expect(answer.sentence).toBe('Version 2 passes its gate.');
      expect(answer.gates).toMatchObject({
        source: './gates.yaml',
        title: 'Gates of the reader',
        problem: null,
      });
      expect(answer.versions).toMatchObject([
        {
          version: '2',
          status: 'pass',
          gates: [
            {
              gate: 'accurate',
              status: 'pass',
              value: 0.9,
              low: 0.88,
              bound: 0.85,
              sampleCount: 1000,
            },
          ],
          evidenceId: '1',
        },
      ]);
      const [verdict] = await recorded();
      expect(verdict.status).toBe('pass');
      expect(verdict.item.data.envelope.subjectVersion).toBe('2');

      for (let run = 0; run < 5; run += 1) {
        clock.advance(300_000);
        await room.judge();
      }
      expect(await recorded()).toHaveLength(1);
      clock.advance(dayMs);
      await room.judge();
      expect(await recorded()).toHaveLength(2);

      await evaluate(800);
      await room.judge([model]);
      expect((await recorded())[0].status).toBe('fail');
      expect((await read()).sentence).toBe(
        'Version 2 does not pass: of 1 gate, 1 fail.',
      );
    },
  );

  it.each(databases.eachSupportedId())(
    'are void once the data changed, until they are run again, %p',
    async id => {
      const { room, evaluate, read } = await open(await databases.init(id));
      await evaluate(900, { version: '1' });
      await evaluate(910, { version: '2', datasetDigest: sha('e') });
      await room.judge();
      const before = await read();
      expect(
        before.versions.map(({ version, status, reason }) => [
          version,
          status,
          reason,
        ]),
      ).toEqual([
        ['2', 'pass', 'within-bound'],
        ['1', 'inconclusive', 'dataset-changed'],
      ]);
      expect(before.results.map(({ changed }) => changed)).toEqual([
        null,
        'dataset-changed',
      ]);
      await evaluate(905, { version: '1', datasetDigest: sha('e') });
      await room.judge();
      expect((await read()).versions.map(({ status }) => status)).toEqual([
        'pass',
        'pass',
      ]);
    },
  );

  it.each(databases.eachSupportedId())(
    'are told as they were recorded by then, %p',
    async id => {
      const { room, evaluate, read, clock } = await open(
        await databases.init(id),
      );
      const beforeMs = clock.nowMs() - 1;
      await evaluate(900);
      await room.judge();
      const thenMs = clock.nowMs();
      clock.advance(600_000);
      await evaluate(700);
      await room.judge();
      const asOf = createAsOf(thenMs);
      const then = await read(asOf);
      expect([then.sentence, then.results[0].value]).toEqual([
        'Version 2 passes its gate.',
        0.9,
      ]);
      expect(asOf.note().limits.map(({ code }) => code)).toEqual([
        'catalog-of-today',
        'last-recorded',
      ]);
      expect((await read()).status).toBe('fail');
      expect((await read(createAsOf(beforeMs))).sentence).toBe(
        'Nothing has been evaluated yet.',
      );
    },
  );

  const onOne = databases.eachSupportedId()[0][0];

  it('keep the last good gates when their file breaks, and say what is wrong with it', async () => {
    const { room, evaluate, read, clock } = await open(
      await databases.init(onOne),
    );
    await evaluate(900);
    await room.judge();
    writeFileSync(
      join(directory, 'gates.yaml'),
      gates.replace('atLeast: 0.85', 'atLeast: much'),
    );
    clock.advance(60_000);
    await room.judge();
    const answer = await read();
    expect(answer.gates!.problem).toContain(
      'gates.yaml: line 6: spec.gates.0.atLeast',
    );
    expect(answer.status).toBe('pass');
  });

  it('are judged by no file outside the folder of the catalog file', async () => {
    const { room, records, evaluate, read } = await open(
      await databases.init(onOne),
    );
    records[0].annotations = {
      'ai-assurance.io/evaluation-gates': '../../etc/passwd',
    };
    await evaluate(900);
    await room.judge();
    expect((await read()).gates!.problem).toBe(
      '../../etc/passwd lies outside the directory of the catalog file',
    );
    expect((await read()).status).toBe(null);
  });

  it('take the gates of the configuration where the subject names none, and forget them with it', async () => {
    const { room, records, evaluate, read } = await open(
      await databases.init(onOne),
      { evaluations: { gatesFile: join(directory, 'gates.yaml') } },
    );
    records[0].annotations = {};
    await evaluate(900);
    await room.judge();
    expect((await read()).gates!.source).toBe('gates.yaml');
    expect((await read()).status).toBe('pass');
  });

  it('refuse the start with a broken file of gates, with file and line', async () => {
    writeFileSync(join(directory, 'gates.yaml'), `${gates}    - { id: b }\n`);
    await expect(
      open(await databases.init(onOne), {
        evaluations: { gatesFile: join(directory, 'gates.yaml') },
      }),
    ).rejects.toThrow('gates.yaml: line 7: spec.gates.1.question');
  });

  it('are read by readers, and imported by those who may push', async () => {
    const { room, clock } = await open(await databases.init(onOne));
    const router = Router();
    room.registerRoutes(
      createBinder(router, mockServices.httpAuth(), clock),
      createAccess({
        authorize: async (queries: any[], { credentials }: any) =>
          queries.map(({ permission, resourceRef }) => {
            const who = credentials.principal.userEntityRef;
            const isReader = who !== 'user:default/sam';
            const isOwner =
              who === 'user:default/mira' && resourceRef === model;
            return {
              result:
                (permission.name.endsWith('.read') && isReader) || isOwner
                  ? AuthorizeResult.ALLOW
                  : AuthorizeResult.DENY,
            };
          }),
      } as any),
    );
    const app = express().use(router).use(mockErrorHandler());
    const get = (who: string, name: string) =>
      request(app)
        .get(`/subjects/${name}/evaluations`)
        .set('authorization', mockCredentials.user.header(who));
    const path = 'resource/default/digit-reader';
    expect((await get('user:default/sam', path)).status).toBe(403);
    expect((await get('user:default/mira', path)).body.mayImport).toEqual({
      allowed: true,
    });
    const auditor = await get('user:default/iris', path);
    expect(auditor.body.mayImport.reason).toContain(
      'ai-assurance.evidence.push',
    );
    const ofService = await get(
      'user:default/mira',
      'component/default/digit-api',
    );
    expect(ofService.body.uses).toEqual([model]);
    expect(ofService.body.mayImport.allowed).toBe(false);
    const unknown = await get('user:default/mira', 'resource/default/nothing');
    expect([unknown.status, unknown.body.error.code]).toEqual([
      404,
      'SUBJECT_NOT_FOUND',
    ]);
  });
});

import { ConfigReader } from '@backstage/config';
import { JsonObject, JsonValue } from '@backstage/types';
import {
  AnyCollectedFact,
  CollectorSubject,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import {
  StandIn,
  startStandIn,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import { mockServices } from '@backstage/backend-test-utils';
import {
  RegistryModel,
  RegistryVersion,
  standInMlflow,
} from './__testUtils__/mlflow';
import { createMlflowCollectors } from './createCollectors';

const nowMs = Date.parse('2026-11-22T13:00:00.000Z');
const minuteMs = 60_000;
const subjectNamed = (name: string): CollectorSubject => ({
  entityRef: 'resource:default/digit-reader',
  kind: 'ai-model',
  annotations: { 'mlflow.org/registered-model': name },
  spec: {},
});

const version = (
  number: number,
  change: Partial<RegistryVersion> = {},
): RegistryVersion => ({
  version: String(number),
  creation_timestamp: nowMs - 3_600_000 + number,
  last_updated_timestamp: nowMs - 1_800_000 + number,
  status: 'READY',
  ...change,
});

describe('what MLflow says of a model', () => {
  let models: RegistryModel[] = [];
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn(standInMlflow(() => models, 2));
  });
  afterAll(() => standIn.close());

  /** Runs one after the other, each with the memory that the one before left. */
  const looks = (options: { tags?: JsonObject; name?: string } = {}) => {
    let memory: JsonValue | undefined;
    let lookMs = nowMs - minuteMs;
    let lastSuccessMs: number | undefined;
    const subject = subjectNamed(options.name ?? 'digit-reader');
    const [collector] = createMlflowCollectors(
      new ConfigReader({
        aiAssurance: {
          mlflow: {
            baseUrl: standIn.baseUrl,
            auth: { type: 'bearer', token: 't' },
            ...(options.tags && { tags: options.tags }),
          },
        },
      }),
    );
    return async (maxFacts = 100) => {
      lookMs += minuteMs;
      const facts: AnyCollectedFact[] = [];
      let written: JsonValue | undefined;
      for await (const fact of collector.collect({
        subject,
        nowMs: lookMs,
        lastSuccessMs,
        signal: new AbortController().signal,
        maxFacts,
        memory: {
          read: () => memory,
          write: value => {
            written = JSON.parse(JSON.stringify(value));
          },
        },
        logger: mockServices.logger.mock(),
      }))
        facts.push(fact);
      memory = written;
      lastSuccessMs = lookMs;
      return facts;
    };
  };
  const aliasesOf = (facts: AnyCollectedFact[]) =>
    facts
      .filter(fact => fact.type === 'io.ai-assurance.registry-alias.v1')
      .map(({ payload }) => [
        payload.alias,
        payload.change,
        payload.version,
        payload.fromVersion,
      ]);
  const statesOf = (facts: AnyCollectedFact[]) =>
    facts
      .filter(fact => fact.type === 'io.ai-assurance.registry-version.v1')
      .map(({ payload }) => [payload.version, payload.state]);

  it('is each version of all pages, with its times and its run', async () => {
    models = [
      {
        name: 'digit-reader',
        aliases: [],
        versions: [
          version(3, { status: 'PENDING_REGISTRATION' }),
          version(2, { status: 'FAILED_REGISTRATION' }),
          version(1, { run_id: 'abc' }),
        ],
      },
    ];
    const facts = await looks()();
    expect(statesOf(facts)).toEqual([
      ['3', 'pending'],
      ['2', 'failed'],
      ['1', 'ready'],
    ]);
    expect(facts[2]).toEqual({
      type: 'io.ai-assurance.registry-version.v1',
      id: facts[2].id,
      subject: 'resource:default/digit-reader',
      timeMs: nowMs - 1_800_000 + 1,
      envelope: {
        sourceSystem: 'mlflow',
        asked:
          'GET /api/2.0/mlflow/model-versions/search?filter=name%3D%27digit-reader%27&max_results=500',
        subjectVersion: '1',
      },
      payload: {
        registry: 'mlflow',
        modelName: 'digit-reader',
        version: '1',
        state: 'ready',
        digest: null,
        runId: 'abc',
        registeredAt: '2026-11-22T12:00:00.001Z',
        changedAt: '2026-11-22T12:30:00.001Z',
        tags: [],
      },
    });
    expect(standIn.requests.map(one => one.query.get('page_token'))).toEqual([
      null,
      null,
      'page-2',
    ]);
  });

  it('is every move of an alias that is noticed, with the window in which it happened', async () => {
    const model = {
      name: 'digit-reader',
      aliases: [{ alias: 'champion', version: '1' }],
      versions: [version(2), version(1)],
    };
    models = [model];
    const look = looks();
    const first = await look();
    expect(aliasesOf(first)).toEqual([['champion', 'first-seen', '1', null]]);
    expect(first[0].envelope.windowStart).toBe(undefined);
    expect(aliasesOf(await look())).toEqual([]);

    model.aliases = [
      { alias: 'challenger', version: '1' },
      { alias: 'champion', version: '2' },
    ];
    const moved = await look();
    expect(aliasesOf(moved)).toEqual([
      ['challenger', 'set', '1', null],
      ['champion', 'moved', '2', '1'],
    ]);
    expect(moved[0].envelope).toEqual({
      sourceSystem: 'mlflow',
      asked: 'GET /api/2.0/mlflow/registered-models/get?name=digit-reader',
      subjectVersion: '1',
      windowStart: '2026-11-22T13:01:00.000Z',
      windowEnd: '2026-11-22T13:02:00.000Z',
    });

    model.aliases = [{ alias: 'champion', version: '1' }];
    expect(aliasesOf(await look())).toEqual([
      ['challenger', 'removed', null, '1'],
      ['champion', 'moved', '1', '2'],
    ]);
    expect(aliasesOf(await look())).toEqual([]);
  });

  it('is a version that went, once', async () => {
    const model = {
      name: 'digit-reader',
      aliases: [],
      versions: [version(2), version(1)],
    };
    models = [model];
    const look = looks();
    await look();
    model.versions = [version(2)];
    expect(statesOf(await look())).toEqual([
      ['1', 'deleted'],
      ['2', 'ready'],
    ]);
    expect(statesOf(await look())).toEqual([['2', 'ready']]);
  });

  it('has an id of its own for each change, also for one that goes back', async () => {
    const model: RegistryModel = {
      name: 'digit-reader',
      aliases: [],
      versions: [version(1)],
    };
    models = [model];
    const look = looks({ tags: { keep: ['validation'] } });
    const ids: string[] = [];
    for (const value of ['passed', 'passed', 'failed', 'passed', 'passed']) {
      model.versions = [version(1, { tags: [{ key: 'validation', value }] })];
      ids.push((await look())[0].id);
    }
    expect(ids[1]).toBe(ids[0]);
    expect(ids[4]).toBe(ids[3]);
    expect(new Set(ids).size).toBe(3);
  });

  it('keeps only the tags that the config allows, and free text as a mark', async () => {
    const tags = [
      { key: 'validation', value: 'passed by Anna, at last' },
      { key: 'note', value: 'secret' },
    ];
    models = [
      { name: 'digit-reader', aliases: [], versions: [version(1, { tags })] },
    ];
    const facts = await looks({ tags: { keep: ['validation', 'other'] } })();
    expect((facts[0].payload as any).tags).toEqual([
      {
        key: 'validation',
        value: expect.stringMatching(/^passed-by-Anna-at-last-[0-9a-f]{16}$/),
      },
    ]);
    expect(JSON.stringify(facts)).not.toContain('secret');
  });

  it('is an artifact only where tags say digest, size and format', async () => {
    const hex = 'ab'.repeat(32);
    const tagged = (number: number, change: Record<string, string>) =>
      version(number, {
        tags: Object.entries({
          sha256: hex,
          size: '31810',
          format: 'onnx',
          ...change,
        }).map(([key, value]) => ({ key, value })),
      });
    models = [
      {
        name: 'digit-reader',
        aliases: [],
        versions: [
          tagged(1, {}),
          tagged(2, { sha256: 'latest' }),
          tagged(3, { size: '31 kB' }),
          tagged(4, { format: '' }),
          tagged(5, { sha256: `sha256:${hex.toLocaleUpperCase('en-US')}` }),
        ],
      },
    ];
    const facts = await looks({
      tags: { digest: 'sha256', sizeBytes: 'size', format: 'format' },
    })();
    expect(
      facts
        .filter(fact => fact.type === 'io.ai-assurance.artifact.v1')
        .map(({ payload }) => payload),
    ).toEqual(
      ['1', '5'].map(number => ({
        version: number,
        digest: `sha256:${hex}`,
        sizeBytes: 31810,
        format: 'onnx',
      })),
    );
    expect(
      facts
        .filter(fact => fact.type === 'io.ai-assurance.registry-version.v1')
        .map(({ payload }) => payload.digest !== null),
    ).toEqual([true, false, true, true, true]);
  });

  it('gets its turn also where there is more than a run may bring', async () => {
    models = [
      {
        name: 'digit-reader',
        aliases: [
          { alias: 'a', version: '1' },
          { alias: 'b', version: '2' },
        ],
        versions: [version(5), version(4), version(3), version(2), version(1)],
      },
    ];
    const look = looks();
    const seen = new Set<string>();
    const aliases: unknown[] = [];
    for (let n = 0; n < 5; n += 1) {
      const facts = await look(2);
      expect(facts.length).toBe(2);
      for (const [number] of statesOf(facts)) seen.add(number);
      aliases.push(...aliasesOf(facts));
    }
    expect([...seen].sort()).toEqual(['1', '2', '3', '4', '5']);
    expect(aliases).toEqual([
      ['a', 'first-seen', '1', null],
      ['b', 'first-seen', '2', null],
    ]);
  });

  it('asks for names with quotes, and for none that MLflow could not read', async () => {
    models = [
      { name: "Anna's", aliases: [], versions: [version(1)] },
      { name: '', aliases: [], versions: [] },
    ];
    expect(statesOf(await looks({ name: "Anna's" })())).toEqual([
      ['1', 'ready'],
    ]);
    await expect(looks({ name: '' })()).rejects.toMatchObject({
      code: 'misconfigured',
    });
    models.push({ name: `'"`, aliases: [], versions: [] });
    await expect(looks({ name: `'"` })()).rejects.toMatchObject({
      code: 'misconfigured',
    });
  });

  it('is not found when MLflow does not know the model', async () => {
    models = [];
    await expect(looks()()).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is nothing but the model while it has no version', async () => {
    models = [{ name: 'digit-reader', aliases: [], versions: [] }];
    expect(await looks()()).toEqual([]);
  });
});

describe('the config of MLflow', () => {
  const collectors = (mlflow: JsonObject | undefined) =>
    createMlflowCollectors(
      new ConfigReader(mlflow ? { aiAssurance: { mlflow } } : {}),
    );
  it('makes no collector without it, and one with it', () => {
    expect(collectors(undefined)).toEqual([]);
    const [collector] = collectors({ baseUrl: 'https://mlflow.example.com' });
    expect([collector.id, collector.schedule.everySeconds]).toEqual([
      'mlflow',
      300,
    ]);
  });
  it.each([
    [{ baseUrl: 'mlflow' }, 'aiAssurance.mlflow.baseUrl: a base URL begins'],
    [
      { baseUrl: 'http://m', auth: { type: 'kerberos' } },
      'aiAssurance.mlflow.auth.type: one of bearer, basic, header',
    ],
    [
      { baseUrl: 'http://m', tags: { keep: ['a', 'a'] } },
      'aiAssurance.mlflow.tags.keep: at most 50 tags, each once',
    ],
  ])('refuses %j', (mlflow, message) => {
    expect(() => collectors(mlflow)).toThrow(message);
  });
});

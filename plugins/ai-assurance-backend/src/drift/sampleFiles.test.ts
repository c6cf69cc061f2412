import { histogramDigest } from './core/histogramDigest';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { parquetWriteBuffer } from 'hyparquet-writer';
import request from 'supertest';
import { SubjectRecord } from '../cohorts';
import {
  minuteMs,
  openTestDrift,
  serve,
  startMs,
  subject,
} from './__testUtils__/openTestDrift';

// Migrating a fresh database for each test takes seconds on a busy machine.
jest.setTimeout(60_000);

const declarationUrl = 'https://git.example/monitors.yaml';
const sampleUrl = 'https://files.example/payments.csv';
const trainingUrl = 'https://files.example/training.parquet?token=secret';
const lowEnd = 'resource:default/low-end-phones';
const declaration = `apiVersion: ai-assurance.io/v1alpha1
kind: DriftMonitors
monitors:
  - feature: input.amount
    every: 5m
    window: 1h
    cohorts: each
    file:
      url: ${sampleUrl}
      column: amount
      cohort: cohort
      device: device
      bins: { from: 0, to: 100, count: 4 }
    range: { minimum: 0, maximum: 100 }
    nulls: { limitRatio: 0.01 }
  - feature: input.country
    type: categorical
    every: 5m
    window: 1h
    file: { url: ${sampleUrl}, column: country }
`;

const countries = ['AT', 'DE', 'FR'];
/** 1,000 rows of 20 devices. */
const rows = (shift = 0) =>
  Array.from({ length: 1000 }, (_, i) => ({
    amount: Math.min(100, ((i * 37) % 100) + shift),
    country: countries[i % 3],
    cohort: i % 2 === 0 ? lowEnd : '',
    device: `d${i % 20}`,
  }));
const csv = (all: ReturnType<typeof rows>) =>
  `amount,country,cohort,device\n${all
    .map(row => Object.values(row).join(','))
    .join('\n')}\n`;
const parquet = (all: ReturnType<typeof rows>) =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: (['amount', 'country', 'cohort', 'device'] as const).map(
        name => ({ name, data: all.map(row => row[name]) }),
      ),
    }),
  );

describe('monitors of a sample file', () => {
  const databases = createTestDatabases();
  const each = databases.eachSupportedId();
  const open = async (
    id: (typeof each)[number][0],
    files: Record<string, string | Uint8Array> = {},
  ) => {
    const test = await openTestDrift(await databases.init(id), {
      [declarationUrl]: declaration,
      [sampleUrl]: csv(rows()),
      [trainingUrl]: parquet(rows()),
      ...files,
    });
    test.records[0].annotations['ai-assurance.io/monitors'] = declarationUrl;
    test.records.push({
      ...test.records[0],
      entityRef: lowEnd,
      kind: 'device-cohort',
      annotations: {},
      spec: {},
    } as SubjectRecord);
    const served = serve(test);
    const round = async (nowMs: number) => {
      await test.readFilesAt(nowMs);
      await test.evaluateAt(nowMs);
      return test.room.answers.monitors(subject, 0);
    };
    // The declaration is read at the first evaluation, and its files at the tick after.
    await test.evaluateAt(startMs);
    return { ...test, ...served, round };
  };

  it.each(each)(
    'are judged against training data, by cohort, with range and nulls, and fail when the file drifts, %p',
    async id => {
      const test = await open(id);
      await test.round(startMs + minuteMs);
      for (const feature of ['input.amount', 'input.country']) {
        const { status, body } = await test.approve({
          feature,
          sampleUrl: trainingUrl,
        });
        expect([status, body.origin, body.originUrl, body.totalCount]).toEqual([
          201,
          'file',
          'https://files.example/training.parquet',
          1000,
        ]);
      }
      const before = await test.round(startMs + 6 * minuteMs);
      expect(
        before.map(m => [
          m.feature,
          m.source,
          m.currentCount,
          m.verdict.status,
        ]),
      ).toEqual([
        ['input.amount', 'file', 1000, 'pass'],
        ['input.country', 'file', 1000, 'pass'],
      ]);
      expect(before[0].cohorts!.map(c => [c.cohort, c.verdict.status])).toEqual(
        [[lowEnd, 'pass']],
      );
      expect(
        before[0].quality!.map(q => [
          q.aspect,
          q.failedCount,
          q.verdict.status,
        ]),
      ).toEqual([
        ['null-share', 0, 'pass'],
        ['range', 0, 'pass'],
      ]);

      test.files[sampleUrl] = csv([...rows(40), { ...rows()[0], amount: -3 }]);
      const after = await test.round(startMs + 12 * minuteMs);
      expect(after.map(m => [m.verdict.status, m.currentCount])).toEqual([
        ['fail', 1001],
        ['pass', 1001],
      ]);
      expect(
        after[0].quality!.find(q => q.aspect === 'range')!.failedCount,
      ).toBe(1);
      const [report] = await test.ledgerAnswers.list({
        subject,
        type: 'io.ai-assurance.drift-report.v2',
        limit: 1,
      });
      expect(report.item.data.envelope.asked).toContain(
        'of https://files.example/payments.csv against ref_',
      );
      expect((report.item.data.payload as any).source).toBe('file');
    },
  );

  it.each(each)(
    'are inconclusive with the reason while the file cannot be read, and judged again when it can, %p',
    async id => {
      const test = await open(id);
      await test.round(startMs + minuteMs);
      for (const feature of ['input.amount', 'input.country'])
        await test.approve({ feature });
      const told = (monitors: Awaited<ReturnType<typeof test.round>>) =>
        monitors.map(m => [
          m.verdict.status,
          m.verdict.reason,
          m.sourceProblem ?? null,
        ]);
      const good = [
        ['pass', 'within-limit', null],
        ['pass', 'within-limit', null],
      ];
      expect(told(await test.round(startMs + 6 * minuteMs))).toEqual(good);

      const content = test.files[sampleUrl];
      delete test.files[sampleUrl];
      const gone = `${sampleUrl}: ${sampleUrl}: 404 Not Found`;
      expect(told(await test.round(startMs + 12 * minuteMs))).toEqual([
        ['inconclusive', 'source-error', gone],
        ['inconclusive', 'source-error', gone],
      ]);

      test.files[sampleUrl] = csv(rows()).replace('\n37,', '\nmany,');
      expect(told(await test.round(startMs + 18 * minuteMs))).toEqual([
        [
          'inconclusive',
          'source-error',
          `${sampleUrl}: row 2, column amount: is no number`,
        ],
        ['pass', 'within-limit', null],
      ]);

      test.files[sampleUrl] = content;
      expect(told(await test.round(startMs + 24 * minuteMs))).toEqual(good);
    },
  );

  it.each(each)(
    'know nothing once the file has not changed for longer than the window, and ask its host only whether it has, %p',
    async id => {
      const test = await open(id);
      await test.round(startMs + minuteMs);
      await test.approve({ feature: 'input.amount' });
      await test.round(startMs + 30 * minuteMs);
      const monitors = await test.round(startMs + 62 * minuteMs);
      expect(monitors[0].verdict.reason).toBe('no-data');
      expect(test.reads.filter(url => url === sampleUrl)).toEqual([
        sampleUrl,
        sampleUrl,
        sampleUrl,
      ]);
      const [stored] = await test.db
        .knex('drift_sample')
        .select('feature', 'row_count', 'data_at_ms')
        .orderBy('feature');
      expect([
        stored.feature,
        Number(stored.row_count),
        Number(stored.data_at_ms),
      ]).toEqual(['input.amount', 1000, startMs + minuteMs]);
    },
  );

  it('are read anew when the declaration asks something else, and forgotten when it asks nothing', async () => {
    const test = await open('SQLITE_3');
    await test.round(startMs + minuteMs);
    test.files[declarationUrl] = declaration.replace('count: 4', 'count: 2');
    await test.evaluateAt(startMs + 2 * minuteMs);
    const [monitor] = await test.round(startMs + 8 * minuteMs);
    expect(monitor.boundaries).toEqual([0, 50, 100]);
    test.files[declarationUrl] = declaration.replace(
      / {2}- feature: input.country[^]*/,
      '',
    );
    await test.evaluateAt(startMs + 9 * minuteMs);
    await test.round(startMs + 10 * minuteMs);
    expect(await test.db.knex('drift_sample').pluck('feature')).toEqual([
      'input.amount',
    ]);
  });

  it.each(each)(
    'take a reference that another portal recorded, and refuse one that was changed, %p',
    async id => {
      const histogram = {
        boundaries: [0, 25, 50, 75, 100],
        bins: [10, 250, 250, 250, 240, 0],
      };
      const recorded = (bins: number[]) => ({
        type: 'io.ai-assurance.reference-window.v2',
        data: {
          payload: {
            feature: 'payments.amount',
            ...histogram,
            bins,
            categories: null,
            cohorts: [],
            histogramDigest: histogramDigest(histogram),
          },
        },
      });
      const test = await open(id, {
        'https://files.example/recorded.json': JSON.stringify([
          recorded(histogram.bins),
        ]),
        'https://files.example/changed.json': JSON.stringify(
          recorded([0, 250, 250, 250, 250, 0]),
        ),
        'https://files.example/cut.json': '[{"type":',
      });
      const imported = (name: string) =>
        test.approve({
          feature: 'input.amount',
          imported: {
            url: `https://files.example/${name}.json?token=secret`,
            format: 'ai-assurance',
            column: 'payments.amount',
          },
        });
      for (const name of ['recorded', 'changed', 'cut'])
        test.files[`https://files.example/${name}.json?token=secret`] =
          test.files[`https://files.example/${name}.json`];
      for (const [name, why] of [
        [
          'changed',
          'body.imported.url: item 1: its histogram is not the one of its histogramDigest',
        ],
        ['cut', 'body.imported.url: is no JSON'],
        [
          'gone',
          'body.imported.url: cannot be read: https://files.example/gone.json: 404 Not Found',
        ],
      ]) {
        const { status, body } = await imported(name);
        expect([status, body.error.code, body.error.message]).toEqual([
          400,
          'BAD_HISTOGRAM',
          why,
        ]);
      }
      const { status, body } = await imported('recorded');
      expect([status, body.origin, body.originUrl, body.totalCount]).toEqual([
        201,
        'import',
        'https://files.example/recorded.json',
        1000,
      ]);
      const [evidence] = await test.ledgerAnswers.list({ subject, limit: 1 });
      expect(evidence.item.data.payload).toMatchObject({
        origin: 'import',
        originUrl: 'https://files.example/recorded.json',
        bins: histogram.bins,
        approvedBy: 'user:default/ada',
      });
    },
  );

  it.each([
    ['bins: { from: 0, to: 100, count: 4 }', '', 'bins or boundaries'],
    [
      'column: country }',
      'column: country, boundaries: [1] }',
      'of categories',
    ],
    [`url: ${sampleUrl}`, 'url: file:///etc/passwd', 'http or https'],
    [
      `url: ${sampleUrl}`,
      'url: https://me:secret@files.example/a.csv',
      'name or password',
    ],
    [`url: ${sampleUrl}`, 'url: https://files.example/a', 'parquet or csv'],
    ['cohort: cohort', '', 'column of the cohort'],
    ['from: 0, to: 100', 'from: 100, to: 100', 'from lies below to'],
  ])('that declare %s as %j are refused', async (from, to, problem) => {
    const test = await open('SQLITE_3', {
      [declarationUrl]: declaration.replace(from, to),
    });
    const { body } = await request(test.app)
      .get('/subjects/resource/default/digit-reader-edge/drift')
      .set('authorization', test.as('mira'));
    expect(body.declarationProblems.length).toBe(1);
    expect(body.declarationProblems[0]).toContain(problem);
  });

  it.each([
    [
      { sampleUrl: 'https://files.example/none.csv' },
      'BAD_HISTOGRAM',
      'body.sampleUrl: https://files.example/none.csv: https://files.example/none.csv: 404 Not Found',
    ],
    [
      { sampleUrl: 'https://files.example/few.csv' },
      'INSUFFICIENT_SAMPLE',
      'https://files.example/few.csv holds 1 events; a reference needs at least 200',
    ],
    [
      { sampleUrl: 'https://files.example/odd.csv' },
      'BAD_HISTOGRAM',
      'body.sampleUrl: https://files.example/odd.csv: row 1, column amount: is no number',
    ],
    [
      { sampleUrl, feature: 'output.confidence' },
      'BAD_HISTOGRAM',
      'body.sampleUrl: output.confidence is watched by telemetry: only a monitor of a file says which column and bins to read',
    ],
    [
      { sampleUrl, usePushedProfile: true },
      'INVALID_INPUT',
      'names at most one origin',
    ],
    [{}, 'SOURCE_ERROR', 'input.amount: its file was not read yet'],
  ])('take no reference from %j: %s', async (change, code, message) => {
    const test = await open('SQLITE_3', {
      'https://files.example/few.csv': `amount,cohort,device\n1,${lowEnd},a\n`,
      'https://files.example/odd.csv': `amount,cohort,device\nx,${lowEnd},a\n`,
    });
    const { status, body } = await test.approve({
      feature: 'input.amount',
      ...change,
    });
    expect([status, body.error.code]).toEqual([400, code]);
    expect(body.error.message).toContain(message);
    expect((await test.list()).body).toEqual({ references: [] });
  });
});

import { StandInAnswer } from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';
import {
  createTestDatabases,
  engineKinds,
  RealEngine,
} from '@ai-assurance/test-kit';
import { connect, createServer, Server, Socket } from 'node:net';
import { AddressInfo } from 'node:net';
import { matrix, openLiar, series, stepsOf } from './__testUtils__/liar';
import { engineDocument } from './__testUtils__/engineDocument';
import {
  minuteMs,
  openTestSlo,
  startMs,
  subject,
} from './__testUtils__/openTestSlo';

jest.setTimeout(120_000);

const url = 'https://example.com/repo/objectives/latency.yaml';

/** Two hours before the start and one after: 20 requests a minute, two of them fail; of the last hour ten. */
function samples(): string {
  const lines = ['# TYPE requests counter'];
  for (const code of ['200', '500']) {
    for (let minute = -120; minute <= 60; minute += 0.5) {
      const bad = minute <= 0 ? 2 : 10;
      const since = 2 * Math.min(minute + 120, 120);
      const count =
        code === '500'
          ? since + bad * Math.max(0, minute)
          : 20 * (minute + 120) - (since + bad * Math.max(0, minute));
      lines.push(
        `requests_total{code="${code}"} ${count} ${
          startMs / 1000 + minute * 60
        }`,
      );
    }
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

/** A door that can be led elsewhere, or nowhere: the address of an engine that is killed and comes back. */
async function openDoor() {
  let target: number | undefined;
  const sockets = new Set<Socket>();
  const server: Server = createServer(socket => {
    if (target === undefined) {
      socket.destroy();
      return;
    }
    const onward = connect(target, '127.0.0.1');
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on('error', () => one.destroy());
      one.on('close', () => sockets.delete(one));
    }
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead(engine: RealEngine | undefined) {
      target = engine && Number(new URL(engine.baseUrl).port);
      for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise<void>(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

describe('objectives that an engine counts', () => {
  const databases = createTestDatabases();
  const [[id]] = databases.eachSupportedId();
  const open = async (baseUrl: string, more: object = {}) => {
    const test = await openTestSlo(await databases.init(id), {
      slo: {
        engines: [
          {
            name: 'prod',
            baseUrl,
            timeout: { milliseconds: 1500 },
            ...more,
          },
        ],
      },
    });
    test.files[url] = engineDocument;
    return test;
  };
  const said = async ({ room }: Awaited<ReturnType<typeof open>>) => {
    const [one] = await room.answers.objectives(subject);
    const [source] = one.sources!;
    return {
      counted: `${one.goodCount}/${one.totalCount}`,
      verdict: `${one.verdict.status}: ${one.verdict.reason}`,
      failingSinceMs: source.failingSinceMs,
      problem: source.problem?.replace(/\d+\.\d+\.\d+\.\d+:\d+/, 'it') ?? null,
    };
  };
  const well = { failingSinceMs: null, problem: null };

  it.each(engineKinds)(
    'of a real $name are counted, become inconclusive while it is frozen or killed, and recover by themselves',
    async ({ start }) => {
      const door = await openDoor();
      let engine = await start(samples());
      try {
        door.lead(engine);
        const test = await open(door.baseUrl);
        await test.evaluateAt(startMs);
        expect(await said(test)).toEqual({
          counted: '1080/1200',
          verdict: 'fail: budget-exhausted',
          ...well,
        });
        engine.freeze();
        await test.evaluateAt(startMs + 2 * minuteMs);
        expect(await said(test)).toEqual({
          counted: '1044/1160',
          verdict: 'inconclusive: source-error',
          failingSinceMs: startMs + 2 * minuteMs,
          problem:
            'timeout: prod at http://it, POST /api/v1/query_range: no whole answer within 1500 ms',
        });
        engine.thaw();
        await test.evaluateAt(startMs + 3 * minuteMs);
        expect(await said(test)).toEqual({
          counted: '1056/1200',
          verdict: 'fail: budget-exhausted',
          ...well,
        });
        door.lead(undefined);
        await engine.stop();
        await test.evaluateAt(startMs + 10 * minuteMs);
        await test.evaluateAt(startMs + 40 * minuteMs);
        const away = await said(test);
        expect([away.verdict, away.failingSinceMs]).toEqual([
          'inconclusive: source-error',
          startMs + 10 * minuteMs,
        ]);
        engine = await start(samples());
        door.lead(engine);
        // What came while nobody answered is counted afterwards.
        await test.evaluateAt(startMs + 60 * minuteMs);
        expect(await said(test)).toEqual({
          counted: '600/1200',
          verdict: 'fail: budget-exhausted',
          ...well,
        });
      } finally {
        await engine.stop();
        await door.close();
      }
    },
  );

  const honest = (question: URLSearchParams) => {
    const steps = stepsOf(question);
    return matrix([
      series(
        0,
        steps.map((at): [number, string] => [at, '19']),
      ),
      series(
        1,
        steps.map((at): [number, string] => [at, '20']),
      ),
    ]);
  };

  it.each<[string, (question: URLSearchParams) => StandInAnswer, string]>([
    [
      'counts what is no number',
      question =>
        matrix([
          series(
            0,
            stepsOf(question).map(at => [at, 'NaN']),
          ),
          series(
            1,
            stepsOf(question).map(at => [at, '20']),
          ),
        ]),
      'malformed-answer: it counts NaN events, which cannot be',
    ],
    [
      'counts below zero',
      question =>
        matrix([
          series(
            1,
            stepsOf(question).map(at => [at, '-1']),
          ),
        ]),
      'malformed-answer: it counts -1 events, which cannot be',
    ],
    [
      'mixes up the order of time',
      question =>
        matrix([
          series(
            1,
            stepsOf(question)
              .reverse()
              .map(at => [at, '20']),
          ),
        ]),
      'malformed-answer: its samples are out of order',
    ],
    [
      'gives one series twice',
      question => {
        const one = series(
          1,
          stepsOf(question).map(at => [at, '20']),
        );
        return matrix([one, one]);
      },
      'malformed-answer: it gives one series twice',
    ],
    [
      'answers about another time',
      question =>
        matrix([
          series(
            1,
            stepsOf(question).map(at => [at - 7, '20']),
          ),
        ]),
      'malformed-answer: its samples lie at times that were not asked for',
    ],
    [
      'calls its answer partial',
      () => ({
        json: {
          status: 'success',
          isPartial: true,
          data: { resultType: 'matrix', result: [] },
        },
      }),
      'partial-answer: prod: it calls its answer partial',
    ],
    [
      'answers with half a text',
      () => ({ text: '{"status":"succ' }),
      'malformed-answer: prod at http://it, POST /api/v1/query_range: the answer is no JSON',
    ],
  ])('become inconclusive when it %s, and recover', async (_, lie, problem) => {
    const liar = await openLiar();
    try {
      const test = await open(liar.baseUrl);
      liar.say(honest);
      await test.evaluateAt(startMs);
      expect(await said(test)).toEqual({
        counted: '1140/1200',
        verdict: 'pass: within-budget',
        ...well,
      });
      liar.say(lie);
      await test.evaluateAt(startMs + minuteMs);
      await test.evaluateAt(startMs + 2 * minuteMs);
      expect(await said(test)).toEqual({
        counted: '1102/1160',
        verdict: 'inconclusive: source-error',
        failingSinceMs: startMs + minuteMs,
        problem,
      });
      liar.say(honest);
      await test.evaluateAt(startMs + 3 * minuteMs);
      expect(await said(test)).toEqual({
        counted: '1140/1200',
        verdict: 'pass: within-budget',
        ...well,
      });
    } finally {
      await liar.close();
    }
  });

  it('with more good than total events are inconclusive, and an alert says that the data is wrong', async () => {
    const liar = await openLiar();
    try {
      const test = await open(liar.baseUrl);
      liar.say(question =>
        matrix([
          series(
            0,
            stepsOf(question).map(at => [at, '21']),
          ),
          series(
            1,
            stepsOf(question).map(at => [at, '20']),
          ),
        ]),
      );
      await test.evaluateAt(startMs);
      const [one] = await test.room.answers.objectives(subject);
      expect([
        one.verdict.status,
        one.verdict.reason,
        one.alerts!.map(alert => alert.cause),
      ]).toEqual(['inconclusive', 'source-error', ['data-quality']]);
    } finally {
      await liar.close();
    }
  });

  it('are asked for once for all that share a question, and a bad one silences no other', async () => {
    const liar = await openLiar();
    try {
      const test = await open(liar.baseUrl);
      test.files[url] = [
        engineDocument,
        engineDocument
          .replace('name: answers', 'name: again')
          .replace('0.9', '0.8'),
        engineDocument
          .replace('name: answers', 'name: other')
          .replace('requests_total{code!~"5.."}', 'broken_total'),
      ].join('---\n');
      liar.say(question => {
        const query = question.get('query')!;
        if (query.includes('broken_total'))
          return {
            status: 422,
            json: { status: 'error', errorType: 'execution', error: 'no' },
          };
        const steps = stepsOf(question);
        const metric = {};
        return matrix([
          {
            metric,
            values: steps.map(at => [at, query.includes('code') ? '19' : '20']),
          },
        ]);
      });
      await test.evaluateAt(startMs);
      const objectives = await test.room.answers.objectives(subject);
      expect(
        objectives.map(one => [one.sloName, one.verdict.reason, one.goodCount]),
      ).toEqual([
        ['again', 'within-budget', 1140],
        ['answers', 'within-budget', 1140],
        ['other', 'source-error', 0],
      ]);
      // Together, then one by one, each question once.
      expect(
        liar.requests.map(
          request =>
            new URLSearchParams(request.body).get('query')!.split('\nor\n')
              .length,
        ),
      ).toEqual([3, 1, 1, 1]);
    } finally {
      await liar.close();
    }
  });

  it('tell versions apart by the labels of the config', async () => {
    const liar = await openLiar();
    try {
      const test = await open(liar.baseUrl, { labels: { version: 'version' } });
      liar.say(question => {
        const of = (version: string, part: number, value: string) => ({
          metric: { version, ai_assurance_question: String(part) },
          values: stepsOf(question).map(at => [at, value]),
        });
        return matrix([
          of('6', 0, '10'),
          of('6', 1, '10'),
          of('7', 0, '5'),
          of('7', 1, '10'),
        ]);
      });
      await test.evaluateAt(startMs);
      const [one] = await test.room.answers.objectives(subject);
      expect([one.goodCount, one.totalCount]).toEqual([900, 1200]);
      expect(
        one.segments!.map(part => [
          part.version,
          part.goodCount,
          part.totalCount,
        ]),
      ).toEqual([
        ['7', 300, 600],
        ['6', 600, 600],
      ]);
    } finally {
      await liar.close();
    }
  });
});

import fc from 'fast-check';
import { createFolder } from '../__testUtils__/folder';
import { item, lines } from '../__testUtils__/items';
import {
  answer,
  createServers,
  type Misbehaviour,
  startServer,
} from '../__testUtils__/server';
import { shellIn } from '../__testUtils__/shell';

const { save } = createFolder();
const serverWith = createServers();
const env = { AI_ASSURANCE_TOKEN: 'secret-token' };

describe('a server that misbehaves', () => {
  const busy: Misbehaviour = response =>
    answer(response, 503, { error: { message: 'later' } });
  const cutAfterwards: Misbehaviour = (response, accept) => {
    accept();
    response.socket!.resetAndDestroy();
  };
  const cutInTheMiddle: Misbehaviour = (response, accept) => {
    const text = JSON.stringify(accept());
    response.writeHead(200, { 'content-length': text.length });
    response.write(text.slice(0, 10), () => response.socket!.destroy());
  };
  const silent: Misbehaviour = (_response, accept) => {
    accept();
  };

  const pushOne = (url: string, ...options: string[]) =>
    shellIn(
      { env, stdin: [lines([item(1)])] },
      'push',
      '-',
      '--server',
      url,
      ...options,
    );

  it('and is busy: the same is sent again, later each time', async () => {
    const server = await serverWith(busy, busy);
    const { code, out, err, waitsMs } = await pushOne(server.url);
    expect({ code, out, waitsMs }).toEqual({
      code: 0,
      out: '1 item: 1 accepted, 0 already known\n',
      waitsMs: [250, 500],
    });
    expect(err).toBe(
      'status 503: trying again in 0.3 s\nstatus 503: trying again in 0.5 s\n',
    );
    expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
  });

  it('and asks for patience: it gets it', async () => {
    const server = await serverWith(response =>
      answer(response, 429, {}, { 'retry-after': '7' }),
    );
    const { code, waitsMs } = await pushOne(server.url);
    expect({ code, waitsMs }).toEqual({ code: 0, waitsMs: [7000] });
  });

  it.each<[string, Misbehaviour, string]>([
    ['cuts the connection', cutAfterwards, 'the connection was cut'],
    ['cuts the answer in two', cutInTheMiddle, 'the connection was cut'],
    ['never answers', silent, 'no answer within 1 s'],
  ])(
    'and %s after it took the items: nothing is doubled',
    async (_, misbehaviour, why) => {
      const server = await serverWith(misbehaviour);
      const { code, out, err } = await pushOne(server.url, '--timeout', '1');
      expect({ code, out, err }).toEqual({
        code: 0,
        out: '1 item: 0 accepted, 1 already known\n',
        err: `${why}: trying again in 0.3 s\n`,
      });
      expect(server.ledger.size).toBe(1);
      expect(server.received.length).toBe(2);
    },
  );

  it('and stays away: the push stops, and says that it may be repeated', async () => {
    const server = await serverWith(
      (response, accept) => answer(response, 200, accept()),
      ...Array<Misbehaviour>(3).fill(busy),
    );
    const file = save(
      'many.ndjson',
      lines([...Array(1500).keys()].map(n => item(n))),
    );
    const first = await shellIn(
      { env },
      'push',
      file,
      '--attempts',
      '3',
      '--server',
      server.url,
    );
    expect(first.code).toBe(1);
    expect(first.out).toBe(
      '1,000 items: 1,000 accepted, 0 already known\n' +
        'Stopped: The server did not take it: later (503).\n' +
        'The rest was not sent. Run the same command again: what is known already changes nothing.\n',
    );
    const again = await shellIn({ env }, 'push', file, '--server', server.url);
    expect(again.out).toBe('1,500 items: 500 accepted, 1,000 already known\n');
    expect(again.code).toBe(0);
  });

  it.each<[string, Misbehaviour, string]>([
    [
      'refuses the token',
      response => answer(response, 401, { error: { message: 'who?' } }),
      'Stopped: The server does not accept the token (401). Set AI_ASSURANCE_TOKEN or --token-file to an external access token of Backstage.',
    ],
    [
      'is another server',
      response => answer(response, 404, {}),
      'Stopped: There is no AI Assurance at URL/api/ai-assurance (404). Give the base address of the Backstage backend as --server.',
    ],
    [
      'sends elsewhere',
      response =>
        answer(response, 302, {}, { location: 'https://evil.example' }),
      'Stopped: The server sends elsewhere (302), and the token is not carried along. Give the address it leads to as --server.',
    ],
    [
      'answers something else',
      response => answer(response, 200, { hello: 'world' }),
      'Stopped: What answers at URL/api/ai-assurance is not AI Assurance, or a newer one: its answer cannot be read.',
    ],
    [
      'answers about other items than were sent',
      response =>
        answer(response, 200, {
          results: [{ index: 1, outcome: 'accepted' }],
          acceptedCount: 1,
        }),
      'Stopped: What answers at URL/api/ai-assurance is not AI Assurance, or a newer one: its answer cannot be read.',
    ],
  ])('and %s: nothing could be sent', async (_, misbehaviour, words) => {
    const server = await serverWith(misbehaviour);
    const { code, out, err } = await pushOne(server.url);
    expect({ code, err }).toEqual({ code: 2, err: '' });
    expect(out.split('\n').slice(0, 2)).toEqual([
      '0 items: 0 accepted, 0 already known',
      words.replace('URL', server.url),
    ]);
    expect(server.received.length).toBe(1);
  });

  it('and does not let this caller push about a subject: the items are refused, the next request is tried', async () => {
    const server = await serverWith(response =>
      answer(response, 403, {
        error: {
          name: 'NotAllowedError',
          code: 'NOT_ALLOWED',
          message: 'You need the permission ai-assurance.evidence.push',
        },
      }),
    );
    const { code, out } = await shellIn(
      { env, stdin: [lines([...Array(1001).keys()].map(n => item(n)))] },
      'push',
      '-',
      '--server',
      server.url,
    );
    expect(code).toBe(1);
    expect(out.split('\n')[0]).toBe(
      'standard input:1  /pipelines/digit-reader run-0  refused  NOT_ALLOWED, You need the permission ai-assurance.evidence.push',
    );
    expect(out).toMatch(
      /\n1,001 items: 1 accepted, 0 already known, 1,000 refused\n$/,
    );
  });

  it('and takes only small requests: they are halved until it does', async () => {
    const tooLarge: Misbehaviour = response => answer(response, 413, {});
    const server = await serverWith(tooLarge, tooLarge);
    const { code, out } = await shellIn(
      { env, stdin: [lines([1, 2, 3, 4, 5].map(n => item(n)))] },
      'push',
      '-',
      '--server',
      server.url,
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: '5 items: 5 accepted, 0 already known\n',
    });
    expect(server.received.map(({ body }) => JSON.parse(body).length)).toEqual([
      5, 3, 2, 1, 2,
    ]);
  });

  it('and refuses the token while an endless input is read: reading ends too', async () => {
    const server = await serverWith(response => answer(response, 401, {}));
    let linesRead = 0;
    let isClosed = false;
    const endless = (async function* input() {
      try {
        for (;;) {
          linesRead += 1;
          yield Buffer.from(lines([item(linesRead)]));
        }
      } finally {
        isClosed = true;
      }
    })();
    const { code } = await shellIn(
      { env, stdin: endless },
      'push',
      '-',
      '--server',
      server.url,
    );
    expect({ code, isClosed }).toEqual({ code: 2, isClosed: true });
    // The request that was sent, and what a stream reads ahead.
    expect(linesRead).toBeLessThan(5000);
  });

  it('however it misbehaves, every item is recorded exactly once', async () => {
    const behaves: Misbehaviour = (response, accept) =>
      answer(response, 200, accept());
    const half: Misbehaviour = (response, accept) => {
      accept();
      answer(response, 500, { error: { message: 'after the commit' } });
    };
    const tooLarge: Misbehaviour = response => answer(response, 413, {});
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom(
            behaves,
            busy,
            half,
            cutAfterwards,
            cutInTheMiddle,
            tooLarge,
          ),
          { maxLength: 12 },
        ),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (misbehaviours, count, hasIds) => {
          const server = await startServer(misbehaviours);
          try {
            const items = [...Array(count).keys()].map(n => {
              const { id, ...rest } = item(n);
              return hasIds ? { id, ...rest } : rest;
            });
            const { code, out } = await shellIn(
              { env, stdin: [lines(items)] },
              'push',
              '-',
              '--attempts',
              '14',
              '--json',
              '--server',
              server.url,
            );
            const summary = JSON.parse(out.trim().split('\n').at(-1)!);
            const { acceptedCount, alreadyKnownCount, refusedCount } = summary;
            expect(acceptedCount + alreadyKnownCount + refusedCount).toBe(
              count,
            );
            // One item alone that is too large is refused, even if an attempt before got through.
            expect(server.ledger.size).toBeLessThanOrEqual(count);
            expect(server.ledger.size).toBeGreaterThanOrEqual(
              count - refusedCount,
            );
            expect(code === 0).toBe(refusedCount === 0);
          } finally {
            await server.stop();
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it('and is not there at all', async () => {
    const server = await startServer();
    await server.stop();
    const { code, out, waitsMs } = await pushOne(server.url, '--attempts', '4');
    expect({ code, waitsMs }).toEqual({ code: 2, waitsMs: [250, 500, 1000] });
    expect(out.split('\n')[1]).toBe(
      `Stopped: No answer from ${server.url}/api/ai-assurance: nothing listens there.`,
    );
  });
});

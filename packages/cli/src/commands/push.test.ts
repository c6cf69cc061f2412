import { createFolder } from '../__testUtils__/folder';
import { item, lines } from '../__testUtils__/items';
import { createServers } from '../__testUtils__/server';
import { shellIn } from '../__testUtils__/shell';

const { save } = createFolder();
const serverWith = createServers();
const env = { AI_ASSURANCE_TOKEN: 'secret-token' };

describe('ai-assurance push', () => {
  it.each<[string, string, string]>([
    ['an object', 'one.json', JSON.stringify(item(1), undefined, 2)],
    ['an array', 'array.json', JSON.stringify([item(1), item(2)])],
    ['lines', 'lines.ndjson', lines([item(1), item(2), item(3)])],
  ])('sends %s from a file', async (_, name, text) => {
    const server = await serverWith();
    const { code, out, err } = await shellIn(
      { env },
      'push',
      save(name, text),
      '--server',
      server.url,
    );
    const count = text.split('run-').length - 1;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      `${count} ${
        count === 1 ? 'item' : 'items'
      }: ${count} accepted, 0 already known\n`,
    );
    expect(server.ledger.size).toBe(count);
    expect(server.received.map(({ body: _body, ...rest }) => rest)).toEqual([
      {
        path: 'POST /api/ai-assurance/evidence',
        authorization: 'Bearer secret-token',
        contentType: 'application/cloudevents-batch+json',
      },
    ]);
  });

  it('reads standard input, and a server from the environment', async () => {
    const server = await serverWith();
    const { code, out } = await shellIn(
      {
        env: { ...env, AI_ASSURANCE_SERVER: `${server.url}/portal/` },
        stdin: [lines([item(1)]), lines([item(2)])],
      },
      'push',
      '-',
    );
    expect(code).toBe(0);
    expect(out).toBe('2 items: 2 accepted, 0 already known\n');
    expect(server.received[0].path).toBe(
      'POST /portal/api/ai-assurance/evidence',
    );
  });

  it('sends an item as it was written, and adds an id that follows from its content where it has none', async () => {
    const server = await serverWith();
    const given =
      '{"source":"/s","subject":"component:default/a","big":1e2,"small":0.10}';
    const reordered =
      '{ "small": 0.1, "big": 100, "subject": "component:default/a", "source": "/s" }';
    const first = await shellIn(
      { env, stdin: [`${given}\n`] },
      'push',
      '-',
      '--server',
      server.url,
    );
    const again = await shellIn(
      { env, stdin: [`${reordered}\n`] },
      'push',
      '-',
      '--server',
      server.url,
    );
    const id =
      'sha256:30c9f9c32433e60d7f6979edc64cf6b952722ba9089ef5dc0f2f1f9aa02f16e1';
    expect(server.received[0].body).toBe(
      `[{"id":"${JSON.parse(server.received[0].body)[0].id}",${given.slice(
        1,
      )}]`,
    );
    expect(JSON.parse(server.received[0].body)[0].id).toBe(id);
    expect(first.out).toBe('1 item: 1 accepted, 0 already known\n');
    expect(again.out).toBe('1 item: 0 accepted, 1 already known\n');
  });

  it('prints a line for each item that was not taken, and ends with 1', async () => {
    const server = await serverWith();
    const file = save(
      'mixed.ndjson',
      [
        JSON.stringify(item(1)),
        JSON.stringify(item(1, { value: 2 })),
        '{"source":',
        JSON.stringify({ source: '/s', id: 'x\u202ey' }),
        '[]',
        `{"source":"/s","subject":"component:default/a","n":1e400}`,
        JSON.stringify({ ...item(7), text: 'x'.repeat(1024 * 1024) }),
        JSON.stringify(item(8)),
      ].join('\n'),
    );
    const { code, out } = await shellIn(
      { env },
      'push',
      file,
      '--server',
      server.url,
    );
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      `${file}:3  not-sent  NOT_JSON, Unexpected end of JSON input`,
      `${file}:5  not-sent  NOT_AN_OBJECT, An item of evidence is a JSON object`,
      `${file}:6  not-sent  NOT_CANONICAL, It has no id, and none can be derived: Infinity is not a JSON number at /n`,
      `${file}:7  not-sent  TOO_LARGE, It is longer than 1048576 bytes. Store larger facts elsewhere and name them by digest`,
      `${file}:2  /pipelines/digit-reader run-1  conflict  ID_CONFLICT, id: run-1 of /pipelines/digit-reader is already recorded with other content`,
      `${file}:4  /s x\ufffdy  quarantined  INVALID_ITEM, /subject: Invalid input: expected string, received undefined`,
      '8 items: 2 accepted, 0 already known, 1 conflict, 1 quarantined, 4 not sent',
      '',
    ]);
  });

  it('writes the same as lines of JSON', async () => {
    const server = await serverWith();
    const { code, out } = await shellIn(
      { env, stdin: [lines([item(1), item(1, { value: 2 })])] },
      'push',
      '-',
      '--json',
      '--server',
      server.url,
    );
    expect(code).toBe(1);
    expect(
      out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toEqual([
      {
        type: 'item',
        where: 'standard input:2',
        source: '/pipelines/digit-reader',
        id: 'run-1',
        outcome: 'conflict',
        code: 'ID_CONFLICT',
        message:
          'id: run-1 of /pipelines/digit-reader is already recorded with other content',
      },
      {
        type: 'summary',
        acceptedCount: 1,
        alreadyKnownCount: 0,
        conflictCount: 1,
        quarantinedCount: 0,
        refusedCount: 0,
        notSentCount: 0,
      },
    ]);
  });

  it('splits what is much into requests of a thousand items and four mebibytes, in order', async () => {
    const server = await serverWith();
    const many = [...Array(2300).keys()].map(n => item(n));
    const large = [...Array(9).keys()].map(n =>
      item(5000 + n, { text: 'x'.repeat(1_000_000) }),
    );
    const { code, out } = await shellIn(
      { env, stdin: [lines(many), lines(large)] },
      'push',
      '-',
      '--server',
      server.url,
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: '2,309 items: 2,309 accepted, 0 already known\n',
    });
    const requests = server.received.map(({ body }) => JSON.parse(body));
    expect(requests.map(items => items.length)).toEqual([
      1000, 1000, 304, 4, 1,
    ]);
    expect(requests.flat().map(each => each.id)).toEqual(
      [...many, ...large].map(each => each.id),
    );
    expect(
      server.received.every(({ body }) => body.length <= 4 * 1024 * 1024),
    ).toBe(true);
  });
});

describe('a push that is used wrongly sends nothing', () => {
  it.each<[string, string[], Record<string, string>, string]>([
    [
      'without a server',
      ['-'],
      env,
      'Which server? Give --server https://backstage.example.com, or set AI_ASSURANCE_SERVER\n',
    ],
    [
      'with a server that is no address',
      ['-', '--server', 'backstage'],
      env,
      '--server is no http or https address: backstage\n',
    ],
    [
      'with a token in the address',
      ['-', '--server', 'https://me:secret@backstage.example'],
      env,
      '--server is the base address alone: no user, password, query or fragment. The token comes from AI_ASSURANCE_TOKEN or --token-file\n',
    ],
    [
      'with a token on the command line',
      ['-', '--server', 'https://backstage.example', '--token', 'secret'],
      {},
      "error: unknown option '--token'\n",
    ],
    [
      'without a token',
      ['-', '--server', 'https://backstage.example'],
      {},
      'No token: set AI_ASSURANCE_TOKEN or give --token-file\n',
    ],
    [
      'with an empty token',
      ['-', '--server', 'https://backstage.example'],
      { AI_ASSURANCE_TOKEN: ' ' },
      'No token: set AI_ASSURANCE_TOKEN or give --token-file\n',
    ],
    [
      'with a token of two words',
      ['-', '--server', 'https://backstage.example'],
      { AI_ASSURANCE_TOKEN: 'two words' },
      'AI_ASSURANCE_TOKEN does not hold a token: one word, without spaces or line breaks in it\n',
    ],
    [
      'with a token file that is not there',
      [
        '-',
        '--server',
        'https://backstage.example',
        '--token-file',
        '/no/such',
      ],
      {},
      'The token file cannot be read: /no/such\n',
    ],
    [
      'with a file that is not there',
      ['/no/such.json', '--server', 'https://backstage.example'],
      env,
      'There is no file /no/such.json\n',
    ],
    [
      'with standard input twice',
      ['-', '-', '--server', 'https://backstage.example'],
      env,
      'Standard input can be read only once\n',
    ],
    [
      'with an unknown format',
      ['-', '--format', 'xml', '--server', 'https://backstage.example'],
      env,
      '--format is json or ndjson, not xml\n',
    ],
    [
      'with no attempts',
      ['-', '--attempts', '0', '--server', 'https://backstage.example'],
      env,
      '--attempts is a whole number from 1 to 100, not 0\n',
    ],
  ])('%s', async (_, args, environment, err) => {
    expect(await shellIn({ env: environment }, 'push', ...args)).toEqual({
      code: 2,
      out: '',
      err,
      waitsMs: [],
    });
  });

  it('and takes the token from a file, whose value it never shows', async () => {
    const server = await serverWith();
    const tokenFile = save('token', 'from-a-file\n');
    const { code, out, err } = await shellIn(
      { env, stdin: [lines([item(1)])] },
      'push',
      '-',
      '--token-file',
      tokenFile,
      '--server',
      server.url,
    );
    expect(code).toBe(0);
    expect(server.received[0].authorization).toBe('Bearer from-a-file');
    expect(out + err).not.toContain('from-a-file');
  });

  it('and says when there was nothing in the input', async () => {
    const server = await serverWith();
    const { code, out } = await shellIn(
      { env, stdin: ['\n'] },
      'push',
      '-',
      '--server',
      server.url,
    );
    expect({ code, out }).toEqual({
      code: 2,
      out: '0 items: 0 accepted, 0 already known\nThere was nothing to send.\n',
    });
    expect(server.received.length).toBe(0);
  });

  it('and says when an input breaks off, after what could be read was sent', async () => {
    const server = await serverWith();
    const file = save('cut.json', `[${JSON.stringify(item(1))},{"a`);
    const { code, out } = await shellIn(
      { env },
      'push',
      file,
      '--server',
      server.url,
    );
    expect({ code, out }).toEqual({
      code: 1,
      out: `1 item: 1 accepted, 0 already known\n${file} could not be read to its end: The array is cut off: it has no end.\n`,
    });
  });
});

describe('standard input that fails', () => {
  it('is told, after what came before was sent', async () => {
    const server = await serverWith();
    const failing = (async function* input() {
      yield Buffer.from(lines([item(1)]));
      throw Object.assign(new Error('EIO: i/o error, read'), {
        code: 'EIO',
        syscall: 'read',
      });
    })();
    const { code, out } = await shellIn(
      { env, stdin: failing },
      'push',
      '-',
      '--server',
      server.url,
    );
    expect({ code, out }).toEqual({
      code: 1,
      out: '1 item: 1 accepted, 0 already known\nstandard input could not be read to its end: EIO: i/o error, read.\n',
    });
  });
});

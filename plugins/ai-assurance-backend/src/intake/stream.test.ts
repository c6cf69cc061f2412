import { createServer, request as httpRequest, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { createGzip, gzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import request from 'supertest';
import { createTestDatabases } from '@ai-assurance/test-kit';
import {
  artifactEvent,
  as,
  openTestIntake,
} from './__testUtils__/openTestIntake';
import { LineSplitter } from './lines';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is held in memory when all that is not needed any more is gone. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// Databases share two cores with everything else that runs.
jest.setTimeout(120_000);

describe('a stream of lines', () => {
  const databases = createTestDatabases();
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
  });

  async function start(
    databaseId: Parameters<typeof databases.init>[0] = 'SQLITE_3',
    options: Parameters<typeof openTestIntake>[1] = {},
  ) {
    const opened = await openTestIntake(
      await databases.init(databaseId),
      options,
    );
    const server = createServer(opened.app).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const begin = (headers: Record<string, string> = {}) =>
      httpRequest({
        host: '127.0.0.1',
        port,
        path: '/evidence',
        method: 'POST',
        headers: {
          authorization: as.machine,
          'content-type': 'application/x-ndjson',
          ...headers,
        },
      });
    const send = async (
      body: Iterable<string | Buffer>,
      headers: Record<string, string> = {},
    ) => {
      const sending = begin(headers);
      Readable.from(body).pipe(sending);
      const [answer] = await once(sending, 'response');
      return { status: answer.statusCode, lines: await linesOf(answer) };
    };
    return { ...opened, begin, send };
  }

  async function linesOf(answer: AsyncIterable<Buffer>): Promise<any[]> {
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    return Buffer.concat(chunks)
      .toString()
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line));
  }

  const line = (number: number, change: object = {}) =>
    `${JSON.stringify(artifactEvent(number, change as any))}\n`;

  it('is answered line by line, with a summary at the end', async () => {
    const { send, ledgerRoom } = await start();
    const { status, lines } = await send([
      line(1),
      '\n',
      line(2, { type: 'nonsense' }),
      line(1),
      'nonsense\r\n',
      line(3, { subject: 'resource:default/others' }),
      `${' '.repeat(300 * 1024)}\n`,
      line(4).trimEnd(),
    ]);
    expect(status).toBe(200);
    expect(
      lines.map(({ index, outcome, evidenceId, code, summary }) => [
        index ?? summary,
        outcome,
        evidenceId,
        code,
      ]),
    ).toEqual([
      [0, 'accepted', '0', undefined],
      [1, 'quarantined', undefined, 'INVALID_ITEM'],
      [2, 'already-known', '0', undefined],
      [3, 'quarantined', undefined, 'NOT_JSON'],
      [4, 'refused', undefined, 'NOT_ALLOWED'],
      [5, 'refused', undefined, 'TOO_LARGE'],
      [6, 'accepted', '1', undefined],
      [
        {
          receivedCount: 7,
          acceptedCount: 2,
          alreadyKnownCount: 1,
          conflictCount: 0,
          quarantinedCount: 2,
          refusedCount: 2,
          isComplete: true,
        },
        undefined,
        undefined,
        undefined,
      ],
    ]);
    expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 2 });
  });

  it('is judged alike, whether a thread of its own reads the lines or not', async () => {
    const envelope = artifactEvent(1).data.envelope;
    const odd = [
      line(1),
      line(2, { type: 'nonsense' }),
      'nonsense\n',
      line(3, { subject: 'resource:default/others' }),
      line(4, { subject: 'resource:default/not-yet' }),
      line(5, { source: '/ai-assurance/slo' }),
      line(6, { id: 'a\nb' }),
      line(7, { time: '2026-11-22T14:00:00.000Z' }),
      line(8, {
        data: {
          ...artifactEvent(8).data,
          envelope: { ...envelope, collectedAt: '2026-11-22T14:00:00.000Z' },
        },
      }),
      line(1, { time: '2026-11-22T12:00:00.000Z' }),
      line(1),
      line(9, { time: '2026-11-22T12:00:00Z' }),
      `${' '.repeat(300 * 1024)}\n`,
      line(10),
    ];
    const fill = (from: number) =>
      Array.from({ length: 240 }, (_, i) => line(from + i));
    // Few lines are read beside everything else, many by a thread.
    const alone = await start();
    const few = await alone.send(odd);
    const threaded = await start();
    const read = jest.spyOn(threaded.ledgerRoom.intake, 'readLines');
    const among = await threaded.send([...odd, ...fill(1000)]);
    const [[lines]] = read.mock.calls;
    expect(lines.length).toBe(253);
    const readings = await read.mock.results[0].value;
    expect(
      readings.flatMap((reading: unknown, at: number) =>
        reading === undefined ? [at] : [],
      ),
    ).toEqual([1, 2]);
    const withoutKeys = (answers: any[]) =>
      answers
        .slice(0, odd.length)
        .map(({ quarantineId: _, ...answer }) => answer);
    expect(withoutKeys(among.lines)).toEqual(withoutKeys(few.lines));
    expect(
      few.lines.slice(0, -1).map(({ outcome, code }) => code ?? outcome),
    ).toEqual([
      'accepted',
      'INVALID_ITEM',
      'NOT_JSON',
      'NOT_ALLOWED',
      'UNKNOWN_SUBJECT',
      'RESERVED_SOURCE',
      'CONTROL_CHARACTER',
      'CLOCK_AHEAD',
      'CLOCK_AHEAD',
      'ID_CONFLICT',
      'already-known',
      'accepted',
      'TOO_LARGE',
      'accepted',
    ]);
    expect(await threaded.ledgerRoom.fsck()).toMatchObject({
      ok: true,
      itemCount: 243,
    });
  });

  it.each(databases.eachSupportedId())(
    'takes 100,000 items in one request, packed, without growing, %p',
    async databaseId => {
      const { begin, ledgerRoom } = await start(databaseId);
      const count = 100_000;
      function* lines() {
        for (let number = 0; number < count; number += 1) yield line(number);
      }
      const before = heldBytes();
      let peak = 0;
      const timer = setInterval(() => {
        peak = Math.max(peak, heldBytes() - before);
      }, 4000);
      const sending = begin({ 'content-encoding': 'gzip' });
      // As many senders do: all is sent before anything of the answer is read.
      const sent = once(sending, 'finish');
      Readable.from(lines())
        .pipe(createGzip({ level: 1 }))
        .pipe(sending);
      const [answer] = await once(sending, 'response');
      await sent;
      const answers = await linesOf(answer);
      clearInterval(timer);
      expect(answers.length).toBe(count + 1);
      expect(answers[count - 1]).toEqual({
        index: count - 1,
        outcome: 'accepted',
        evidenceId: String(count - 1),
      });
      expect(answers[count].summary).toMatchObject({
        receivedCount: count,
        acceptedCount: count,
        isComplete: true,
      });
      expect((await ledgerRoom.answers.head())?.size).toBe(count);
      // The whole is some 60 MB of text; what is held is two groups, and the answers until they are read.
      expect(peak).toBeLessThan(100 * 1024 * 1024);
    },
  );

  it('keeps what was answered when the sender breaks off in the middle of a line', async () => {
    const { begin, ledgerRoom } = await start();
    const sending = begin();
    sending.on('error', () => {});
    for (let number = 0; number < 1000; number += 1)
      sending.write(line(number));
    const [answer] = await once(sending, 'response');
    const [first] = await once(answer, 'data');
    expect(JSON.parse(first.toString().split('\n')[0])).toEqual({
      index: 0,
      outcome: 'accepted',
      evidenceId: '0',
    });
    sending.write(line(2000).slice(0, 100));
    const closed = new Promise(resolve => answer.once('close', resolve));
    answer.on('error', () => {});
    sending.destroy();
    await closed;
    expect(await ledgerRoom.fsck()).toMatchObject({
      ok: true,
      itemCount: 1000,
    });
  });

  it('lets nothing of a batch in that breaks off', async () => {
    const { begin, ledgerRoom, app, db } = await start();
    const sending = begin({
      'content-type': 'application/json',
      'content-length': '5000',
    });
    sending.on('error', () => {});
    const received = once(servers[0], 'request');
    sending.write(`[${line(1)},`);
    const [, answer] = await received;
    sending.destroy();
    await new Promise(resolve => answer.once('close', resolve));
    // The server answers others as before.
    const other = await request(app)
      .post('/evidence')
      .set('authorization', as.machine)
      .send([artifactEvent(2)]);
    expect(other.body.acceptedCount).toBe(1);
    expect(await ledgerRoom.fsck()).toMatchObject({ ok: true, itemCount: 1 });
    expect(await db.knex('quarantine_item').select('id')).toEqual([]);
  });

  it('says where it stopped when the store goes away', async () => {
    const { begin, takeStoreAway, ledgerRoom } = await start();
    const sending = begin();
    for (let number = 0; number < 1000; number += 1)
      sending.write(line(number));
    const [answer] = await once(sending, 'response');
    takeStoreAway(true);
    sending.end(line(2000));
    const lines = await linesOf(answer);
    expect(lines.length).toBe(1001);
    expect(lines[1000]).toEqual({
      summary: {
        receivedCount: 1000,
        acceptedCount: 1000,
        alreadyKnownCount: 0,
        conflictCount: 0,
        quarantinedCount: 0,
        refusedCount: 0,
        isComplete: false,
        code: 'INTERNAL',
        message:
          'The stream broke off. What was answered is recorded; send the rest again, which is safe to repeat.',
      },
    });
    expect(await ledgerRoom.fsck()).toMatchObject({
      ok: true,
      itemCount: 1000,
    });
  });

  it('is refused with a status when the store is away from the start', async () => {
    const { send, takeStoreAway } = await start();
    takeStoreAway(true);
    const { status } = await send([line(1)]);
    expect(status).toBe(500);
  });

  it('is cut off where it is longer than allowed, packed or not', async () => {
    const { send } = await start('SQLITE_3', {
      intake: { maxStreamBytes: 100_000 },
    });
    const bomb = await send([gzipSync(Buffer.alloc(50_000_000, 'x'))], {
      'content-encoding': 'gzip',
    });
    expect([bomb.status, bomb.lines]).toMatchObject([
      200,
      [
        {
          summary: {
            receivedCount: 0,
            isComplete: false,
            code: 'BODY_TOO_LARGE',
          },
        },
      ],
    ]);
    const long = await send(
      Array.from({ length: 500 }, (_, number) => line(number)),
    );
    const { summary } = long.lines.pop();
    expect(summary).toMatchObject({
      isComplete: false,
      code: 'BODY_TOO_LARGE',
    });
    expect(long.lines.length).toBe(summary.acceptedCount);
  });

  it('is told to be broken gzip', async () => {
    const { send } = await start();
    const { status } = await send(['no gzip'], { 'content-encoding': 'gzip' });
    expect(status).toBe(400);
  });
});

describe('cutting bytes into lines', () => {
  const text = (lines: ReturnType<LineSplitter['push']>) =>
    lines.map(one => ('bytes' in one ? one.bytes.toString() : one.sizeBytes));

  it('gives the same lines however the bytes come', () => {
    const bytes = Buffer.from(
      'eins\nzwei\r\n\n\r\nüber\nlang: 0123456789\nlast',
    );
    for (let size = 1; size <= bytes.length; size += 1) {
      const splitter = new LineSplitter(10);
      const lines = [];
      for (let at = 0; at < bytes.length; at += size)
        lines.push(...splitter.push(bytes.subarray(at, at + size)));
      lines.push(...splitter.end());
      expect(text(lines)).toEqual(['eins', 'zwei', 'über', 16, 'last']);
    }
  });

  it('holds no more than the beginning of a line that is too long, and the digest of all of it', () => {
    const splitter = new LineSplitter(10);
    for (let i = 0; i < 1000; i += 1)
      expect(splitter.push(Buffer.alloc(1000, 'x'))).toEqual([]);
    expect(splitter.push(Buffer.from('\n'))).toEqual([
      {
        tooLong: true,
        beginning: Buffer.from('xxxxxxxxxx'),
        sizeBytes: 1_000_000,
        digest:
          'sha256:1b977e9f84f1b26b6ed7f68b0498faee2385ea4125bd29adce4a7d9106ba3134',
      },
    ]);
  });
});

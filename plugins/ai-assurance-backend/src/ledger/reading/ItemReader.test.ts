import { leafHasher, readEvidenceItem, sha256 } from '@ai-assurance/evidence';
import { seededChance } from '@ai-assurance/test-kit';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { artifactEvent, startMs } from '../__testUtils__/openTestLedger';
import { prepare } from '../core/prepare';
import { FEWEST_BYTES } from './columns';
import { ItemReader, ItemReaderDeps, ReadOutcome } from './ItemReader';

// A thread loads its code from sources, on cores that much else runs on.
jest.setTimeout(60_000);

/** The example of every kind, as the reference shows it. */
function examples(): any[] {
  const folder = resolvePackagePath('@ai-assurance/evidence', 'src', 'kinds');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => path.basename(file) === 'fixture.json')
    .map(file => JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}

const lineOf = (item: unknown) => Buffer.from(JSON.stringify(item));
const many = (count: number) =>
  Array.from({ length: count }, (_, number) => lineOf(artifactEvent(number)));

/** The same done by this thread, with the salts that the reader drew. */
function preparedHere(lines: Uint8Array[]): ReadOutcome[] {
  const salts = seededChance().bytes(lines.length * 1000);
  return lines.map((line, at) => {
    const reading = readEvidenceItem(JSON.parse(Buffer.from(line).toString()));
    if (!reading.ok) throw new Error(reading.problems.join());
    const { id, source, subject, time, type, data } = reading.item;
    return {
      collectedAtMs: Date.parse(data.envelope.collectedAt),
      prepared: {
        ...prepare(
          reading,
          salts.subarray(at * 32, at * 32 + 32),
          leafHasher(sha256),
        ),
        item: { id, source, subject, time, type },
      },
    };
  });
}

/** Bytes as text: what holds them differs from thread to thread. */
function plain(lines: ReadOutcome[]): unknown[] {
  return lines.map(
    line =>
      line && {
        ...line,
        prepared: Object.fromEntries(
          Object.entries(line.prepared).map(([name, value]) => [
            name,
            value instanceof Uint8Array
              ? Buffer.from(value).toString('hex')
              : value,
          ]),
        ),
      },
  );
}

describe('reading items in a thread', () => {
  const readers: ItemReader[] = [];
  afterEach(async () => {
    for (const reader of readers.splice(0)) await reader.close();
  });
  const open = (change: Partial<ItemReaderDeps> = {}) => {
    const logger = mockServices.logger.mock();
    const reader = new ItemReader({
      chance: seededChance(),
      logger,
      cores: 2,
      ...change,
    });
    readers.push(reader);
    return { reader, logger };
  };

  it('prepares the very item that is prepared beside everything else, of every kind and however it writes its times', async () => {
    const { reader } = open();
    const times = [
      '2026-11-22T12:59:00Z',
      '2026-11-22T12:59:00.1Z',
      '2024-02-29T00:00:00.000Z',
      '2026-11-30T12:59:00.123456Z',
    ];
    const lines = [
      ...examples(),
      ...times.map((time, at) => artifactEvent(at, { time })),
      artifactEvent(7, { id: 'ünïcode \u2028 \ud83d\ude00 "quoted"' }),
    ].map(lineOf);
    const all = [...lines, ...many(300)];
    const read = await reader.readLines(all);
    expect(plain(read)).toEqual(plain(preparedHere(all)));
    expect(new Set(read.map(line => line!.prepared.status)).has('pass')).toBe(
      true,
    );
  });

  it('answers in order, however many groups are under way', async () => {
    const { reader } = open();
    const groups = await Promise.all(
      [0, 1, 2, 3].map(group =>
        reader.readLines(
          Array.from({ length: 250 }, (_, i) =>
            lineOf(artifactEvent(group * 1000 + i)),
          ),
        ),
      ),
    );
    expect(
      groups.map(group => [
        group[0]!.prepared.item.id,
        group[249]!.prepared.item.id,
      ]),
    ).toEqual(
      [0, 1, 2, 3].map(group => [
        `artifact-${group * 1000}`,
        `artifact-${group * 1000 + 249}`,
      ]),
    );
  });

  it('leaves lines that are no good items to whoever asked', async () => {
    const { reader } = open();
    const lines = many(250);
    const odd: Buffer[] = [
      Buffer.from('nonsense'),
      Buffer.from('[]'),
      Buffer.from('1,2'),
      lineOf(artifactEvent(1, { type: 'nonsense' })),
      lineOf(artifactEvent(1, { more: 1 })),
      Buffer.from(`\ufeff${JSON.stringify(artifactEvent(1))}`),
      lineOf(artifactEvent(1, { id: '\ud800' })),
    ];
    odd.forEach((line, at) => lines.splice(at * 10, 1, line));
    const read = await reader.readLines(lines);
    expect(
      read.flatMap((line, at) => (line === undefined ? [at] : [])),
    ).toEqual([0, 10, 20, 30, 40, 50, 60]);
  });

  it('leaves a group unread in which a line is no UTF-8, and cannot be fooled by bytes of two lines that would be', async () => {
    const { reader } = open();
    const lines = many(250);
    lines.splice(3, 2, Buffer.from([0xc3]), Buffer.from([0xa4]));
    expect(await reader.readLines(lines)).toEqual(
      new Array(250).fill(undefined),
    );
    expect((await reader.readLines(many(250)))[249]!.prepared.item.id).toBe(
      'artifact-249',
    );
  });

  it('leaves few lines unread, and all of them where there is one core', async () => {
    expect(await open().reader.readLines(many(3))).toEqual(
      new Array(3).fill(undefined),
    );
    expect(await open({ cores: 1 }).reader.readLines(many(250))).toEqual(
      new Array(250).fill(undefined),
    );
  });

  it('leaves everything unread once the thread breaks, and says so once', async () => {
    const { reader, logger } = open({
      file: path.join(__dirname, 'nowhere', 'readingThread.js'),
    });
    const unread = new Array(250).fill(undefined);
    expect(
      await Promise.all([
        reader.readLines(many(250)),
        reader.readLines(many(250)),
      ]),
    ) //
      .toEqual([unread, unread]);
    expect(await reader.readLines(many(250))).toEqual(unread);
    expect(logger.warn.mock.calls.map(([message]) => message)).toEqual([
      'The thread that reads evidence broke; it is read beside everything else from now on, which takes longer',
    ]);
  });

  it('starts no thread from a file that holds more than it', async () => {
    const { reader, logger } = open({ file: __filename });
    expect(await reader.readLines(many(250))).toEqual(
      new Array(250).fill(undefined),
    );
    expect(logger.warn.mock.calls).toEqual([]);
  });

  it('lets nobody wait who asked when it was closed, and begins again when it is asked again', async () => {
    const { reader, logger } = open();
    const waiting = reader.readLines(many(250));
    await reader.close();
    expect(await waiting).toEqual(new Array(250).fill(undefined));
    // What the first thread may still say is not taken for the answer of the second.
    const others = many(500).slice(250);
    const again = await reader.readLines(others);
    expect(again[0]!.prepared.item.id).toBe('artifact-250');
    expect(again[249]!.prepared.timeMs).toBe(startMs - 60_000);
    expect(logger.warn.mock.calls).toEqual([]);
  });

  it('reads a list of items as it reads their lines, and leaves what is no good item to whoever asked', async () => {
    const { reader } = open();
    const lines = many(300);
    const read = await reader.readLines(lines);
    const list = (texts: string[]) => Buffer.from(`[${texts.join()}]`);
    const texts = lines.map(String);
    const other = open().reader;
    expect(plain((await other.readList(list(texts)))!)).toEqual(plain(read));
    texts.splice(7, 1, '{"specversion":"1.0"}', 'null');
    const mixed = (await other.readList(list(texts)))!;
    expect(mixed).toHaveLength(301);
    expect(
      mixed.flatMap((outcome, at) => (outcome === undefined ? [at] : [])),
    ).toEqual([7, 8]);
  });

  it('leaves a short list unread, and what is no list of items it can hold', async () => {
    const { reader } = open();
    const long = 'x'.repeat(40_000);
    const unread = [
      '[]',
      JSON.stringify({ long }),
      `[${long}`,
      JSON.stringify(new Array(10_001).fill('abc')),
    ].map(text => Buffer.from(text));
    unread.push(Buffer.concat([Buffer.from([0xff]), Buffer.from(long)]));
    for (const bytes of unread)
      expect(await reader.readList(bytes)).toBe(undefined);
  });

  it('has a salt for each item, however small good items are', () => {
    const smallest = {
      specversion: '1.0',
      id: 'a',
      source: 'a',
      type: 'io.ai-assurance.a.v1',
      subject: 'a:b/c',
      time: '2026-11-22T13:00:00Z',
      datacontenttype: 'application/json',
      data: {
        envelope: {
          sourceSystem: 'a',
          collector: { id: 'a', version: '1' },
          collectedAt: '2026-11-22T13:00:00Z',
        },
        payload: {},
      },
    };
    expect(JSON.stringify(smallest).length).toBeGreaterThanOrEqual(
      FEWEST_BYTES,
    );
  });
});

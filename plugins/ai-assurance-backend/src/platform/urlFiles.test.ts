import { UrlReaderService } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { Readable } from 'node:stream';
import { createUrlFiles } from './urlFiles';

const namedBy = 'the annotation ai-assurance.io/slo of component:default/api';
const question = { largestBytes: 100, namedBy };
const timeout =
  'did not answer within 0.2 s. Check that its host answers quickly and that the annotation ai-assurance.io/slo of component:default/api names the right address; it is asked again within minutes';

const never = new Promise<never>(() => {});
const text = (content: string) => ({
  buffer: async () => Buffer.from(content),
});

function open(
  readUrl: UrlReaderService['readUrl'],
  limits = { timeoutMs: 200, patienceMs: 50 },
) {
  return createUrlFiles({
    urlReader: mockServices.urlReader.mock({ readUrl }),
    ...limits,
  });
}

describe('files that annotations name', () => {
  it('are given up when their host does not answer in time, whatever the reader of its URLs does', async () => {
    const signals: boolean[] = [];
    const files = open(async (_, options) => {
      options!.signal!.addEventListener('abort', () => signals.push(true));
      return never;
    });
    expect(await files.readNow('https://slow.example/a', question)).toEqual({
      state: 'failed',
      why: timeout,
    });
    expect(signals).toEqual([true]);
  });

  it('are given up when their bytes drip', async () => {
    const files = open(async () => ({
      buffer: () => never,
      stream: () => new Readable({ read() {} }),
    }));
    expect(await files.readNow('https://slow.example/a', question)).toEqual({
      state: 'failed',
      why: timeout,
    });
  });

  it('are not read to their end when they are too large', async () => {
    let sent = 0;
    const files = open(async () => ({
      buffer: () => never,
      stream: () =>
        new Readable({
          highWaterMark: 10,
          read() {
            sent += 1;
            this.push(Buffer.alloc(10));
          },
        }),
    }));
    expect(await files.readNow('https://host.example/a', question)).toEqual({
      state: 'failed',
      why: 'is larger than 100 bytes',
    });
    expect(sent).toBeLessThan(30);
  });

  it('of a slow host delay no other, however many there are', async () => {
    const asked: string[] = [];
    const files = open(async url => {
      asked.push(url);
      if (url.includes('slow')) return never;
      return text('good');
    });
    const slow = Array.from({ length: 100 }, (_, i) =>
      files.read(`https://slow.example/${i}`, question),
    );
    const quick = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        files.read(`https://quick.example/${i}`, question),
      ),
    );
    expect(quick).toEqual(
      new Array(100).fill({ state: 'read', text: 'good', etag: undefined }),
    );
    expect(asked.filter(url => url.includes('slow')).length).toBe(6);
    expect(await Promise.all(slow)).toEqual(
      new Array(100).fill({ state: 'late' }),
    );
  });

  it('that come late are there for who asks again, and are not asked for twice', async () => {
    let answer: (value: ReturnType<typeof text>) => void = () => {};
    let asked = 0;
    const files = open(
      () => {
        asked += 1;
        return new Promise(resolve => {
          answer = resolve;
        });
      },
      { timeoutMs: 60_000, patienceMs: 20 },
    );
    const url = 'https://slow.example/a';
    expect(await files.read(url, question)).toEqual({ state: 'late' });
    expect(await files.read(url, question)).toEqual({ state: 'late' });
    answer(text('good'));
    expect(await files.read(url, question)).toEqual({
      state: 'read',
      text: 'good',
      etag: undefined,
    });
    expect(asked).toBe(1);
  });

  it('say when they have not changed, and why they cannot be read', async () => {
    const files = open(async url => {
      const error = new Error('https://host.example/gone is not there');
      throw Object.assign(error, {
        name: url.includes('same') ? 'NotModifiedError' : 'NotFoundError',
      });
    });
    expect(
      await files.read('https://host.example/same', { ...question, etag: 'a' }),
    ).toEqual({ state: 'unchanged' });
    expect(await files.read('https://host.example/gone', question)).toEqual({
      state: 'failed',
      why: 'https://host.example/gone is not there',
    });
  });
});

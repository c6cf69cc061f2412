import { ReportImporter } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { mockServices } from '@backstage/backend-test-utils';
import { join } from 'node:path';
import { subject, textOf } from '../__testUtils__/reports';
import { ownImporters } from '../core/importers';
import { importer as slowImporter } from './__testUtils__/slowImporter';
import { readReport } from './readReport';
import { ReportReader, ReportReaderDeps } from './ReportReader';

// A thread loads its code from sources, on cores that much else runs on.
jest.setTimeout(120_000);

const lists = {
  garak: new Map([['promptinject', ['owasp-llm:LLM01']]]),
  promptfoo: new Map<string, string[]>(),
};
const nowMs = Date.parse('2026-11-22T13:00:00Z');
const pad = (text: string, length: number) => text.padEnd(length, ' ');
const large = 200_000;

const withoutFile: ReportImporter = {
  ...slowImporter,
  id: 'without-file',
  file: undefined,
};

const importers = [...ownImporters(lists), slowImporter, withoutFile];

describe('reading reports in a thread', () => {
  const readers: ReportReader[] = [];
  afterEach(async () => {
    for (const reader of readers.splice(0)) await reader.close();
  });
  const open = (change: Partial<ReportReaderDeps> = {}) => {
    const logger = mockServices.logger.mock();
    const reader = new ReportReader({
      importers,
      lists,
      maxMs: 60_000,
      maxMebibytes: 512,
      logger,
      ...change,
    });
    readers.push(reader);
    const read = (format: string, text: string, signal?: AbortSignal) =>
      reader.read(
        {
          format,
          bytes: new TextEncoder().encode(text),
          stated: { subject },
          nowMs,
        },
        signal,
      );
    return { reader, read, logger };
  };

  it('gives the very drafts and refusals that are given beside everything else', async () => {
    const { read } = open();
    const texts = {
      garak: textOf('garak/report-0.14.jsonl'),
      soda: textOf('soda/clean.json'),
      plain: textOf('plain/classifier.json'),
    };
    for (const [format, text] of Object.entries(texts)) {
      const padded = pad(text, large);
      const here = readReport(importers.find(({ id }) => id === format)!, {
        format,
        bytes: new TextEncoder().encode(padded),
        stated: { subject },
        nowMs,
      });
      expect(here.ok).toBe(true);
      expect(await read(format, padded)).toEqual(here);
    }
    expect(await read('soda', '{"a":'.padStart(large))).toEqual({
      ok: false,
      code: 'NOT_RECOGNISED',
      message:
        'The file is no JSON: a fault at its end: it was cut off. Expected is what soda scan writes with --scan-results.',
    });
  });

  it('leaves the process free meanwhile, gives one up that takes too long, and reads the next', async () => {
    const { read } = open({ maxMs: 2000 });
    // The thread is there.
    await read('soda', pad(textOf('soda/clean.json'), large));
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 20);
    await expect(read('slow', pad('spin', large))).rejects.toMatchObject({
      name: 'InputError',
      code: 'IMPORT_TOO_SLOW',
      message:
        'Reading the report took longer than 2 s (aiAssurance.imports.maxSeconds) and was given up; nothing was recorded. Import it in parts.',
    });
    clearInterval(ticking);
    expect(ticks).toBeGreaterThan(20);
    const next = await read('soda', pad(textOf('soda/clean.json'), large));
    expect(next.ok).toBe(true);
  });

  it('gives one up that takes too much memory, and reads the next', async () => {
    const { read } = open({ maxMebibytes: 128 });
    await expect(read('slow', pad('fill', large))).rejects.toMatchObject({
      name: 'InputError',
      code: 'IMPORT_TOO_LARGE',
    });
    const next = await read('soda', pad(textOf('soda/clean.json'), large));
    expect(next.ok).toBe(true);
  });

  it('takes a fault of an importer for a fault of ours, and reads no report whose sender is gone', async () => {
    const { read } = open();
    await expect(read('slow', pad('throw', large))).rejects.toThrow(
      'a fault of the importer',
    );
    const gone = new AbortController();
    const first = read('soda', pad(textOf('soda/clean.json'), large));
    const second = read('slow', pad('spin', large), gone.signal);
    gone.abort();
    await expect(second).rejects.toThrow('The caller went away.');
    expect((await first).ok).toBe(true);
  });

  it('takes eight at once, and says when to come again', async () => {
    const { reader } = open();
    let letGo = () => {};
    const held = new Promise<void>(resolve => {
      letGo = resolve;
    });
    const inside = Array.from({ length: 8 }, () => reader.admitted(() => held));
    await expect(reader.admitted(() => held)).rejects.toMatchObject({
      statusCode: 429,
      code: 'IMPORTS_BUSY',
    });
    letGo();
    await Promise.all(inside);
    expect(await reader.admitted(async () => 'taken')).toBe('taken');
  });

  it.each([
    ['a thread cannot be started', join(__dirname, 'no', 'importingThread.js')],
    ['one file holds the whole server', __filename],
  ])(
    'reads small reports itself where %s, and refuses large ones',
    async (_why, file) => {
      const { read } = open({ file });
      const text = textOf('soda/clean.json');
      expect((await read('soda', pad(text, large))).ok).toBe(true);
      await expect(read('soda', pad(text, 1_100_000))).rejects.toMatchObject({
        code: 'BODY_TOO_LARGE',
        statusCode: 413,
      });
    },
  );

  it('reads small reports itself of an importer that no thread can load', async () => {
    const { read } = open();
    expect(await read('without-file', pad('', large))).toMatchObject({
      ok: true,
    });
    await expect(
      read('without-file', pad('', 1_100_000)),
    ).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  });
});

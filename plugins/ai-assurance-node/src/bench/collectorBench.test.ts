import { JsonValue } from '@backstage/types';
import {
  AnyCollectedFact,
  CollectContext,
  CollectorError,
  CollectorSubject,
  EvidenceCollector,
} from '../collector';
import { createJsonClient } from '../http/jsonClient';
import { benchCollector } from './collectorBench';
import { runCollector } from './run';
import { startDisturbed, DisturbedStandIn, StandInSystem } from './standIn';
import {
  inventedValues,
  leavesOfAnswers,
  recordAnswers,
  untracedValues,
  vary,
} from './tracing';

const nowMs = 1_795_353_000_000;
const subject: CollectorSubject = {
  entityRef: 'resource:default/digit-reader',
  kind: 'ai-model',
  annotations: { 'example.com/shelf': 'digits' },
  spec: {},
};

interface Book {
  id: string;
  label?: string;
  sha256: string;
  size: number;
  addedMs: number;
}
const digest = (n: number) => `${n}`.repeat(64);
const books: Book[] = [1, 2, 3].map(n => ({
  id: `b${n}`,
  label: `1.0.${n}`,
  sha256: digest(n),
  size: n * 1000,
  addedMs: nowMs - n * 60_000,
}));

const pageOf = (all: Book[], page: number): JsonValue => ({
  books: all.slice(page * 2, page * 2 + 2) as unknown as JsonValue[],
  ...(all.length > page * 2 + 2 ? { next: page + 1 } : {}),
});
const shelf: StandInSystem = ({ path, query, headers }) => {
  if (!headers.authorization) return { status: 401 };
  if (path !== '/shelves/digits') return { status: 404 };
  return { json: pageOf(books, Number(query.get('page') ?? 0)) };
};

type Fact = Extract<AnyCollectedFact, { type: 'io.ai-assurance.artifact.v1' }>;

/** A collector as a module would write it; `read` is where the bad ones go wrong. */
function shelfCollector(
  system: { baseUrl: string; credential: string },
  read: (book: any, context: CollectContext) => Partial<Fact['payload']>,
): EvidenceCollector {
  const client = createJsonClient({
    name: 'The shelf',
    baseUrl: system.baseUrl,
    headers: { authorization: `Bearer ${system.credential}` },
    timeoutMs: 5000,
    maxBytes: 100_000,
  });
  return {
    id: 'shelf',
    title: 'Shelf of models',
    version: '1',
    schedule: { everySeconds: 60, timeoutSeconds: 10 },
    appliesTo: ({ annotations }) =>
      annotations['example.com/shelf'] !== undefined,
    async *collect(context) {
      let page: number | undefined;
      let left = context.maxFacts;
      for (let asked = 0; asked < 20; asked += 1) {
        const answer = await client.ask({
          path: ['shelves', context.subject.annotations['example.com/shelf']],
          parameters: { page },
          signal: context.signal,
        });
        const body = answer.body as any;
        if (!Array.isArray(body?.books))
          throw new CollectorError('malformed-answer', 'no list of books');
        for (const book of body.books) {
          if (left === 0) return;
          left -= 1;
          const payload = {
            version: book.label,
            digest: `sha256:${book.sha256}`,
            sizeBytes: book.size,
            format: 'onnx',
            ...read(book, context),
          };
          if (
            [payload.version, book.id, book.sha256].some(
              text => typeof text !== 'string',
            ) ||
            !Number.isSafeInteger(payload.sizeBytes) ||
            !Number.isSafeInteger(book.addedMs)
          )
            throw new CollectorError(
              'malformed-answer',
              'a book lacks a field',
            );
          yield {
            type: 'io.ai-assurance.artifact.v1',
            id: `book:${book.id}`,
            subject: context.subject.entityRef,
            timeMs: Math.min(book.addedMs, context.nowMs),
            envelope: { sourceSystem: 'shelf', asked: answer.asked },
            payload,
          };
        }
        page = body.next;
        if (page === undefined) return;
      }
      throw new CollectorError('partial-answer', 'more than 20 pages');
    },
  };
}

benchCollector('A good collector', {
  create: system => shelfCollector(system, () => ({})),
  system: shelf,
  subject,
  otherSubject: { ...subject, annotations: {} },
  nowMs,
  constants: ['/format'],
  endless: ({ query }) => {
    const page = Number(query.get('page') ?? 0);
    const endless = [0, 1].map(n => ({
      ...books[0],
      id: `p${page}n${n}`,
    })) as unknown as JsonValue[];
    return { json: { books: endless, next: page + 1 } };
  },
});

describe('the bench finds', () => {
  let standIn: DisturbedStandIn;
  beforeAll(async () => {
    standIn = await startDisturbed(shelf);
  });
  afterAll(() => standIn.close());

  const tryOut = async (
    how: 'changed' | 'taken out',
    read: Parameters<typeof shelfCollector>[1],
  ) => {
    const collector = shelfCollector(
      { baseUrl: standIn.baseUrl, credential: 'x' },
      read,
    );
    const run = () => runCollector({ collector, subject, nowMs });
    const { result, answers } = await recordAnswers(standIn, run);
    const leaves = leavesOfAnswers(answers, 100);
    const variations = await vary({
      standIn,
      leaves,
      how,
      otherValues: {},
      run,
    });
    return { facts: result.facts, variations };
  };

  it('a value that comes from nowhere', async () => {
    const { facts, variations } = await tryOut('changed', () => ({
      precision: 'int8',
    }));
    const untraced = (constants: string[]) =>
      untracedValues(facts.slice(0, 1), variations, constants);
    expect(untraced(['/format'])).toEqual([
      'io.ai-assurance.artifact.v1 book:b1 /precision',
    ]);
    expect(untraced(['/format', '/precision'])).toEqual([]);
  });

  it('a value that is read from the wrong place', async () => {
    const { facts, variations } = await tryOut('changed', () => ({
      sizeBytes: 1000,
    }));
    expect(untracedValues(facts, variations, ['/format'])).toEqual(
      ['b1', 'b2', 'b3'].map(
        id => `io.ai-assurance.artifact.v1 book:${id} /sizeBytes`,
      ),
    );
  });

  it('a default in the place of what is missing', async () => {
    const { facts, variations } = await tryOut('taken out', book => ({
      sizeBytes: book.size ?? 0,
    }));
    expect(inventedValues(facts, variations, [])).toEqual([
      'without GET /shelves/digits?  /books/0/size: io.ai-assurance.artifact.v1 book:b1 /sizeBytes became 0',
      'without GET /shelves/digits?  /books/1/size: io.ai-assurance.artifact.v1 book:b2 /sizeBytes became 0',
      'without GET /shelves/digits?page=1  /books/0/size: io.ai-assurance.artifact.v1 book:b3 /sizeBytes became 0',
    ]);
  });

  it('a missing value that was written down as a word', async () => {
    const { facts, variations } = await tryOut('taken out', book => ({
      version: `v-${book.label}`,
    }));
    expect(inventedValues(facts, variations, ['/version'])).toEqual([
      'without GET /shelves/digits?  /books/0/label: io.ai-assurance.artifact.v1 book:b1 /version became "v-undefined"',
      'without GET /shelves/digits?  /books/1/label: io.ai-assurance.artifact.v1 book:b2 /version became "v-undefined"',
      'without GET /shelves/digits?page=1  /books/0/label: io.ai-assurance.artifact.v1 book:b3 /version became "v-undefined"',
    ]);
  });
});

import { createTestDatabases } from '@ai-assurance/test-kit';
import { EvidenceSummary } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Words } from '../words';
import {
  artifactDraft,
  model,
  openTestLedger,
  service,
  startMs,
} from '../__testUtils__/openTestLedger';
import { EvidenceDraft } from '../types';
import { SearchIndex } from './SearchIndex';
import { SegmentGone, SegmentStore } from './SegmentStore';
import { createSearch, EvidenceListQuery } from '.';

jest.setTimeout(60_000);

const hourMs = 3_600_000;
const digestOf = (number: number) =>
  `sha256:${number.toString(16).padStart(8, '0').repeat(8)}`;

/** Every draft differs in what can be filtered, with a period of its own for each property. */
function draftOf(number: number): EvidenceDraft {
  const common: Partial<EvidenceDraft> = {
    id: `run-${number}`,
    source: `/pipelines/${number % 3}`,
    subject: number % 5 === 0 ? service : model,
    timeMs: startMs - ((number * 37) % 240) * hourMs - number,
  };
  if (number % 4 === 0) {
    return artifactDraft(number, {
      ...common,
      type: 'io.ai-assurance.slo-status.v1',
      payload: {
        sloName: 'latency',
        objectiveName: 'fast',
        objectiveRatio: 0.95,
        budgetingMethod: 'Occurrences',
        goodCount: 10,
        totalCount: 10,
        attainmentRatio: 1,
        budgetRemainingRatio: 1,
        burnRates: [],
        status: number % 8 === 0 ? 'fail' : 'pass',
        reason: 'WITHIN_BUDGET',
      },
    } as any);
  }
  return artifactDraft(number, {
    ...common,
    payload: {
      version: `1.${number % 7}.0`,
      digest: digestOf(number),
      sizeBytes: number + 1,
      format: 'onnx',
    },
  } as any);
}

const idOf = (item: EvidenceSummary) => item.id;

describe('the list of evidence', () => {
  const databases = createTestDatabases();

  async function start(id: Parameters<typeof databases.init>[0]) {
    const opened = await openTestLedger(await databases.init(id));
    const { db, clock, room } = opened;
    const search = createSearch({ db, words: new Words() });
    const append = async (from: number, to: number) => {
      const drafts = Array.from({ length: to - from }, (_, i) =>
        draftOf(from + i),
      );
      await db.transaction(tx => room.ledger.append(tx, drafts));
      clock.advance(60_000);
      return drafts;
    };
    /** All pages of a query, one after the other. */
    const all = async (query: Omit<EvidenceListQuery, 'limit'>, limit = 20) => {
      const found: EvidenceSummary[] = [];
      let beforePosition = query.beforePosition;
      for (;;) {
        const page = await search.list.page({
          ...query,
          limit,
          beforePosition,
        });
        found.push(...page.items);
        if (page.nextPosition === undefined) return found;
        beforePosition = page.nextPosition;
      }
    };
    return { ...opened, search, append, all };
  }

  const day = (n: number) => startMs - n * 24 * hourMs;
  const cases: [
    string,
    Omit<EvidenceListQuery, 'limit'>,
    (draft: any, position: number) => boolean,
  ][] = [
    ['nothing', {}, () => true],
    ['subject', { subject: service }, draft => draft.subject === service],
    [
      'subject and kind',
      { subject: service, type: 'io.ai-assurance.slo-status.v1' },
      draft => draft.subject === service && /slo/.test(draft.type),
    ],
    ['source', { source: '/pipelines/2' }, draft => /2$/.test(draft.source)],
    [
      'kind and source',
      { type: 'io.ai-assurance.artifact.v1', source: '/pipelines/0' },
      draft => /artifact/.test(draft.type) && /0$/.test(draft.source),
    ],
    [
      'verdict and subject',
      { status: 'fail', subject: model },
      draft => draft.payload.status === 'fail' && draft.subject === model,
    ],
    [
      'a time of observation in whole hours',
      { fromMs: startMs - 40 * hourMs, toMs: startMs - 20 * hourMs },
      draft =>
        draft.timeMs >= startMs - 40 * hourMs &&
        draft.timeMs < startMs - 20 * hourMs,
    ],
    [
      'a time of observation to the millisecond',
      {
        fromMs: day(3) - 37,
        toMs: day(1) + 77,
        type: 'io.ai-assurance.artifact.v1',
      },
      draft =>
        draft.timeMs >= day(3) - 37 &&
        draft.timeMs < day(1) + 77 &&
        /artifact/.test(draft.type),
    ],
    ['a time that all of them were observed in', { toMs: day(-1) }, () => true],
    ['a time before all of them', { toMs: day(400) }, () => false],
    ['a time after all of them', { fromMs: day(-400) }, () => false],
    [
      'a time that many were observed in, and a source',
      { fromMs: day(2), source: '/pipelines/1' },
      draft => draft.timeMs >= day(2) && /1$/.test(draft.source),
    ],
    [
      'a time of recording',
      { recordedFromMs: startMs + 1, recordedToMs: startMs + 60_001 },
      (_, position) => position >= 200 && position < 400,
    ],
    [
      'a time of recording and a word',
      { recordedFromMs: startMs + 1, text: '1.3.0' },
      (draft, position) => position >= 200 && draft.payload.version === '1.3.0',
    ],
    ['a word of all', { text: 'PIPELINES' }, () => true],
    ['a rare word', { text: 'run-417' }, draft => draft.id === 'run-417'],
    ['a part of a word', { text: '0417' }, () => false],
    [
      'the beginning of a word',
      { text: 'run-41' },
      draft => /^run-41/.test(draft.id),
    ],
    [
      'a whole digest',
      { text: digestOf(333).slice(7) },
      draft => draft.payload.digest === digestOf(333),
    ],
    [
      'a digest that differs behind what the index keeps of it',
      { text: digestOf(333).slice(7, -1).concat('f') },
      () => false,
    ],
    [
      'several words and a kind',
      { text: 'onnx 1.2.0 digit-r', type: 'io.ai-assurance.artifact.v1' },
      draft => draft.payload.version === '1.2.0' && draft.subject === model,
    ],
    [
      'a subject that nothing is about',
      { subject: 'component:a/b' },
      () => false,
    ],
  ];

  it.each(databases.eachSupportedId())(
    'holds what the filters say, from index and tail alike, page by page, %p',
    async id => {
      const { append, all, search } = await start(id);
      const drafts = [...(await append(0, 200)), ...(await append(200, 400))];
      await search.index();
      drafts.push(...(await append(400, 450)));
      await search.index();
      drafts.push(...(await append(450, 500)));
      for (const [what, query, holds] of cases) {
        const wanted = drafts
          .filter(holds)
          .map(draft => draft.id)
          .reverse();
        expect([what, (await all(query)).map(idOf)]).toEqual([what, wanted]);
      }
    },
  );

  it.each(databases.eachSupportedId())(
    'forgets the words of erased payloads, and finds the items by their leaves, %p',
    async id => {
      const { append, all, search, db } = await start(id);
      await append(0, 300);
      await search.index();
      const words = digestOf(7).slice(7, 19);
      expect((await all({ text: words })).map(idOf)).toEqual(['run-7']);
      await db.transaction(tx => search.forget(tx, [7, 9]));
      expect((await all({ text: words })).map(idOf)).toEqual([]);
      expect((await all({ text: 'onnx run-7' })).map(idOf)).not.toContain(
        'run-7',
      );
      expect((await all({ text: 'run-7' })).map(idOf)).toContain('run-7');
      expect((await all({ text: 'run-9' })).map(idOf)).toContain('run-9');
      expect(
        (await all({ text: digestOf(10).slice(7, 19) })).map(idOf),
      ).toEqual(['run-10']);
      const { pages } = await allBytes(db.knex);
      expect(pages.includes(words)).toBe(false);
    },
  );

  it.each(databases.eachSupportedId())(
    'forgets also where a page of the index is lost, and finds everything again, %p',
    async id => {
      const { append, all, search, db } = await start(id);
      await append(0, 300);
      await search.index();
      const words = digestOf(7).slice(7, 19);
      const lost = await db
        .knex('ledger_search_page')
        .orderBy('id')
        .offset(1)
        .first();
      await db.knex('ledger_search_page').where('id', lost.id).delete();
      await db.transaction(tx => search.forget(tx, [7, 9]));
      expect((await all({ text: words })).map(idOf)).toEqual([]);
      expect((await all({ text: 'run-7' })).map(idOf)).toContain('run-7');
      expect((await all({ status: 'fail' })).length).toBe(38);
      expect(
        (await all({ text: digestOf(10).slice(7, 19) })).map(idOf),
      ).toEqual(['run-10']);
      const { pages } = await allBytes(db.knex);
      expect(pages.includes(words)).toBe(false);
    },
  );

  it('takes words that hold letters or digits only', async () => {
    const { search } = await start('SQLITE_3');
    await expect(
      search.list.page({ text: '!?', limit: 5 }),
    ).rejects.toMatchObject({ name: 'InputError', code: 'INVALID_TEXT' });
  });

  it.each(databases.eachSupportedId())(
    'offers the values that occur as filters, %p',
    async id => {
      const { append, search } = await start(id);
      expect(await search.facets()).toEqual({
        types: [],
        sources: [],
        subjects: [],
      });
      await append(0, 40);
      expect(await search.facets()).toEqual({
        types: ['io.ai-assurance.artifact.v1', 'io.ai-assurance.slo-status.v1'],
        sources: ['/pipelines/0', '/pipelines/1', '/pipelines/2'],
        subjects: [service, model],
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'finds the same after segments were merged, %p',
    async id => {
      const { append, all, search, db } = await start(id);
      const drafts: EvidenceDraft[] = [];
      for (let from = 0; from < 240; from += 20) {
        drafts.push(...(await append(from, from + 20)));
        await search.index();
      }
      const segments = await db
        .knex('ledger_search_segment')
        .orderBy('from_position');
      expect(
        segments.map(row => [
          Number(row.from_position),
          Number(row.to_position),
        ]),
      ).toEqual([
        [0, 160],
        [160, 180],
        [180, 200],
        [200, 220],
        [220, 240],
      ]);
      const pages: { id: unknown }[] = await db.knex('ledger_search_page');
      const owners = pages.map(row => Math.floor(Number(row.id) / 2 ** 20));
      expect(new Set(owners)).toEqual(
        new Set(segments.map(row => Number(row.id))),
      );
      for (const [what, query, holds] of cases) {
        if (query.recordedFromMs !== undefined) continue;
        const wanted = drafts.filter(draft => holds(draft, 0));
        expect([what, (await all(query)).map(idOf)]).toEqual([
          what,
          wanted.map(draft => draft.id).reverse(),
        ]);
      }
    },
  );

  it.each(databases.eachSupportedId())(
    'indexes each position once when two processes do it at the same time, %p',
    async id => {
      const { append, all, search, db } = await start(id);
      const other = createSearch({ db, words: new Words() });
      for (let from = 0; from < 120; from += 40) {
        await append(from, from + 40);
        await Promise.all([search.index(), other.index()]);
      }
      // Whoever lost a race leaves the rest to the next run.
      await search.index();
      const segments = await db
        .knex('ledger_search_segment')
        .orderBy('from_position');
      let end = 0;
      for (const row of segments) {
        expect(Number(row.from_position)).toBe(end);
        end = Number(row.to_position);
      }
      expect(end).toBe(120);
      expect((await all({ text: 'pipelines' })).length).toBe(120);
    },
  );

  it.each(databases.eachSupportedId())(
    'follows what another process appends, indexes and forgets, %p',
    async id => {
      const { append, all, search, db } = await start(id);
      const other = createSearch({ db, words: new Words() });
      await append(0, 60);
      await search.index();
      const words = { text: digestOf(7).slice(7, 19) };
      expect((await all(words)).map(idOf)).toEqual(['run-7']);
      const failed = (await all({ status: 'fail' })).length;
      await append(60, 120);
      const behindTheIndex = (await all({ status: 'fail' })).length;
      expect(behindTheIndex).toBeGreaterThan(failed);
      await other.index();
      expect((await all({ status: 'fail' })).length).toBe(behindTheIndex);
      expect((await all({ text: 'run-100' })).map(idOf)).toContain('run-100');
      await db.transaction(tx => other.forget(tx, [7]));
      expect((await all(words)).map(idOf)).toEqual([]);
    },
  );

  it('begins again when words are forgotten while it indexes', async () => {
    const { append, search, db } = await start('SQLITE_3');
    await append(0, 5);
    // Somebody reads items to index them; before the segment is published, a payload is erased.
    const state = await db.knex('ledger_search_state').first();
    await db.transaction(tx => search.forget(tx, [3]));
    const store = new SegmentStore();
    const isPublished = await db.transaction(tx =>
      store.publish(
        tx,
        { id: 1, from: 0, to: 5, firstTerms: [] },
        [],
        Number(state.version),
      ),
    );
    expect(isPublished).toBe(false);
    expect(await db.knex('ledger_search_segment')).toEqual([]);
  });

  it('says where it stopped when so much is not indexed that not all of it can be read', async () => {
    const { append, search } = await start('SQLITE_3');
    await append(0, 100);
    await search.index();
    await append(100, 2_300);
    const query = { text: digestOf(150).slice(7, 19), limit: 50 };
    const page = await search.list.page(query);
    expect([page.items, page.textUnsearchedFrom]).toEqual([[], 100]);
    await search.index();
    const later = await search.list.page(query);
    expect([later.items.map(idOf), later.textUnsearchedFrom]).toEqual([
      ['run-150'],
      undefined,
    ]);
  });

  it('begins again when a segment is merged away while it searches', async () => {
    const { append, search, db } = await start('SQLITE_3');
    await append(0, 20);
    await search.index();
    const store = new SegmentStore();
    const index = new SearchIndex(store);
    await index.refresh(db.knex);
    const range = [{ from: 'w:run-7' }];
    const options = { before: 20, limit: 5 };
    await db.knex('ledger_search_page').delete();
    await expect(index.find(db.knex, range, options)).rejects.toThrow(
      SegmentGone,
    );
  });

  it('drops what a process left behind that ended while it indexed', async () => {
    const { append, search, db } = await start('SQLITE_3');
    await append(0, 10);
    await db.knex('ledger_search_state').update({ next_segment: 2 });
    await db.knex('ledger_search_page').insert({
      id: 2 ** 20 + 5,
      bytes: Buffer.from('half'),
    });
    await search.index();
    expect(
      await db.knex('ledger_search_page').where('id', 2 ** 20 + 5),
    ).toEqual([]);
  });
});

async function allBytes(knex: any): Promise<{ pages: string }> {
  const rows = await knex('ledger_search_page');
  const segments = await knex('ledger_search_segment');
  return {
    pages: [
      ...rows.map((row: any) => row.bytes),
      ...segments.map((row: any) => row.directory),
    ]
      .map(bytes => Buffer.from(bytes).toString('latin1'))
      .join(' '),
  };
}

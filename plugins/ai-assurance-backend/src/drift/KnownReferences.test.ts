import { mockServices } from '@backstage/backend-test-utils';
import { createTestDatabases } from '@ai-assurance/test-kit';
import { openDatabase } from '../platform';
import { DriftStore, StoredReference } from './DriftStore';
import { KnownReferences } from './KnownReferences';

// Migrating a fresh database for each test takes seconds on a busy machine.
jest.setTimeout(60_000);

const subject = 'resource:default/digit-reader';
const other = 'resource:default/digit-reader-edge';
const phones = 'resource:default/phones';
const tablets = 'resource:default/tablets';
const minuteMs = 60_000;

const reference = (
  referenceId: string,
  over: Partial<StoredReference> = {},
): StoredReference => ({
  referenceId,
  subject,
  feature: 'input.size',
  fromMs: 0,
  toMs: minuteMs,
  totalCount: 9,
  boundaries: [0.25, 0.5],
  bins: [2, 3, 4],
  cohortBins: { [phones]: [1, 2, 3], [tablets]: [1, 1, 70_000] },
  version: 1,
  origin: 'time-range',
  originUrl: null,
  histogramDigest: `sha256:${'0'.repeat(64)}`,
  approvedBy: 'user:default/ada',
  approvedAtMs: 1_000,
  expiresAtMs: 90 * 24 * 60 * minuteMs,
  reason: 'A quiet hour',
  ...over,
});

describe('known references', () => {
  const databases = createTestDatabases();

  /** With how often the rows of which references were read. */
  const open = async (
    id: ReturnType<typeof databases.eachSupportedId>[number][0],
    mostBytes?: number,
  ) => {
    const knex = await databases.init(id);
    const db = await openDatabase(
      mockServices.database({ knex, migrations: { skip: false } }),
    );
    const reads: string[] = [];
    class CountingStore extends DriftStore {
      async referencesById(ids: readonly string[]) {
        reads.push(...[...ids].sort());
        return super.referencesById(ids);
      }
    }
    const store = new CountingStore(db);
    return {
      reads,
      known: new KnownReferences({ db, store, mostBytes }),
      add: (...added: StoredReference[]) =>
        db.transaction(async tx => {
          for (const one of added) await store.insertReference(tx, one);
        }),
    };
  };

  it.each(databases.eachSupportedId())(
    'are the newest that were approved by an instant, each read once, %p',
    async id => {
      const { known, add, reads } = await open(id);
      await add(
        reference('ref_1'),
        reference('ref_2', { approvedAtMs: 2_000, bins: [4, 4, 1] }),
        // Approved in the same millisecond: the larger id is the newer.
        reference('ref_3', { approvedAtMs: 2_000, bins: [5, 4, 0] }),
        reference('ref_4', { feature: 'input.hue', approvedAtMs: 1_500 }),
        reference('ref_5', { subject: other, approvedAtMs: 1_500 }),
      );
      const idsAt = async (subjects: string[], atMs: number) =>
        [...(await known.newestOf(subjects, atMs))].map(([ref, found]) => [
          ref,
          [...found]
            .map(([feature, { referenceId }]) => [feature, referenceId])
            .sort(),
        ]);
      expect(await idsAt([subject], 999)).toEqual([]);
      expect(await idsAt([subject], 1_000)).toEqual([
        [subject, [['input.size', 'ref_1']]],
      ]);
      const newest = [
        subject,
        [
          ['input.hue', 'ref_4'],
          ['input.size', 'ref_3'],
        ],
      ];
      expect(await idsAt([subject], 2_000)).toEqual([newest]);
      expect((await idsAt([subject, other], 3_000)).sort()).toEqual([
        newest,
        [other, [['input.size', 'ref_5']]],
      ]);
      expect(reads).toEqual(['ref_1', 'ref_3', 'ref_4', 'ref_5']);
      await add(reference('ref_6', { approvedAtMs: 4_000 }));
      expect(await idsAt([other, subject], 3_999)).toHaveLength(2);
      expect(reads).toEqual(['ref_1', 'ref_3', 'ref_4', 'ref_5']);
      const [[, found]] = await idsAt([subject], 4_000);
      expect(found).toEqual([
        ['input.hue', 'ref_4'],
        ['input.size', 'ref_6'],
      ]);
      expect(reads).toEqual(['ref_1', 'ref_3', 'ref_4', 'ref_5', 'ref_6']);
    },
  );

  it.each(databases.eachSupportedId())(
    'hold what was approved, of the whole and of each cohort, %p',
    async id => {
      const { known, add } = await open(id);
      await add(
        reference('ref_1'),
        reference('ref_2', {
          feature: 'weighted',
          cohortBins: { [phones]: [0.5, 2, 3], [tablets]: [1, 1, 7] },
        }),
        reference('ref_3', {
          feature: 'class',
          boundaries: [],
          categories: ['a', 'b', 'c'],
          cohortBins: { [phones]: [1], [tablets]: [1, 2, 3] },
        }),
        reference('ref_4', { feature: 'whole', cohortBins: {} }),
      );
      const told = (await known.newestOf([subject], 5_000)).get(subject)!;
      const binsOf = (feature: string) =>
        [phones, tablets, 'resource:default/unknown', 'toString'].map(
          cohort => {
            const bins = told.get(feature)!.binsOf(cohort);
            return bins && Array.from(bins);
          },
        );
      const { binsOf: _binsOf, ...first } = told.get('input.size')!;
      const {
        cohortBins: _cohortBins,
        reason: _reason,
        ...stored
      } = reference('ref_1');
      expect(first).toEqual(stored);
      expect(told.get('class')!.categories).toEqual(['a', 'b', 'c']);
      expect(binsOf('input.size')).toEqual([
        [1, 2, 3],
        [1, 1, 70_000],
        undefined,
        undefined,
      ]);
      expect(binsOf('weighted')).toEqual([
        [0.5, 2, 3],
        [1, 1, 7],
        undefined,
        undefined,
      ]);
      expect(binsOf('class')).toEqual([[1], [1, 2, 3], undefined, undefined]);
      expect(binsOf('whole')).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
      expect(told.get('whole')!.boundaries).toBe(
        told.get('weighted')!.boundaries,
      );
    },
  );

  it.each(databases.eachSupportedId())(
    'beyond what may be kept are read anew, and make room once nobody asked for a quarter of an hour, %p',
    async id => {
      // Room for one of some eleven hundred bytes.
      const { known, add, reads } = await open(id, 1_500);
      await add(reference('ref_1'), reference('ref_2', { subject: other }));
      const ask = async (ref: string, atMs: number) => {
        reads.length = 0;
        const found = await known.newestOf([ref], atMs);
        return [found.get(ref)!.get('input.size')!.referenceId, ...reads];
      };
      expect(await ask(subject, minuteMs)).toEqual(['ref_1', 'ref_1']);
      expect(await ask(other, minuteMs)).toEqual(['ref_2', 'ref_2']);
      expect(await ask(subject, 2 * minuteMs)).toEqual(['ref_1']);
      expect(await ask(other, 16 * minuteMs)).toEqual(['ref_2', 'ref_2']);
      // Now nobody has asked for the first one for fifteen minutes.
      expect(await ask(other, 17 * minuteMs)).toEqual(['ref_2', 'ref_2']);
      expect(await ask(other, 18 * minuteMs)).toEqual(['ref_2']);
      expect(await ask(subject, 18 * minuteMs)).toEqual(['ref_1', 'ref_1']);
    },
  );
});

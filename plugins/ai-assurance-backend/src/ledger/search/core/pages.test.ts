import fc from 'fast-check';
import { OpenPage } from './openPage';
import {
  Page,
  pagesFor,
  PageWriter,
  readDirectory,
  TermPostings,
  termsOf,
  writeDirectory,
} from './pages';

const inOrder = (a: string, b: string) => (a < b ? -1 : 1);
const terms = fc
  .uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), {
    minLength: 1,
    maxLength: 200,
  })
  .map(all =>
    [...all]
      .sort(inOrder)
      .map((term, i) => ({ term, offsets: Uint16Array.of(i, i + 500) })),
  );

function pagesOf(all: TermPostings[]): Page[] {
  const writer = new PageWriter();
  const pages = all.flatMap(
    ({ term, offsets }) => writer.add(term, offsets) ?? [],
  );
  return [...pages, writer.end()!];
}

describe('pages of terms', () => {
  it('hold every term once, in order, with its offsets', () => {
    fc.assert(
      fc.property(terms, all => {
        const pages = pagesOf(all);
        expect(pages.flatMap(({ bytes }) => [...termsOf(bytes)])).toEqual(all);
        expect(
          readDirectory(writeDirectory(pages.map(p => p.firstTerm))),
        ).toEqual(pages.map(page => [...termsOf(page.bytes)][0].term));
      }),
    );
  });

  it('are found for a term, and for all that begin with a text', () => {
    const all = Array.from({ length: 2_000 }, (_, i) => ({
      term: `w:${String(i * 7).padStart(5, '0')}`,
      offsets: Uint16Array.of(i),
    }));
    const pages = pagesOf(all);
    expect(pages.length).toBe(9);
    const directory = pages.map(page => page.firstTerm);
    const search = (from: string, to?: string) => {
      const range = { from, to };
      const at = pagesFor(directory, range);
      return pages
        .slice(at.from, at.to)
        .flatMap(({ bytes }) => new OpenPage(bytes).offsetsIn(range))
        .flatMap(list => [...list]);
    };
    for (const { term, offsets } of all)
      expect(search(term)).toEqual([...offsets]);
    expect(search('w:00001')).toEqual([]);
    expect(search('a')).toEqual([]);
    expect(search('z')).toEqual([]);
    expect(search('w:0000', 'w:0000\uffff')).toEqual([0, 1]);
    expect(search('w:', 'w:\uffff')).toEqual(all.map((_, i) => i));
  });
});

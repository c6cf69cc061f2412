import fc from 'fast-check';
import { OpenPage } from './openPage';
import { PageWriter, TermRange } from './pages';

const inOrder = (a: string, b: string) => (a < b ? -1 : 1);
const text = (unit: 'grapheme' | 'grapheme-ascii') =>
  fc.string({ unit, minLength: 1, maxLength: 12 });
const textOfPage = fc.oneof(text('grapheme-ascii'), text('grapheme'));

function bytesOf(terms: string[]): Uint8Array {
  const writer = new PageWriter();
  terms.forEach((term, i) => writer.add(term, Uint16Array.of(i, i + 300)));
  return writer.end()!.bytes;
}

/** What is found by comparing every term. */
const expectedIn = (terms: string[], { from, to }: TermRange) =>
  terms.flatMap((term, i) =>
    (to === undefined ? term === from : from <= term && term < to)
      ? [[i, i + 300]]
      : [],
  );

describe('a page of terms', () => {
  it('holds the same for a range in its bytes, at first, as when it is taken apart', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(textOfPage, { minLength: 1, maxLength: 40 }),
        fc.array(
          fc.record({
            from: textOfPage,
            way: fc.constantFrom('one', 'beginning', 'upTo'),
            to: textOfPage,
          }),
          { minLength: 2, maxLength: 5 },
        ),
        (unsorted, wanted) => {
          const terms = [...unsorted].sort(inOrder);
          const page = new OpenPage(bytesOf(terms));
          const wholes = wanted.map(({ from, way, to }): TermRange => {
            if (way === 'one') return { from };
            return { from, to: way === 'upTo' ? to : `${from}\uffff` };
          });
          const again = Array.from({ length: 10 }, () => wholes).flat();
          for (const range of again) {
            const expected = expectedIn(terms, range);
            const look = () => page.offsetsIn(range).map(list => [...list]);
            expect(page.countIn(range)).toBe(expected.length * 2);
            expect(look()).toEqual(expected);
            const only = page.retainIn(range, Uint16Array.of(1, 2, 302));
            expect(only && [...only]).toEqual(
              expected.length === 1
                ? expected[0].filter(at => [1, 2, 302].includes(at))
                : undefined,
            );
          }
          expect(page.terms).toEqual(terms);
        },
      ),
    );
  });

  it('that is damaged does not look empty', () => {
    const bytes = bytesOf(['w:digit', 'w:reader']);
    for (const length of [1, 5, bytes.length - 1])
      expect(() =>
        new OpenPage(bytes.slice(0, length)).countIn({ from: 'w:reader' }),
      ).toThrow(RangeError);
  });
});

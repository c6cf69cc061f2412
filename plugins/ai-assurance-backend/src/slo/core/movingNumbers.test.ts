import fc from 'fast-check';
import { putNumbers, splitNumbers } from './movingNumbers';

const json = (value: unknown) => JSON.parse(JSON.stringify(value));
const withNumbers = (value: object, numbers: (number | null)[]) => {
  const copy = json(value);
  putNumbers(copy, numbers);
  return copy;
};

describe('the numbers of an answer', () => {
  const value = fc.object({
    maxDepth: 3,
    withNullPrototype: false,
    values: [
      fc.double(),
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
    ],
  });

  it('put back in their places give what JSON would give', () => {
    fc.assert(
      fc.property(value, one => {
        const stored = json(one);
        // Of a number that JSON does not have nothing is left to put one in the place of.
        fc.pre(splitNumbers(stored).form === splitNumbers(one).form);
        const { numbers } = splitNumbers(one);
        const others = numbers.map((_, i) => i);
        const moved = withNumbers(stored, others);
        expect(splitNumbers(moved)).toEqual({
          form: splitNumbers(one).form,
          numbers: others,
        });
        expect(withNumbers(moved, json(numbers))).toEqual(stored);
      }),
      { numRuns: 500 },
    );
  });

  it('are all that values of one form may differ in', () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        const [a, b] = [splitNumbers(json(one)), splitNumbers(json(other))];
        if (a.form !== b.form) return;
        expect(withNumbers(json(one), b.numbers)).toEqual(json(other));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [{ a: 'x', b: 'y' }, { a: 'x1:b1:y' }],
    [{ a: 1 }, { a: null }],
    [{ a: 1 }, { a: '#' }],
    [{ a: [1, 2] }, { a: [1, [2]] }],
    [{ a: true }, { a: false }],
    [{ a: 1 }, { b: 1 }],
    [
      { a: 1, b: 'x' },
      { b: 'x', a: 1 },
    ],
    [{ a: {} }, { a: [] }],
  ])('of %p and of %p are those of two forms', (one, other) => {
    expect(splitNumbers(one).form === splitNumbers(other).form).toBe(false);
  });

  it('of another form are refused', () => {
    expect(() => withNumbers({ a: 1, b: 2 }, [1])).toThrow(
      'An answer of 2 numbers cannot take 1',
    );
  });
});

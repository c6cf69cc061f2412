import fc from 'fast-check';
import { importText } from '../__testUtils__/reports';
import { jsonFaultAt } from './jsonFault';

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('where a text stops being JSON', () => {
  it.each<[string, number | undefined]>([
    [
      '{"a": [1, -2.5e+3, "x\\u00e9\\n", true, false, null], "b": {}}',
      undefined,
    ],
    [' 0 ', undefined],
    ['[]', undefined],
    ['', 0],
    ['{"a": NaN}', 6],
    ['{"a": Infinity}', 6],
    ["{'a': 1}", 1],
    ['{"a": 1,}', 8],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['{"a": 01}', 7],
    ['"a\nb"', 2],
    ['"\\x"', 1],
    ['{"a": 1', 7],
    ['{"a": "x', 8],
    ['{} {}', 3],
    ['[}', 1],
    ['\ufeff{}', 0],
  ])('%j', (text, at) => {
    expect(jsonFaultAt(text)).toBe(at);
    expect(isJson(text)).toBe(at === undefined);
  });

  it('is there exactly when JSON.parse refuses the text', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', ']', ':', '\\', '1', 'e', '-', ' '),
        fc.nat({ max: 2 }),
        (json, where, put, cut) => {
          const at = where % (json.length + 1);
          const text = json.slice(0, at) + put + json.slice(at + cut);
          expect(jsonFaultAt(text) === undefined).toBe(isJson(text));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('is found at once in a long report with many names, whose last brace is missing a value', () => {
    const names = Array.from({ length: 200_000 }, (_, i) => `"k${i}": 1`);
    expect(() => importText('evidently', `{${names.join(',')},}`)).toThrow(
      'a fault at line 1, column ',
    );
  });
});

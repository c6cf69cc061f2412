import fc from 'fast-check';
import { type InputFormat, valuesOf } from './values';

async function cut(
  text: string | Uint8Array,
  options: { format?: InputFormat; maxBytes?: number; pieceSize?: number } = {},
): Promise<{ values: [number, string | undefined][]; broken?: string }> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const { format, maxBytes = 100, pieceSize = 7 } = options;
  const values: [number, string | undefined][] = [];
  const chunks = (async function* pieces() {
    for (let i = 0; i < bytes.length; i += pieceSize)
      yield bytes.subarray(i, i + pieceSize);
  })();
  try {
    for await (const value of valuesOf(chunks, { format, maxBytes })) {
      values.push([
        value.number,
        value.bytes && Buffer.from(value.bytes).toString('utf8').trim(),
      ]);
    }
  } catch (error) {
    return { values, broken: (error as Error).message };
  }
  return { values };
}

describe('items in a stream', () => {
  it.each<[string, string, [number, string | undefined][]]>([
    ['nothing', '', []],
    ['blanks', ' \n\t\r\n', []],
    ['one object', '{"a":1}', [[1, '{"a":1}']]],
    [
      'one object over several lines',
      '{\n  "a": [1,\n 2],\n  "b": "}\\"{"\n}\n',
      [[1, '{\n  "a": [1,\n 2],\n  "b": "}\\"{"\n}']],
    ],
    [
      'objects over several lines, one after the other',
      '{\n"a":1}\n{\n"a":2\n}',
      [
        [1, '{\n"a":1}'],
        [2, '{\n"a":2\n}'],
      ],
    ],
    [
      'lines, blank ones between them, the last without its end',
      '{"a":1}\r\n\n{"a":2}\n{"a":3}',
      [
        [1, '{"a":1}'],
        [3, '{"a":2}'],
        [4, '{"a":3}'],
      ],
    ],
    [
      'lines of which one is broken',
      '{"a":1}\n{"a":\n{"a":3}\n',
      [
        [1, '{"a":1}'],
        [2, '{"a":'],
        [3, '{"a":3}'],
      ],
    ],
    ['an empty array', '[ ]\n', []],
    [
      'an array',
      '[{"a":"],[,"}, {"b":[1,{"c":2}]} ]\n',
      [
        [1, '{"a":"],[,"}'],
        [2, '{"b":[1,{"c":2}]}'],
      ],
    ],
    [
      'an array with holes and other things than objects',
      '[1,,"x",null]',
      [
        [1, '1'],
        [2, ''],
        [3, '"x"'],
        [4, 'null'],
      ],
    ],
    ['an array with a byte order mark', '\ufeff[{"a":1}]', [[1, '{"a":1}']]],
    ['a word', 'hello', [[1, 'hello']]],
  ])('%s', async (_, text, values) => {
    for (const pieceSize of [1, 2, 7, 1000])
      expect(await cut(text, { pieceSize })).toEqual({ values });
  });

  it.each<[string, string, number, string]>([
    [
      'an array without an end',
      '[{"a":1},{"a"',
      1,
      'The array is cut off: it has no end',
    ],
    [
      'an array with something after it',
      '[{"a":1}]{"a":2}',
      1,
      'Something stands after the end of the array',
    ],
    [
      'an array that closes too much',
      '[{"a":1}}]',
      0,
      'The array closes something that it never opened',
    ],
    [
      'an object without an end',
      '{\n"a":1}\n{"a":',
      1,
      'The text is cut off: an object has no end',
    ],
    [
      'something between objects',
      '{\n"a":1}\nand {"a":2}',
      1,
      'Something else than an object stands after object 1',
    ],
  ])(
    'says so of %s, after what came before',
    async (_, text, count, broken) => {
      const found = await cut(text);
      expect(found.broken).toBe(broken);
      expect(found.values.length).toBe(count);
    },
  );

  it('takes a file for lines when told so, even if its first line is broken', async () => {
    expect(await cut('{"a":\n{"a":2}\n[3]', { format: 'ndjson' })).toEqual({
      values: [
        [1, '{"a":'],
        [2, '{"a":2}'],
        [3, '[3]'],
      ],
    });
  });

  it('hands out what is too long as such, and goes on behind it', async () => {
    const long = `{"a":"${'x'.repeat(200)}"}`;
    const expected = [undefined, '{"a":2}'];
    for (const text of [`${long}\n{"a":2}\n`, `[${long},{"a":2}]`]) {
      const { values, broken } = await cut(text);
      expect(broken).toBe(undefined);
      expect(values.map(([, value]) => value)).toEqual(expected);
    }
    const { values } = await cut(`{\n"a":"${'x'.repeat(200)}"}\n{"a":2}`, {
      format: 'json',
    });
    expect(values.map(([, value]) => value)).toEqual(expected);
  });

  it('gives the same items, however they are written and cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), {
          maxLength: 8,
        }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom<(items: object[]) => string>(
          items => JSON.stringify(items),
          items => JSON.stringify(items, undefined, 2),
          items => items.map(item => JSON.stringify(item)).join('\n'),
          items =>
            items.map(item => JSON.stringify(item, undefined, 1)).join('\n'),
        ),
        async (items, pieceSize, write) => {
          const { values, broken } = await cut(write(items), {
            pieceSize,
            maxBytes: 1_000_000,
          });
          expect(broken).toBe(undefined);
          expect(values.map(([, value]) => JSON.parse(value!))).toEqual(
            JSON.parse(JSON.stringify(items)),
          );
        },
      ),
    );
  });

  it('never loses its way in random bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
        const { values } = await cut(bytes, { maxBytes: 50 });
        expect(values.length).toBeLessThanOrEqual(bytes.length + 1);
      }),
    );
  });
});

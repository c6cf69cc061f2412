import oracle from 'canonicalize';
import fc from 'fast-check';
import { CanonicalError, canonicalize } from './canonicalize';

function refusalOf(value: unknown): { code: string; path: string } {
  try {
    canonicalize(value);
  } catch (error) {
    if (error instanceof CanonicalError)
      return { code: error.code, path: error.path };
    throw error;
  }
  throw new Error('It was not refused');
}

function textOrCode(value: unknown): string {
  try {
    return canonicalize(value);
  } catch {
    return refusalOf(value).code;
  }
}

function doubleOf(hex: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(`0x${hex}`));
  return view.getFloat64(0);
}

/** Any JSON value that has a canonical form: exact numbers and well-formed text. */
const jsonValue = fc
  .jsonValue({ maxDepth: 6, stringUnit: 'grapheme' })
  .filter(value => {
    const isExact = (v: unknown): boolean => {
      if (typeof v === 'number')
        return !Number.isInteger(v) || Number.isSafeInteger(v);
      if (Array.isArray(v)) return v.every(isExact);
      if (v !== null && typeof v === 'object')
        return Object.values(v).every(isExact);
      return true;
    };
    return isExact(value);
  });

describe('the canonical form', () => {
  it.each([
    // RFC 8785, appendix B: IEEE 754 bits and the text.
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])(
    'writes the double %s as %s, or refuses it as beyond the exact integers',
    (bits, text) => {
      const value = doubleOf(bits);
      expect(oracle(value)).toBe(text);
      const isInexact = Number.isInteger(value) && !Number.isSafeInteger(value);
      expect(textOrCode(value)).toBe(isInexact ? 'UNSAFE_INTEGER' : text);
    },
  );

  it('sorts members by UTF-16 code units and escapes as RFC 8785 does', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(canonicalize(value)).toBe(
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",' +
        '"\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
    );
  });

  it('agrees with an independent implementation on any JSON value', () => {
    fc.assert(
      fc.property(jsonValue, value =>
        expect(canonicalize(value)).toBe(oracle(value)),
      ),
    );
  });

  it('reads back as the same value and is its own canonical form', () => {
    fc.assert(
      fc.property(jsonValue, value => {
        const text = canonicalize(value);
        expect(canonicalize(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('does not depend on the order in which members were set', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.integer()),
        members => {
          expect(
            canonicalize(Object.fromEntries(Object.entries(members).reverse())),
          ).toBe(canonicalize(members));
        },
      ),
    );
  });

  it.each([
    ['undefined', undefined, 'UNDEFINED', ''],
    [
      'an undefined member',
      { a: { 'b/c': undefined } },
      'UNDEFINED',
      '/a/b~1c',
    ],
    // eslint-disable-next-line no-sparse-arrays
    ['a hole in an array', [1, , 2], 'UNDEFINED', '/1'],
    ['a function', { f: () => 1 }, 'UNSUPPORTED_TYPE', '/f'],
    ['a symbol', Symbol('s'), 'UNSUPPORTED_TYPE', ''],
    ['a symbol as member name', { [Symbol('s')]: 1 }, 'UNSUPPORTED_TYPE', ''],
    ['a BigInt', [1n], 'UNSUPPORTED_TYPE', '/0'],
    ['a class instance', { at: new Map() }, 'UNSUPPORTED_TYPE', '/at'],
    ['NaN', { n: NaN }, 'NOT_FINITE', '/n'],
    ['infinity', -Infinity, 'NOT_FINITE', ''],
    [
      'an integer that doubles cannot tell from its neighbour',
      2 ** 53,
      'UNSAFE_INTEGER',
      '',
    ],
    ['half of a surrogate pair', ['\ud800'], 'LONE_SURROGATE', '/0'],
    [
      'half of a surrogate pair in a name',
      { '\udc00': 1 },
      'LONE_SURROGATE',
      '/\udc00',
    ],
  ])('refuses %s and says where', (_, value, code, path) => {
    expect(refusalOf(value)).toEqual({ code, path });
  });

  it('refuses a value that contains itself, and allows the same value twice', () => {
    const loop: Record<string, unknown> = {};
    loop.again = [loop];
    expect(refusalOf(loop)).toEqual({ code: 'CYCLE', path: '/again/0' });
    const shared = { a: 1 };
    expect(canonicalize([shared, shared])).toBe('[{"a":1},{"a":1}]');
  });

  it('refuses what is nested deeper than 64 levels', () => {
    const nested = (levels: number): unknown =>
      levels === 0 ? 1 : [nested(levels - 1)];
    expect(canonicalize(nested(64))).toBe(
      `${'['.repeat(64)}1${']'.repeat(64)}`,
    );
    expect(refusalOf(nested(65)).code).toBe('TOO_DEEP');
  });
});

import { Recent } from './recent';

describe('what was used last', () => {
  it('is kept as long as it fits', () => {
    const recent = new Recent<string>(10);
    recent.set('a', 'A', 4);
    recent.set('b', 'B', 4);
    expect(recent.get('a')).toBe('A');
    recent.set('c', 'C', 4);
    expect(recent.get('b')).toBeUndefined();
    expect([recent.get('a'), recent.get('c')]).toEqual(['A', 'C']);
  });

  it('counts what comes twice once', () => {
    const recent = new Recent<string>(10);
    for (let i = 0; i < 5; i += 1) recent.set('a', 'A', 4);
    recent.set('b', 'B', 4);
    expect([recent.get('a'), recent.get('b')]).toEqual(['A', 'B']);
  });

  it('is not kept when it alone is too large', () => {
    const recent = new Recent<string>(10);
    recent.set('a', 'A', 11);
    expect(recent.get('a')).toBeUndefined();
    recent.set('b', 'B', 10);
    expect(recent.get('b')).toBe('B');
  });
});

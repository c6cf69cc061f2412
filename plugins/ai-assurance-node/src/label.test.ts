import { codeOfLabel, shortDigestOf } from './label';

describe('the label of another system', () => {
  it.each([
    ['2.0.0', '2.0.0'],
    ['a'.repeat(100), 'a'.repeat(100)],
    ['Application 0.0.1', 'Application-0.0.1-c46d05a090800b3a'],
    ['Application-0.0.1', 'Application-0.0.1'],
    ['  née  ', 'n-e--4c088748280d405b'],
    ['版本', 'd5a6508a6c823538'],
    ['a'.repeat(101), `${'a'.repeat(80)}-ffb0667e38d0a5b1`],
  ])('%p is %p', (label, wanted) => {
    expect(codeOfLabel(label)).toBe(wanted);
  });

  it('refuses an empty one', () => {
    expect(() => codeOfLabel('')).toThrow('an empty label names nothing');
  });

  it('has a digest that does not depend on the order of members', () => {
    expect(shortDigestOf({ a: 1, b: [null] })).toBe(
      shortDigestOf({ b: [null], a: 1 }),
    );
    expect(shortDigestOf({ a: 1 })).toBe('015abd7f5cc57a2d');
  });
});

import { isSelected, queryOf, selectionOf, versionOf } from './selection';

const set = (value: string) => ({
  'hawkbit.eclipse.org/distribution-set': value,
});
const named = (value: string) => ({
  'hawkbit.eclipse.org/rollout-name': value,
});

function selected(annotations: Record<string, string>) {
  const reading = selectionOf(annotations);
  if (!reading?.ok) throw new Error('no selection');
  return reading.selection;
}

describe('which rollouts are about a subject', () => {
  it.each<[string, Record<string, string>, string]>([
    [
      'a set by name',
      set('digit-reader'),
      "distributionset.name=='digit-reader'",
    ],
    [
      'a set by name and version',
      set('digit-reader:2.0.0'),
      "distributionset.name=='digit-reader';distributionset.version=='2.0.0'",
    ],
    ['rollouts by name', named('Digits *'), "name=='Digits *'"],
    [
      'both',
      { ...set('a'), ...named('b*') },
      "distributionset.name=='a';name=='b*'",
    ],
  ])('%s becomes a question', (_, annotations, query) => {
    expect(queryOf(selected(annotations))).toBe(query);
  });

  it('is nothing without an annotation', () => {
    expect(selectionOf({ 'backstage.io/source-location': 'x' })).toBe(
      undefined,
    );
  });

  it.each([
    ["digit' or name=='*", set],
    ['digit;name==*', set],
    ['*', set],
    ['', set],
    ['digit:', set],
    ['digit:1*', set],
    ['digit:1:2', set],
    ["x' or 'y", named],
    ['x\\', named],
    ['*', named],
    ['***', named],
    ['', named],
    ['a'.repeat(200), named],
  ])('refuses %p, which could ask for something else', (value, annotation) => {
    expect(selectionOf(annotation(value))).toMatchObject({ ok: false });
  });

  it.each<
    [string, Record<string, string>, string, string | undefined, boolean]
  >([
    ['its set', set('digit'), 'r', 'digit:1', true],
    ['a set whose name begins alike', set('digit'), 'r', 'digits:1', false],
    ['its set in other letters', set('digit'), 'r', 'DIGIT:1', false],
    ['its version', set('digit:1'), 'r', 'digit:1', true],
    ['another version', set('digit:1'), 'r', 'digit:10', false],
    ['a set that is not named', set('digit'), 'r', undefined, true],
    ['a matching name', named('a*b*c'), 'A-xx-B-yy-C', undefined, true],
    ['a name that ends too early', named('a*b*c'), 'a-b', undefined, false],
    [
      'a name where parts would overlap',
      named('ab*bc'),
      'abc',
      undefined,
      false,
    ],
    ['a name with more behind it', named('*b'), 'abc', undefined, false],
    ['the exact name', named('abc'), 'ABC', undefined, true],
  ])('takes or leaves %s', (_, annotations, name, setLabel, wanted) => {
    expect(isSelected(selected(annotations), { name, setLabel })).toBe(wanted);
  });

  it.each<[Record<string, string>, string | undefined, string | undefined]>([
    [set('digit'), 'digit:1:beta', '1:beta'],
    [named('x'), 'a:b:2', '2'],
    [named('x'), 'without', undefined],
    [set('digit'), undefined, undefined],
  ])('reads the version: %p of %p is %p', (annotations, label, version) => {
    expect(versionOf(selected(annotations), label)).toBe(version);
  });
});

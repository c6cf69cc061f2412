import { selectionOf, versionOf } from './selection';

const prefix = 'mender.io/artifact-prefix';
const exact = 'mender.io/artifact';

describe('which artifacts are about a subject', () => {
  it.each<[Record<string, string>, string, string | undefined]>([
    [{ [prefix]: 'digit-reader-' }, 'digit-reader-2.0.0', '2.0.0'],
    [{ [prefix]: 'digit-reader-' }, 'digit-readers-2.0.0', undefined],
    [{ [prefix]: 'digit-reader-' }, 'Digit-reader-2.0.0', undefined],
    [{ [prefix]: 'digit-reader' }, 'digit-reader', 'digit-reader'],
    [
      { [exact]: 'Application 0.0.1' },
      'Application 0.0.1',
      'Application 0.0.1',
    ],
    [{ [exact]: 'Application 0.0.1' }, 'Application 0.0.11', undefined],
  ])('%p: %p is version %p', (annotations, artifact, version) => {
    const reading = selectionOf(annotations);
    expect(reading?.ok && versionOf(reading.selection, artifact)).toBe(version);
  });

  it.each([
    [{ [prefix]: 'di' }],
    [{ [prefix]: '' }],
    [{ [exact]: '' }],
    [{ [exact]: 'a'.repeat(257) }],
    [{ [exact]: 'a', [prefix]: 'abc' }],
  ])('%p cannot be meant', annotations => {
    expect(selectionOf(annotations)).toMatchObject({ ok: false });
  });

  it('is nothing without an annotation', () => {
    expect(selectionOf({})).toBe(undefined);
  });
});

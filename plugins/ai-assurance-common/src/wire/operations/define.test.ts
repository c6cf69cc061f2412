import { subjectParams } from './define';
import { evidenceOperations } from './evidence';

describe('a path to a subject', () => {
  const isTaken = (name: string) =>
    subjectParams.safeParse({ kind: 'resource', namespace: 'default', name })
      .success;

  it('holds what the catalog lets names be', () => {
    expect(isTaken('digit-reader_v2.edge')).toBe(true);
  });

  it('holds nothing that a database refuses or a file system follows', () => {
    expect(['a\u0000', '../a', 'a/b', 'a\ud800', ''].filter(isTaken)).toEqual(
      [],
    );
  });
});

describe('the source that evidence is asked by', () => {
  it('may be any text without control characters and halves of letters', () => {
    const { query } = evidenceOperations.listEvidence;
    const isTaken = (source: string) => query.safeParse({ source }).success;
    expect(
      ['/ai-assurance/slo', 'urn:größe', 'a\u0000', 'a\ud800', 'a\u202eb'].map(
        isTaken,
      ),
    ).toEqual([true, true, false, false, false]);
  });
});

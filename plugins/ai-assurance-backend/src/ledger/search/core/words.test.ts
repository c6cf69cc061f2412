import { hasWords, term, termsOfItem, wordsOf, wordsOfLeaf } from './words';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const leaf = JSON.stringify({
  datacontenttype: 'application/json',
  envelope: {
    collectedAt: '2026-11-22T13:00:00.000Z',
    collector: { id: 'ci.evaluate', version: '1.4.2' },
    sourceSystem: 'ci',
  },
  id: 'run-4711',
  leafFormat: 'ai-assurance-leaf/v1',
  payloadCommitment: 'ab'.repeat(32),
  source: 'https://ci.example.com/digit-reader',
  specversion: '1.0',
  subject: 'resource:default/digit-reader',
  time: '2026-11-22T12:59:00.000Z',
  type: 'io.ai-assurance.artifact.v1',
});
const payload = JSON.stringify({
  datasetDigest: digest,
  note: 'Übergabe an Größe',
  pipelineRunId: 991234,
  sizeBytes: 31254,
  traceId: '3f2a8c5e-1111-4222-8333-444455556666',
});

describe('the words of an item', () => {
  it('are cut between characters, never within one', () => {
    const letters = '\u{1d49c}'.repeat(12);
    const words = wordsOf({
      leaf,
      payload: JSON.stringify({ name: `x${letters}` }),
    });
    const kept = `x${letters.slice(0, 18)}`;
    expect(words.has(kept)).toBe(true);
    expect(term.word(`x${letters}`)).toBe(`w:${kept}`);
  });

  it('are names, versions, codes and digests of its leaf, whole and in parts', () => {
    expect([...wordsOfLeaf(leaf)].sort()).toEqual(
      [
        ...['1.4.2', '4711', 'artifact', 'assurance', 'ai', 'ci', 'com'],
        ...['ci.evaluate', 'ci.example.com', 'default', 'digit'],
        ...['digit-reader', 'evaluate', 'example', 'https', 'io'],
        ...['io.ai-assurance.arti', 'reader', 'resource', 'run', 'run-4711'],
        'v1',
      ].sort(),
    );
  });

  it('and of its payload: numbers that name a thing, not those that measure', () => {
    const leafOnly = wordsOfLeaf(leaf);
    expect(
      [...wordsOf({ leaf, payload })].filter(word => !leafOnly.has(word)),
    ).toEqual([
      'sha256',
      '0123456789abcdef0123',
      'übergabe',
      'an',
      'größe',
      '991234',
      '3f2a8c5e-1111-4222-8',
    ]);
  });

  it('are what a search compares with, by their beginnings and in any case', () => {
    const has = (...words: string[]) => hasWords({ leaf, payload }, words);
    expect(has('reader', '4711')).toBe(true);
    expect(has('digit-re')).toBe(true);
    expect(has('0123456789ab')).toBe(true);
    expect(has('0123456789abcdef0123456789abcdef')).toBe(true);
    expect(has('0123456789abcdef0123ffffffffffff')).toBe(false);
    expect(has('eader')).toBe(false);
    expect(has('31254')).toBe(false);
    expect(has('reader', '4712')).toBe(false);
    expect(hasWords({ leaf, payload: undefined }, ['991234'])).toBe(false);
  });

  it('stand in the index beside its attributes', () => {
    const terms = termsOfItem({
      position: 3,
      source: '/ci',
      type: 'io.ai-assurance.artifact.v1',
      subject: 'resource:default/digit-reader',
      status: 'fail',
      timeMs: Date.parse('2026-11-22T12:59:00.000Z'),
      leaf,
      payload: undefined,
    });
    expect(terms.filter(text => !text.startsWith('w:'))).toEqual([
      'k:io.ai-assurance.artifact.v1',
      's:resource:default/digit-reader',
      'o:/ci',
      't:020498708',
      'v:fail',
    ]);
  });
});

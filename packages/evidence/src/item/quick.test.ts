import fc from 'fast-check';
import evaluation from '../kinds/evaluation/v1/fixture.json';
import sloStatus from '../kinds/slo-status/v1/fixture.json';
import { canonicalize } from '../canonical/canonicalize';
import {
  COMMITMENT_FORMAT,
  commitPayload,
  leafFrom,
  leafFromTexts,
  leafHasher,
  leafOf,
} from './leaf';
import { leafHash } from '../merkle/tree';
import { type ItemReading, readCarefully, readEvidenceItem } from './read';
import { isQuickEnvelope, isQuickItem } from './quick';
import { concatBytes, sha256, toHex, utf8 } from '../bytes/bytes';
import type { EvidenceItem } from './item';

type Loose = Record<string, any>;

/** Values that sit on the edges of what an attribute or a member of the envelope may be. */
const edges = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    'a',
    'a b',
    '-a',
    'ä',
    '\ud800',
    'a\u0000',
    'x'.repeat(100),
    'x'.repeat(101),
    'x'.repeat(200),
    'x'.repeat(201),
    'x'.repeat(301),
    'x'.repeat(2001),
    'resource:default/a',
    'Resource:default/a',
    'resource:default/a/b',
    `resource:default/${'a'.repeat(200)}`,
    `sha256:${'0'.repeat(64)}`,
    `sha256:${'A'.repeat(64)}`,
    '2026-11-22T12:59:00Z',
    '2026-11-22T12:59:00.1Z',
    '2026-11-22T12:59:00.123456Z',
    '2026-11-22T12:59Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T12:59:60Z',
    '2026-11-22T12:59:00+01:00',
    '2026-11-22t12:59:00z',
    '2024-02-29T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '1.0',
    'application/json',
    'io.ai-assurance.evaluation.v1',
    'io.ai-assurance.evaluation.v9',
    'toString',
    0,
    -0,
    -1,
    1.5,
    2 ** 53,
    NaN,
    true,
    [],
    {},
    { id: 'a', version: '1' },
    { id: 'a', version: '1', more: 1 },
    { cohort: 'resource:default/a' },
    { cohort: 'a' },
    { environment: 'production', region: '' },
    JSON.parse('{"__proto__": 1}'),
    { constructor: 1 },
  ),
  fc.string(),
  fc.jsonValue(),
);

const attributes = [
  'specversion',
  'id',
  'source',
  'type',
  'subject',
  'time',
  'datacontenttype',
  'data',
  'traceparent',
];
const members = [
  'sourceSystem',
  'asked',
  'windowStart',
  'windowEnd',
  'sampleCount',
  'collector',
  'subjectVersion',
  'subjectDigest',
  'segment',
  'collectedAt',
  'expiresAt',
  'more',
];

/** A fixture with some attributes and members of its envelope set to values at the edges. */
const nearlyItems = fc
  .record({
    fixture: fc.constantFrom<Loose>(evaluation, sloStatus),
    attributes: fc.array(fc.tuple(fc.constantFrom(...attributes), edges), {
      maxLength: 1,
    }),
    members: fc.array(fc.tuple(fc.constantFrom(...members), edges), {
      maxLength: 3,
    }),
    payload: fc.option(edges, { nil: undefined }),
  })
  .map(made => {
    const item = structuredClone(made.fixture);
    for (const [name, value] of made.members) item.data.envelope[name] = value;
    if (made.payload !== undefined) item.data.payload.more = made.payload;
    for (const [name, value] of made.attributes) item[name] = value;
    return item;
  });

describe('the quick way to read an item', () => {
  it('answers as the schemas do, whatever it is handed', () => {
    fc.assert(
      fc.property(nearlyItems, value => {
        const careful = readCarefully(value);
        const reading = readEvidenceItem(value);
        expect(reading).toEqual(careful);
        const textsOf = (of: ItemReading) => (of.ok ? of.texts : undefined);
        expect(textsOf(reading)).toEqual(textsOf(careful));
        expect(textsOf(reading)).toEqual(
          reading.ok
            ? {
                envelope: canonicalize(reading.item.data.envelope),
                payload: canonicalize(reading.item.data.payload),
              }
            : undefined,
        );
      }),
      { numRuns: 3000 },
    );
  });

  it('takes every fixture of an item as it is', () => {
    for (const fixture of [evaluation, sloStatus] as unknown[]) {
      expect(isQuickItem(fixture)).toBe(true);
      expect(isQuickEnvelope((fixture as EvidenceItem).data.envelope)).toBe(
        true,
      );
      const reading = readEvidenceItem(fixture);
      expect(reading.ok && reading.item).toBe(fixture);
    }
  });

  it('leaves leap days to the schemas, which know the calendar', () => {
    const item = structuredClone(evaluation) as unknown as EvidenceItem;
    item.time = '2024-02-29T00:00:00Z';
    expect(isQuickItem(item)).toBe(false);
    expect(readEvidenceItem(item)).toEqual({ ok: true, item });
  });
});

describe('a leaf put together from its parts', () => {
  const text = fc.string({ unit: 'grapheme' });

  it('is the leaf of the item, for any text in any part', () => {
    fc.assert(
      fc.property(text, text, text, text, (id, source, subject, time) => {
        const item = {
          ...evaluation,
          id,
          source,
          subject,
          time,
        } as unknown as EvidenceItem;
        const payloadCommitment = '0'.repeat(64);
        expect(
          leafFrom({
            envelope: canonicalize(item.data.envelope),
            id,
            payloadCommitment,
            source,
            subject,
            time,
            type: item.type,
          }),
        ).toBe(leafOf(item, payloadCommitment));
        expect(
          leafFromTexts({
            envelope: canonicalize(item.data.envelope),
            id: canonicalize(id),
            payloadCommitment,
            source: canonicalize(source),
            subject: canonicalize(subject),
            time: canonicalize(time),
            type: canonicalize(item.type),
          }),
        ).toBe(leafOf(item, payloadCommitment));
      }),
    );
  });

  it('commits to a payload behind a line that names the form, and the salt', () => {
    const salt = new Uint8Array(32).fill(9);
    const hashed = [utf8(`${COMMITMENT_FORMAT}\n`), salt, utf8('{"é":1}')];
    expect(commitPayload(salt, '{"é":1}')).toBe(
      toHex(sha256(concatBytes(...hashed))),
    );
  });

  it('has no half of a surrogate pair in it', () => {
    expect(() =>
      leafFrom({
        envelope: '{}',
        id: '\ud800',
        payloadCommitment: '',
        source: '',
        subject: '',
        time: '',
        type: '',
      }),
    ).toThrow('Half of a surrogate pair has no UTF-8 form');
  });

  it('is hashed in used memory to the same hash, whatever its length and script', () => {
    const hasher = leafHasher();
    const salt = new Uint8Array(32).fill(9);
    const long = fc.oneof(
      text,
      text.map(some => some.repeat(700)),
      fc.constant('€'.repeat(5000)),
    );
    fc.assert(
      fc.property(long, leaf => {
        expect(hasher.leafHash(leaf)).toEqual(leafHash(utf8(leaf)));
        const commitment = Buffer.from(hasher.commit(salt, leaf));
        expect(commitment.toString('hex')).toBe(commitPayload(salt, leaf));
      }),
    );
    expect(() => hasher.commit(new Uint8Array(31), '{}')).toThrow(
      'A salt has 32 bytes, not 31',
    );
    expect(leafHasher(sha256).leafHash('')).toEqual(
      leafHash(new Uint8Array(0)),
    );
    const inHex = leafHasher(bytes => toHex(sha256(bytes)));
    expect(inHex.commit(salt, '{}')).toBe(commitPayload(salt, '{}'));
  });
});

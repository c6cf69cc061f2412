import fc from 'fast-check';
import fixture from '../kinds/evaluation/v1/fixture.json';
import { canonicalize } from '../canonical/canonicalize';
import { commitPayload, LEAF_FORMAT, leafOf } from './leaf';
import { readEvidenceItem } from './read';
import type { EvidenceItem } from './item';

type Loose = Record<string, any>;

/** The fixture with one change made. */
function changed(change: (item: Loose) => void): Loose {
  const item = structuredClone(fixture) as Loose;
  change(item);
  return item;
}

describe('reading evidence', () => {
  it('accepts a good item as it is', () => {
    expect(readEvidenceItem(fixture)).toEqual({ ok: true, item: fixture });
  });

  it.each<[string, unknown, string, string]>([
    [
      'nothing',
      null,
      'INVALID_ITEM',
      '/: Invalid input: expected object, received null',
    ],
    [
      'a text',
      'evidence',
      'INVALID_ITEM',
      '/: Invalid input: expected object, received string',
    ],
    [
      'a missing envelope',
      changed(i => delete i.data.envelope),
      'INVALID_ITEM',
      '/data/envelope: is missing',
    ],
    [
      'an unknown member',
      changed(i => (i.extra = 1)),
      'INVALID_ITEM',
      '/: Unrecognized key: "extra"',
    ],
    [
      'a negative count',
      changed(i => {
        i.data.payload.totalCount = -1;
        delete i.data.payload.successCount;
      }),
      'INVALID_PAYLOAD',
      '/data/payload/totalCount: Too small: expected number to be >=0',
    ],
    [
      'free text in the payload',
      changed(i => (i.data.payload.prompt = 'Hello')),
      'INVALID_PAYLOAD',
      '/data/payload: Unrecognized key: "prompt"',
    ],
    [
      'a kind that does not exist',
      changed(i => (i.type = 'io.ai-assurance.horoscope.v1')),
      'UNKNOWN_TYPE',
      '/type: there is no evidence of type io.ai-assurance.horoscope.v1',
    ],
    [
      'a kind whose name is nearly right',
      changed(i => (i.type = 'io.ai-assurance.evaluations.v1')),
      'UNKNOWN_TYPE',
      '/type: there is no evidence of type io.ai-assurance.evaluations.v1; did you mean io.ai-assurance.evaluation.v1?',
    ],
    [
      'a kind whose name is cut short',
      changed(i => (i.type = 'io.ai-assurance.deploy.v1')),
      'UNKNOWN_TYPE',
      '/type: there is no evidence of type io.ai-assurance.deploy.v1; did you mean io.ai-assurance.deployment.v1?',
    ],
    [
      'a kind without its beginning',
      changed(i => (i.type = 'Evaluation')),
      'INVALID_ITEM',
      '/type: is no type of evidence; did you mean io.ai-assurance.evaluation.v1?',
    ],
    [
      'a type of another system',
      changed(i => (i.type = 'com.example.horoscope')),
      'INVALID_ITEM',
      '/type: is no type of evidence; write it in full, for example io.ai-assurance.evaluation.v1',
    ],
    [
      'a time in another zone',
      changed(i => (i.time = '2026-11-22T14:00:00+01:00')),
      'INVALID_ITEM',
      '/time: must be UTC with Z, for example 2026-11-22T13:00:00.000Z',
    ],
    [
      'a subject without its namespace',
      changed(i => (i.subject = 'resource:digit-reader')),
      'INVALID_ITEM',
      '/subject: write it in full and lower case, for example resource:default/digit-reader',
    ],
    [
      'a payload without its value',
      changed(i => delete i.data.payload.value),
      'INVALID_PAYLOAD',
      '/data/payload/value: is missing',
    ],
    [
      'a newer version of a known kind',
      changed(i => (i.type = 'io.ai-assurance.evaluation.v9')),
      'UNKNOWN_VERSION',
      '/type: io.ai-assurance.evaluation.v9 is a version that this release cannot read; it reads io.ai-assurance.evaluation.v1, io.ai-assurance.evaluation.v2',
    ],
    [
      'a window without an end',
      changed(i => (i.data.envelope.windowStart = '2026-11-22T12:00:00Z')),
      'INVALID_ITEM',
      '/data/envelope: a window has a start and an end',
    ],
    [
      'a window that ends as it starts',
      changed(i => {
        i.data.envelope.windowStart = '2026-11-22T12:00:00Z';
        i.data.envelope.windowEnd = '2026-11-22T12:00:00.000Z';
      }),
      'INVALID_ITEM',
      '/data/envelope/windowEnd: the window ends before it starts, or is empty',
    ],
    [
      'an expiry before its collection',
      changed(i => (i.data.envelope.expiresAt = '2026-11-22T13:00:01Z')),
      'INVALID_ITEM',
      '/data/envelope/expiresAt: the item expired before it was collected',
    ],
    [
      'a member named __proto__',
      changed(
        i => (i.data.payload = JSON.parse('{"__proto__": {"status": "pass"}}')),
      ),
      'FORBIDDEN_NAME',
      '/data/payload/__proto__: this member name is not allowed',
    ],
    [
      'half of a surrogate pair',
      changed(i => (i.id = 'a\ud800')),
      'NOT_CANONICAL',
      'Half of a surrogate pair has no UTF-8 form at /id',
    ],
    [
      'too much text',
      changed(i => (i.data.payload.note = 'x'.repeat(256 * 1024))),
      'TOO_LARGE',
      'The item has 262986 characters, 262144 are allowed',
    ],
    [
      'endless nesting',
      changed(
        i =>
          (i.data.payload.a = JSON.parse('['.repeat(5000) + ']'.repeat(5000))),
      ),
      'TOO_DEEP',
      'Nested deeper than 64 levels',
    ],
  ])('refuses %s by name', (_, value, code, problem) => {
    expect(readEvidenceItem(value)).toEqual({
      ok: false,
      code,
      problems: [problem],
    });
  });

  it('never throws, whatever it is handed', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withNullPrototype: true }),
        value => expect(readEvidenceItem(value).ok).toBe(false),
      ),
    );
  });

  it('lists at most twenty problems', () => {
    const reading = readEvidenceItem(
      changed(i => {
        i.data.payload = Object.fromEntries(
          [...Array(30).keys()].map(n => [`m${n}`, n]),
        );
      }),
    );
    expect(!reading.ok && reading.problems.length).toBe(11);
  });
});

describe('the leaf of an item', () => {
  const item = fixture as EvidenceItem;
  const salt = new Uint8Array(32).fill(3);

  it('names its format, keeps attributes and envelope, and leaves the payload out', () => {
    const leaf = JSON.parse(leafOf(item, 'c0ffee'));
    expect(Object.keys(leaf)).toEqual([
      'datacontenttype',
      'envelope',
      'id',
      'leafFormat',
      'payloadCommitment',
      'source',
      'specversion',
      'subject',
      'time',
      'type',
    ]);
    expect(leaf.envelope).toEqual(item.data.envelope);
    expect(leaf.leafFormat).toBe('ai-assurance-leaf/v1');
  });

  it('is the canonical text of them, and leaves nothing out that an item has beyond them', () => {
    const leafOfAny = (any: object) => leafOf(any as EvidenceItem, 'c0ffee');
    const rest = { leafFormat: LEAF_FORMAT, payloadCommitment: 'c0ffee' };
    const { data, ...attributes } = item;
    const leaf = { ...attributes, ...rest, envelope: data.envelope };
    expect(leafOfAny(item)).toBe(canonicalize(leaf));
    expect(leafOfAny({ ...item, traceparent: 'x' })).toBe(
      canonicalize({ ...leaf, traceparent: 'x' }),
    );
    const { id: _id, ...nameless } = item;
    expect(() => leafOfAny({ ...nameless, name: 'x' })).toThrow(
      'undefined has no JSON form; leave the member out at /id',
    );
  });

  it('commits to the payload through a salt: other salt or payload, other commitment', () => {
    const commitment = commitPayload(salt, '{"a":1}');
    expect(commitment).toBe(
      '46c95075940a9bfda11208ce42e54ca09a57bd97d80ee2351b163f12f5b3d91f',
    );
    expect(commitPayload(salt, '{"a":2}')).not.toBe(commitment);
    expect(commitPayload(new Uint8Array(32).fill(4), '{"a":1}')).not.toBe(
      commitment,
    );
    expect(() => commitPayload(new Uint8Array(31), '{}')).toThrow(
      'A salt has 32 bytes, not 31',
    );
  });
});

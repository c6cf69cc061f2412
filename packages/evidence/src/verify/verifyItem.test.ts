import { formatTlogProof } from '../checkpoint/tlogProof';
import { canonicalize } from '../canonical/canonicalize';
import {
  exampleItems,
  exampleLog,
  logSigner,
  strangerSigner,
} from './__testUtils__/examplePack';
import { ProvenItem, readProvenItem, verifyItem } from './verifyItem';
import { toHex, utf8 } from '../bytes/bytes';
import { leafHash } from '../merkle/tree';

const items = exampleItems().slice(0, 2);
const log = exampleLog(items);
const entry = log.entries[1];
const detail: ProvenItem = {
  position: 1,
  item: items[1],
  leaf: entry.leaf,
  leafHash: toHex(leafHash(utf8(entry.leaf))),
  payloadCommitment: JSON.parse(entry.leaf).payloadCommitment,
  salt: entry.salt!,
  proof: formatTlogProof({
    index: 1,
    hashes: entry.proof,
    checkpoint: log.headAt(2),
  }),
  verifierKey: logSigner.verifierKey,
};
const { salt: _salt, ...unopened } = detail;
const redacted: ProvenItem = {
  ...unopened,
  item: { ...items[1], data: { envelope: items[1].data.envelope } },
  redacted: true,
};
const flipped = (hex: string) =>
  `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`;

describe('verifying an item without the server', () => {
  const resultsOf = (item: ProvenItem) =>
    verifyItem(item).steps.map(({ step, result }) => `${step} ${result}`);

  it('an honest item holds at every step, with the facts of each', () => {
    const verification = verifyItem(detail);
    expect(verification).toMatchObject({
      holds: true,
      index: 1,
      size: 2,
      message: undefined,
    });
    expect(resultsOf(detail)).toEqual([
      'payload holds',
      'leaf holds',
      'hash holds',
      'head holds',
      'path holds',
      'position holds',
    ]);
    expect(verification.steps[3].facts).toEqual({
      origin: 'ledger.example/demo',
      size: 2,
    });
  });

  it('an item whose payload was erased holds at all steps but the one that needs it', () => {
    expect(verifyItem(redacted).holds).toBe(true);
    expect(resultsOf(redacted)[0]).toBe('payload erased');
  });

  it('an item without payload that was not erased is found out', () => {
    const { redacted: _redacted, ...silent } = redacted;
    expect(verifyItem(silent)).toMatchObject({
      holds: false,
      message: 'the payload is missing, and nothing says why',
    });
  });

  it('is read from what the server answers, and nothing else is', () => {
    const answered = canonicalize({ ...detail, evidenceId: '1' } as any);
    expect(readProvenItem(answered)).toEqual(detail);
    expect(readProvenItem(JSON.stringify(redacted))).toEqual(redacted);
    expect(readProvenItem('{"position":1}')).toBe(
      '/item: Invalid input: expected object, received undefined',
    );
    expect(readProvenItem('PK')).toMatch(/^it is not JSON: /);
  });

  const cases: Array<[string, ProvenItem, string]> = [
    [
      'another payload',
      {
        ...detail,
        item: { ...detail.item, data: { ...detail.item.data, payload: {} } },
      },
      'payload',
    ],
    ['another salt', { ...detail, salt: flipped(detail.salt!) }, 'payload'],
    ['a salt that is no text of bytes', { ...detail, salt: 'none' }, 'payload'],
    [
      'another subject',
      {
        ...detail,
        item: { ...detail.item, subject: 'resource:default/other' },
      },
      'leaf',
    ],
    [
      'another leaf hash',
      { ...detail, leafHash: flipped(detail.leafHash) },
      'hash',
    ],
    [
      'a proof of another index',
      { ...detail, proof: detail.proof.replace('index 1', 'index 0') },
      'path',
    ],
    [
      'another size of the log',
      { ...detail, proof: detail.proof.replace('\n2\n', '\n3\n') },
      'head',
    ],
    [
      'another key of the same name',
      {
        ...detail,
        verifierKey: strangerSigner.verifierKey,
      },
      'head',
    ],
    ['another position', { ...detail, position: 0 }, 'position'],
  ];

  it.each(cases)('%s is found out', (_, tampered, failedStep) => {
    expect(verifyItem(tampered).holds).toBe(false);
    const results = resultsOf(tampered);
    const failed = results.indexOf(`${failedStep} fails`);
    expect(results[failed]).toBe(`${failedStep} fails`);
    expect(results.length).toBe(6);
    for (const earlier of results.slice(0, failed))
      expect(earlier).toMatch(/ holds$/);
    for (const later of results.slice(failed + 1))
      expect(later).toMatch(/ not-reached$/);
  });
});

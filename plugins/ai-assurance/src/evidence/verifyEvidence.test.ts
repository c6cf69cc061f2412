import { EvidenceDetail } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { signerFromSeed } from '@ai-assurance/evidence';
import { provenEvidence, redactedEvidence } from '../__testUtils__/fixtures';
import { verifyEvidence } from './verifyEvidence';

const detail = provenEvidence();
const flipped = (hex: string) =>
  `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`;

describe('verifying an item without the server', () => {
  const resultsOf = (item: EvidenceDetail) =>
    verifyEvidence(item).steps.map(({ step, result }) => `${step} ${result}`);

  it('an honest item holds at every step, with the facts of each', () => {
    const verification = verifyEvidence(detail);
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
      origin: 'assurance.example.com/log',
      size: 2,
    });
  });

  it('an item whose payload was erased holds at all steps but the one that needs it', () => {
    expect(verifyEvidence(redactedEvidence()).holds).toBe(true);
    expect(resultsOf(redactedEvidence())[0]).toBe('payload erased');
  });

  it('an item without payload that was not erased is found out', () => {
    const { redacted: _redacted, ...silent } = redactedEvidence();
    expect(verifyEvidence(silent)).toMatchObject({
      holds: false,
      message: 'the payload is missing, and nothing says why',
    });
  });

  const cases: Array<[string, EvidenceDetail, string]> = [
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
        verifierKey: signerFromSeed(
          'assurance.example.com/log',
          new Uint8Array(32).fill(8),
        ).verifierKey,
      },
      'head',
    ],
    ['another position', { ...detail, position: 0 }, 'position'],
  ];

  it.each(cases)('%s is found out', (_, tampered, failedStep) => {
    expect(verifyEvidence(tampered).holds).toBe(false);
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

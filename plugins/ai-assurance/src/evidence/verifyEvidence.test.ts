import { EvidenceDetail } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { signerFromSeed } from '@ai-assurance/evidence';
import { provenEvidence } from '../__testUtils__/fixtures';
import { verifyEvidence } from './verifyEvidence';

const detail = provenEvidence();
const flipped = (hex: string) =>
  `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`;

describe('verifying an item without the server', () => {
  it('an honest item holds at every step', () => {
    expect(verifyEvidence(detail)).toMatchObject({
      holds: true,
      index: 1,
      size: 2,
      heldSteps: ['payload', 'leaf', 'hash', 'proof', 'position'],
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
    ['another salt', { ...detail, salt: flipped(detail.salt) }, 'payload'],
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
      'proof',
    ],
    [
      'another root',
      { ...detail, proof: detail.proof.replace('\n2\n', '\n3\n') },
      'proof',
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
      'proof',
    ],
    ['another position', { ...detail, position: 0 }, 'position'],
  ];

  it.each(cases)('%s is found out', (_, tampered, failedStep) => {
    expect(verifyEvidence(tampered)).toMatchObject({
      holds: false,
      failedStep,
    });
  });
});

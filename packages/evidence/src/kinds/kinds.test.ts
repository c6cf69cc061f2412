import { fixtures } from './__testUtils__/fixtures';
import { canonicalize } from '../canonical/canonicalize';
import { readEvidenceItem } from '../item/read';
import {
  evidenceKinds,
  evidenceTitles,
  isEvidenceType,
  meaningOf,
  titleOf,
  writerOf,
  type EvidenceType,
} from './kinds';

const all = fixtures();
const types = Object.keys(evidenceKinds) as EvidenceType[];

describe('evidence kinds', () => {
  it('have one folder per kind and version, and nothing beside', () => {
    expect(all.map(fixture => fixture.type).sort()).toEqual([...types].sort());
  });

  it.each(all)('read their own fixture: $type', ({ type, item }) => {
    expect(item.type).toBe(type);
    expect(readEvidenceItem(item)).toEqual({ ok: true, item });
  });

  it.each(all)('come back from their canonical form: $type', ({ item }) => {
    const text = canonicalize(item);
    const again = readEvidenceItem(JSON.parse(text));
    expect(again).toEqual({ ok: true, item });
    expect(canonicalize(again.ok && again.item)).toBe(text);
  });

  it('have fixtures that no two share: neither id nor payload', () => {
    const ids = all.map(({ item }) => `${item.source} ${item.id}`);
    const payloads = all.map(({ item }) => canonicalize(item.data.payload));
    expect(new Set(ids).size).toBe(all.length);
    expect(new Set(payloads).size).toBe(all.length);
  });

  it('have a title each, and an unknown type is shown as it is', () => {
    expect(Object.keys(evidenceTitles)).toEqual(Object.keys(evidenceKinds));
    expect(titleOf('io.ai-assurance.drift-report.v1')).toBe('Drift report');
    expect(titleOf('io.ai-assurance.drift-report.v9')).toBe(
      'io.ai-assurance.drift-report.v9',
    );
    expect(isEvidenceType('toString')).toBe(false);
  });

  it('say each what they prove, in whole sentences that no two share', () => {
    const meanings = types.map(meaningOf);
    expect(
      meanings.filter(text => !/^Proves [^\n]{30,}\.$/.test(text)),
    ).toEqual([]);
    expect(new Set(meanings).size).toBe(types.length);
  });

  it('say who may write them, whatever the version', () => {
    expect(writerOf('io.ai-assurance.evaluation.v1')).toBe('anyone');
    expect(writerOf('io.ai-assurance.evaluation.v9')).toBe('anyone');
    expect(writerOf('io.ai-assurance.approval-vote.v1')).toBe('suite');
    expect(writerOf('io.ai-assurance.approval-vote.v9')).toBe('suite');
    expect(writerOf('io.ai-assurance.horoscope.v1')).toBe(undefined);
    expect(writerOf('')).toBe(undefined);
    expect(
      types.filter(type => !['suite', 'anyone'].includes(writerOf(type)!)),
    ).toEqual([]);
  });

  it('open to the outside only what pipelines and other systems know better than the suite', () => {
    expect(types.filter(type => writerOf(type) === 'anyone').sort()).toEqual(
      [
        'artifact',
        'bill-of-materials',
        'cost-report',
        'deployment',
        'evaluation-comparison',
        'evaluation',
        'evaluation@2',
        'external-drift-report',
        'incident',
        'judge-calibration',
        'pipeline-run',
        'quality-report',
        'rollout-plan',
        'safety-evaluation',
        'safety-evaluation@2',
        'signature-verification',
      ].map(kind => {
        const [name, version = 1] = kind.split('@');
        return `io.ai-assurance.${name}.v${version}`;
      }),
    );
  });
});

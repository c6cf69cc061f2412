import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceKinds } from '@ai-assurance/evidence';
import { daysOf, keptForEver, kindOf, ruleFor } from './core/retention';
import { parseRetention } from './readRetention';

const file = join(__dirname, '../../../data/retention/default.yaml');
const text = readFileSync(file, 'utf8');

describe('the retention rules that come with the plugin', () => {
  const { rules, rulesDigest } = parseRetention(text, 'default.yaml');
  const kinds = [...new Set(Object.keys(evidenceKinds).map(kindOf))].sort();

  it('know every kind: each has a rule, or is kept for ever', () => {
    const named = new Set([
      ...rules.flatMap(rule => rule.kinds),
      ...keptForEver,
    ]);
    expect([...named].sort()).toEqual(kinds);
  });

  it('keep decisions ten years, and measurements by risk tier', () => {
    expect(ruleFor(rules, 'approval-decision', 'minimal')!.retentionDays).toBe(
      3653,
    );
    const days = ['high', 'limited', 'minimal', 'unheard-of', undefined].map(
      tier => ruleFor(rules, 'slo-status', tier)!.retentionDays,
    );
    expect(days).toEqual([1096, 731, 731, 1096, 1096]);
    expect(ruleFor(rules, 'redaction', 'minimal')).toBe(undefined);
  });

  it('never fall below the floor that they name', () => {
    expect(
      rules.filter(rule => rule.retentionDays < rule.legalFloorDays),
    ).toEqual([]);
    expect(rules.map(rule => [rule.legalBasis, rule.legalFloorDays])).toEqual([
      ['eu-ai-act-18', 3653],
      ['eu-ai-act-19', 182],
      ['eu-ai-act-26', 182],
    ]);
  });

  it('are named by a digest of what they say, not of how it is written', () => {
    expect(parseRetention(`# a remark\n${text}`, 'x').rulesDigest).toBe(
      rulesDigest,
    );
    expect(
      parseRetention(text.replace('keepFor: P2Y', 'keepFor: P4Y'), 'x')
        .rulesDigest,
    ).not.toBe(rulesDigest);
  });
});

describe('a retention file', () => {
  const lineOf = (words: string) =>
    text.slice(0, text.indexOf(words)).split('\n').length;
  const waiverNumber = lineOf('- waiver') - lineOf('kinds:') - 1;

  it.each<[string, string, string, string]>([
    [
      'a rule shorter than its floor',
      'keepFor: P10Y',
      'keepFor: P9Y',
      `retention.yaml: line ${lineOf(
        'keepFor: P10Y',
      )}: spec.rules.0.keepFor: P9Y is shorter than P10Y, which Regulation (EU) 2024/1689, Article 18(1) demands`,
    ],
    [
      'a floor that is not there',
      'legalFloor: eu-ai-act-18',
      'legalFloor: gdpr',
      `retention.yaml: line ${lineOf(
        'legalFloor: eu-ai-act-18',
      )}: spec.rules.0.legalFloor: there is no legal floor gdpr in this file`,
    ],
    [
      'a duration that is none',
      'keepFor: P10Y',
      'keepFor: ten years',
      `retention.yaml: line ${lineOf(
        'keepFor: P10Y',
      )}: spec.rules.0.keepFor: is no duration in years, months, weeks or days, such as P10Y or P6M`,
    ],
    [
      'a kind that must stay',
      '- waiver',
      '- redaction',
      `retention.yaml: line ${lineOf(
        '- waiver',
      )}: spec.rules.0.kinds.${waiverNumber}: redaction is kept for ever: without it nobody could tell what was erased or who signed`,
    ],
    [
      'a kind that is none',
      '- waiver',
      '- horoscope',
      `retention.yaml: line ${lineOf(
        '- waiver',
      )}: spec.rules.0.kinds.${waiverNumber}: there is no evidence kind horoscope`,
    ],
    [
      'a word that does not belong there',
      'keepFor: P10Y',
      'keepForever: true\n      keepFor: P10Y',
      `retention.yaml: line ${lineOf(
        'keepFor: P10Y',
      )}: spec.rules.0: Unrecognized key: "keepForever"`,
    ],
  ])('with %s is refused, by file and line', (_, from, to, message) => {
    expect(() =>
      parseRetention(text.replace(from, to), 'retention.yaml'),
    ).toThrow(message);
  });

  it('holds one document', () => {
    expect(() => parseRetention(`${text}---\n${text}`, 'r.yaml')).toThrow(
      'r.yaml: 2 documents. Retention is one document.',
    );
  });
});

describe('the length of a duration', () => {
  it('compares months and years', () => {
    expect(
      ['P6M', 'P26W', 'P182D', 'P1Y', 'P10Y', 'P1Y6M'].map(daysOf),
    ).toEqual([182, 182, 182, 366, 3653, 547]);
  });
});

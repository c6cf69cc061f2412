import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseScorecards, readScorecards } from './readScorecards';

const ours = readFileSync(
  resolve(__dirname, '../../data/scorecards/production-readiness.yaml'),
  'utf8',
);

/** The line of the file on which a text stands, counted from one. */
const lineOf = (text: string, part: string) =>
  text.slice(0, text.indexOf(part)).split('\n').length;

function refusal(text: string): string {
  try {
    parseScorecards(text, 'team.yaml');
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('scorecard files', () => {
  it('the one that comes with the plugin asks five questions on three levels', () => {
    const [scorecard] = readScorecards(undefined);
    expect(scorecard.levels).toEqual(['bronze', 'silver', 'gold']);
    expect(
      scorecard.checks.map(({ id, level, fresh }) => [
        id,
        level,
        fresh / 60_000,
      ]),
    ).toEqual([
      ['evaluated-on-pinned-data', 'bronze', 90 * 24 * 60],
      ['latency-objective-met', 'silver', 15],
      ['outputs-not-drifted', 'silver', 15],
      ['rollout-healthy', 'gold', 15],
      ['release-approved', 'gold', 365 * 24 * 60],
    ]);
    expect(scorecard.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('layout and comments do not change the digest, a limit does', () => {
    const digest = (text: string) =>
      parseScorecards(text, 'team.yaml')[0].digest;
    expect(digest(`# another comment\n${ours}`)).toBe(digest(ours));
    expect(digest(ours.replace('atLeast: 0.85', 'atLeast: 0.86'))).not.toBe(
      digest(ours),
    );
  });

  it.each([
    [
      'a level that does not exist',
      'level: gold',
      'level: platinum',
      'spec.checks.3.level: platinum is none of the levels bronze, silver, gold',
    ],
    [
      'a check id twice',
      'id: rollout-healthy',
      'id: outputs-not-drifted',
      'spec.checks.3.id: check outputs-not-drifted is defined twice',
    ],
    [
      'an unknown kind of evidence',
      'kind: io.ai-assurance.drift-report.v2',
      'kind: io.ai-assurance.vibes.v1',
      'spec.checks.2.evidence.kind: is not a kind of evidence',
    ],
    [
      'a misspelt path',
      'value: payload.intervalLow',
      'value: payload.intervallow',
      'spec.checks.0.require.value: payload.intervallow is not a field of io.ai-assurance.evaluation.v1',
    ],
    [
      'a misspelt key',
      'fixHint: Open the adoption',
      'fixhint: Open the adoption',
      'Unrecognized key: "fixhint"',
    ],
    [
      'two bounds at once',
      '        atLeast: 0.85',
      '        atLeast: 0.85\n        atMost: 1',
      'must have exactly one of atLeast, atMost and equals',
    ],
    [
      'a status of a kind without one',
      'kind: io.ai-assurance.rollout-observation.v1',
      'kind: io.ai-assurance.artifact.v1',
      'spec.checks.3.require.status: io.ai-assurance.artifact.v1 carries no status',
    ],
    [
      'a freshness of nothing',
      'fresh: { days: 90 }',
      'fresh: {}',
      'spec.checks.0.fresh: must name days, hours or minutes',
    ],
    [
      'a version that only policies ask about',
      'version: each-live',
      'version: proposed',
      'spec.checks.0.evidence.version: proposed is for approval policies',
    ],
    [
      'broken YAML',
      'levels: [bronze, silver, gold]',
      'levels: [bronze, silver, gold',
      'line',
    ],
  ])(
    '%s refuses the start and names file, line and reason',
    (_name, part, wrong, message) => {
      const text = ours.replace(part, wrong);
      const answer = refusal(text);
      expect(answer).toContain('team.yaml: line ');
      expect(answer).toContain(message);
    },
  );

  it.each([
    ['level: gold', 'level: platinum', 'level: platinum'],
    [
      'value: payload.intervalLow',
      'value: payload.intervallow',
      'value: payload.intervallow',
    ],
    [
      'fixHint: Open the adoption',
      'fixhint: Open the adoption',
      'fixhint: Open the adoption',
    ],
  ])('the line is that of the fault: %s', (part, wrong, at) => {
    const text = ours.replace(part, wrong);
    expect(refusal(text)).toContain(`line ${lineOf(text, at)}: `);
  });

  it('a missing field is reported at the line of the check', () => {
    const text = ours.replace(/\n {6}level: bronze/, '');
    expect(refusal(text)).toContain(
      `team.yaml: line ${lineOf(
        text,
        'id: evaluated-on',
      )}: spec.checks.0.level: `,
    );
  });

  it('an empty file is refused', () => {
    expect(refusal('')).toBe('team.yaml: line 1: the file is empty');
  });

  it('the same scorecard in two files is refused', () => {
    const path = resolve(
      __dirname,
      '../../data/scorecards/production-readiness.yaml',
    );
    expect(() => readScorecards([path, path])).toThrow(
      'The scorecard production-readiness is defined twice',
    );
  });
});

import { readYaml } from '../../platform';
import { declaredOf, monitorsFile } from './monitors';

const head = 'apiVersion: ai-assurance.io/v1alpha1\nkind: DriftMonitors\n';
const read = (text: string) =>
  declaredOf(readYaml(head + text, 'monitors.yaml', monitorsFile)[0]);

describe('a file of monitors', () => {
  it('says what is watched, how, and how often', () => {
    expect(
      read(`features: [input.brightness, input.size]
monitors:
  - feature: input.brightness
    cohorts: each
    every: 5m
    window: 1h
    telemetry: { metric: app.brightness }
    range: { minimum: 0, maximum: 1 }
    freshness: { maximumAge: 10m }
`),
    ).toEqual({
      features: ['input.brightness', 'input.size'],
      monitors: [
        {
          feature: 'input.brightness',
          title: undefined,
          part: 'feature',
          type: 'numeric',
          statistic: 'auto',
          isByCohort: true,
          everyMs: 300_000,
          windowMs: 3_600_000,
          minimumCount: undefined,
          source: { kind: 'telemetry', metric: 'app.brightness' },
          quality: {
            minimum: 0,
            maximum: 1,
            outOfRangeLimitRatio: undefined,
            nullLimitRatio: undefined,
            unseenLimitRatio: undefined,
            minimumRows: undefined,
            maximumAgeMs: 600_000,
          },
        },
      ],
    });
  });

  it('may name the cohorts that it is about', () => {
    const [monitor] = read(`monitors:
  - feature: a
    cohorts: [resource:default/low-end-phones]
    profile: {}
`).monitors;
    expect([monitor.isByCohort, monitor.onlyCohorts]).toEqual([
      true,
      ['resource:default/low-end-phones'],
    ]);
  });

  it.each([
    [
      'monitors:\n  - feature: a\n    cohorts: [phones]\n    profile: {}\n',
      'monitors.yaml: line 5: monitors.0.cohorts',
    ],
    [
      'monitors:\n  - feature: a\n    every: 90s\n    profile: {}\n',
      'monitors.yaml: line 5: monitors.0.every: 90s is no duration of whole minutes, such as 15m, 6h or 1d',
    ],
    [
      'monitors:\n  - feature: a\n',
      'monitors.yaml: line 4: monitors.0: names exactly one source: telemetry, engine, profile or file',
    ],
    [
      'monitors:\n  - { feature: a, profile: {} }\n  - { feature: a, profile: {} }\n',
      'monitors.yaml: line 5: monitors.1.feature: a has a monitor already',
    ],
  ])('is refused by file and line: %p', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseOpenSlo } from './openSlo';

const latency = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: digit-api-latency
  displayName: Latency
spec:
  service: digit-api
  indicator:
    metadata:
      name: fast-answers
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: ai-assurance
            spec:
              metric: http.server.request.duration
              thresholdMs: 150
        total:
          metricSource:
            type: ai-assurance
            spec:
              metric: http.server.request.duration
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - displayName: Answers in time
      target: 0.95
`;

const fastAnswers = {
  counter: {
    kind: 'telemetry-events',
    metric: 'http.server.request.duration',
    thresholdMs: 150,
  },
  slicing: undefined,
};

const problemsOf = (text: string) => parseOpenSlo(text, 'o.yaml').problems;

describe('an OpenSLO document', () => {
  it('is read with its indicator, window and objectives', () => {
    expect(parseOpenSlo(latency, 'o.yaml')).toEqual({
      problems: [],
      lost: [
        {
          at: 'SLO/digit-api-latency: spec.indicator',
          lost: 'its names and description',
        },
      ],
      definitions: [
        {
          sloName: 'digit-api-latency',
          title: 'Latency',
          service: 'digit-api',
          budgetingMethod: 'Occurrences',
          window: { kind: 'rolling', lengthMs: 28 * 86_400_000 },
          windowMs: 28 * 86_400_000,
          thresholdMs: 150,
          alertRules: [],
          objectives: [
            {
              objectiveName: 'answers-in-time',
              title: 'Answers in time',
              description:
                'Answers in time: at least 95 % of requests succeed within 150 ms, over 28 days',
              objectiveRatio: 0.95,
              indicator: fastAnswers,
            },
          ],
        },
      ],
    });
  });

  it('may stand beside others in one file, divided or as a list', () => {
    const second = latency.replace('digit-api-latency', 'second');
    const asItem = (text: string) =>
      `- ${text.trimEnd().replace(/\n/g, '\n  ')}\n`;
    const names = (text: string) =>
      parseOpenSlo(text, 'o.yaml').definitions.map(d => d.sloName);
    expect(names(`${latency}---\n${second}`)).toEqual([
      'digit-api-latency',
      'second',
    ]);
    expect(names(asItem(latency) + asItem(second))).toEqual([
      'digit-api-latency',
      'second',
    ]);
  });

  it('may give its target in percent, free of rounding dust', () => {
    const { definitions } = parseOpenSlo(
      latency.replace('target: 0.95', 'targetPercent: 99.9'),
      'o.yaml',
    );
    expect(definitions[0].objectives[0].objectiveRatio).toBe(0.999);
  });

  it('without a threshold asks for success alone, and without names gets its own', () => {
    const { definitions } = parseOpenSlo(
      latency
        .replace('              thresholdMs: 150\n', '')
        .replace(
          '    - displayName: Answers in time\n      target',
          '    - target',
        )
        .replace('  displayName: Latency\n', ''),
      'o.yaml',
    );
    expect(definitions[0].thresholdMs).toBe(undefined);
    expect(definitions[0].objectives).toEqual([
      {
        objectiveName: 'objective-1',
        description: 'At least 95 % of requests succeed, over 28 days',
        objectiveRatio: 0.95,
        indicator: {
          counter: { ...fastAnswers.counter, thresholdMs: undefined },
          slicing: undefined,
        },
      },
    ]);
  });

  it.each([
    [
      'budgetingMethod: Occurrences',
      'budgetingMethod: Often',
      'o.yaml:28: spec.budgetingMethod: must be Occurrences, Timeslices or RatioTimeslices',
    ],
    [
      'duration: 28d',
      'duration: 1M',
      'o.yaml:26: spec.timeWindow[0].duration: 1M: months, quarters and years differ in length, so a rolling window cannot have one; write days, for example 30d',
    ],
    [
      'duration: 28d',
      'duration: 5m',
      'o.yaml:26: spec.timeWindow[0].duration: 5m is too short; at least 1h',
    ],
    [
      'duration: 28d',
      'duration: soon',
      'o.yaml:26: spec.timeWindow[0].duration: "soon" is not a duration; write a number and m, h, d or w, for example 28d',
    ],
    [
      'isRolling: true',
      'isRolling: false',
      'o.yaml:26: spec.timeWindow[0]: needs a calendar when it is not rolling',
    ],
    [
      'target: 0.95',
      'target: 1',
      'o.yaml:31: spec.objectives[0].target: must be below 1: with 1 there is no budget to spend',
    ],
    [
      'target: 0.95',
      'target: 0.95\n      targetPercent: 95',
      'o.yaml:30: spec.objectives[0]: needs either target (0.95) or targetPercent (95), not both',
    ],
    [
      'target: 0.95',
      'target: 0.95\n      timeSliceWindow: 1m',
      'o.yaml:32: spec.objectives[0].timeSliceWindow: has no meaning with budgetingMethod Occurrences',
    ],
    [
      'target: 0.95',
      'target: 0.95\n      colour: green',
      'o.yaml:32: spec.objectives[0].colour: is not a known field here',
    ],
    [
      'counter: true',
      'bad: 3',
      'o.yaml:13: spec.indicator.spec.ratioMetric.bad: Invalid input: expected object, received number',
    ],
    [
      'type: ai-assurance',
      'type: Datadog',
      'o.yaml:16: spec.indicator.spec.ratioMetric.good.metricSource.type: Datadog cannot be asked from here; ai-assurance can, and engines that answer PromQL (prometheus, victoriametrics, mimir, thanos, cortex)',
    ],
    [
      'type: ai-assurance',
      'type: Prometheus',
      'o.yaml:20: spec.indicator.spec.ratioMetric.total: comes from another source than good: they cannot be set against each other',
    ],
    [
      'metric: http.server.request.duration\n  timeWindow',
      'metric: ai_assurance.inference.duration\n  timeWindow',
      'o.yaml:24: spec.indicator.spec.ratioMetric.total.metricSource.spec.metric: must be the metric of good, http.server.request.duration: else good is no part of total',
    ],
    [
      'name: digit-api-latency',
      'name: Digit API',
      'o.yaml:4: metadata.name: must be a DNS label: lower-case letters, digits and hyphens, at most 63',
    ],
    [
      'kind: SLO',
      'kind: Wish',
      'o.yaml:2: kind: must be one of SLO, SLI, DataSource, Service, AlertPolicy, AlertCondition, AlertNotificationTarget, found "Wish"',
    ],
    [
      'apiVersion: openslo/v1',
      'apiVersion: openslo/v2',
      'o.yaml:1: apiVersion: must be openslo/v1, found "openslo/v2"',
    ],
  ])(
    'with %j changed to %j is refused by file, line and field',
    (from, to, why) => {
      const text = latency.replace(from, to);
      expect(text).not.toBe(latency);
      const parsed = parseOpenSlo(text, 'o.yaml');
      expect(parsed.problems).toEqual([why]);
      expect(parsed.definitions).toEqual([]);
    },
  );

  it('with a threshold on events that have no duration is refused', () => {
    expect(
      problemsOf(
        latency.replace(
          /http\.server\.request\.duration/g,
          'ai_assurance.sessions',
        ),
      ),
    ).toEqual([
      'o.yaml:19: spec.indicator.spec.ratioMetric.good.metricSource.spec.thresholdMs: ai_assurance.sessions has no duration to compare',
    ]);
  });

  it('over a metric that counts no events is refused', () => {
    const why =
      'is not a metric that counts events; use one of http.server.request.duration, ai_assurance.inference.duration, ai_assurance.model.load.duration, ai_assurance.model.load.attempts, ai_assurance.sessions';
    expect(
      problemsOf(
        latency.replace(/http\.server\.request\.duration/g, 'cpu.load'),
      ),
    ).toEqual([
      `o.yaml:18: spec.indicator.spec.ratioMetric.good.metricSource.spec.metric: ${why}`,
      `o.yaml:24: spec.indicator.spec.ratioMetric.total.metricSource.spec.metric: ${why}`,
    ]);
  });

  it('without something it needs is refused at the object that lacks it', () => {
    expect(
      problemsOf(
        latency
          .replace('  budgetingMethod: Occurrences\n', '')
          .replace('  service: digit-api\n', ''),
      ),
    ).toEqual([
      'o.yaml:6: spec.service: is missing',
      'o.yaml:6: spec.budgetingMethod: must be Occurrences, Timeslices or RatioTimeslices',
    ]);
  });

  it.each(['digit-api', 'digit-reader-edge'])(
    'of the example, %s, is understood',
    name => {
      const file = resolve(
        __dirname,
        '../../../../../examples/catalog/objectives',
        `${name}.yaml`,
      );
      const parsed = parseOpenSlo(readFileSync(file, 'utf8'), `${name}.yaml`);
      expect(parsed.problems).toEqual([]);
      expect(parsed.definitions.map(d => d.sloName)).toEqual([
        `${name}-latency`,
      ]);
    },
  );

  it('with alert policies is refused, with an empty list of them not', () => {
    expect(problemsOf(`${latency}  alertPolicies:\n`)).toEqual([]);
    expect(problemsOf(`${latency}  alertPolicies:\n    - policy\n`)).toEqual([
      'o.yaml:33: spec.alertPolicies[0]: Invalid input: expected object, received string',
    ]);
  });

  it('that cannot be used does not stop the others', () => {
    const { definitions, problems } = parseOpenSlo(
      `apiVersion: openslo/v1\nkind: Service\n---\n${latency}`,
      'o.yaml',
    );
    expect(definitions.map(d => d.sloName)).toEqual(['digit-api-latency']);
    expect(problems).toEqual(['o.yaml:1: metadata: is missing']);
  });

  it('may not take the name of another, nor may its objectives', () => {
    expect(problemsOf(`${latency}---\n${latency}`)).toEqual([
      'o.yaml:36: metadata.name: digit-api-latency is used by an earlier document',
    ]);
    expect(
      problemsOf(
        `${latency}    - displayName: answers in time\n      target: 0.9\n`,
      ),
    ).toEqual([
      'o.yaml:29: spec.objectives: two objectives are named answers-in-time; give each its own displayName',
    ]);
  });

  it.each([
    ['', 'o.yaml:1: holds no document'],
    ['# nothing\n', 'o.yaml:1: holds no document'],
    ['just text', 'o.yaml:1: is not an OpenSLO document'],
    [
      'a: [1, 2',
      'o.yaml:1: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ])('made of %j is refused', (text, why) => {
    expect(problemsOf(text)).toEqual([why]);
  });

  it('that unfolds beyond measure by aliases is refused', () => {
    const bomb = Array.from(
      { length: 9 },
      (_, i) =>
        `a${i}: &a${i} [${Array(9)
          .fill(i ? `*a${i - 1}` : 'x')
          .join(', ')}]`,
    ).join('\n');
    expect(problemsOf(bomb)).toEqual([
      'o.yaml:1: cannot be read: Excessive alias count indicates a resource exhaustion attack',
    ]);
  });
});

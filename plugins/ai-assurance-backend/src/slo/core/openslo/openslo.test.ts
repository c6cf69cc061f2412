import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseOpenSlo } from '../openSlo';
import { readOpenSlo } from './read';
import { resolveOpenSlo } from './resolve';

const slo = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: answers
spec:
  service: digit-api
  indicatorRef: fast-answers
  timeWindow:
    - duration: 28d
      isRolling: true
  budgetingMethod: Occurrences
  objectives:
    - target: 0.95
`;
const sli = `apiVersion: openslo/v1
kind: SLI
metadata:
  name: fast-answers
spec:
  ratioMetric:
    counter: true
    good:
      metricSource:
        metricSourceRef: own
        spec:
          metric: http.server.request.duration
          thresholdMs: 150
    total:
      metricSource:
        metricSourceRef: own
        spec:
          metric: http.server.request.duration
`;
const source = `apiVersion: openslo/v1
kind: DataSource
metadata:
  name: own
spec:
  type: ai-assurance
`;
const policy = `apiVersion: openslo/v1
kind: AlertPolicy
metadata:
  name: wake-somebody
spec:
  alertWhenBreaching: true
  conditions:
    - conditionRef: burning
  notificationTargets:
    - targetRef: on-call
    - kind: AlertNotificationTarget
      metadata:
        name: chat
      spec:
        target: slack
`;
const condition = `apiVersion: openslo/v1
kind: AlertCondition
metadata:
  name: burning
spec:
  severity: page
  condition:
    kind: burnrate
    op: gte
    threshold: 14.4
    lookbackWindow: 1h
    alertAfter: 5m
`;
const target = `apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata:
  name: on-call
spec:
  target: pagerduty
`;
const together = (...documents: string[]) => documents.join('---\n');
const resolved = (...documents: string[]) => {
  const read = readOpenSlo(together(...documents), 'o.yaml');
  expect(read.problems).toEqual([]);
  return resolveOpenSlo(read.documents);
};
const problemsOf = (...documents: string[]) =>
  parseOpenSlo(together(...documents), 'o.yaml').problems;

describe('references among OpenSLO documents', () => {
  it('lead from the SLO to its indicator and from there to its data source, in any order', () => {
    for (const documents of [
      [slo, sli, source],
      [source, sli, slo],
    ]) {
      expect(parseOpenSlo(together(...documents), 'o.yaml')).toEqual({
        problems: [],
        lost: [],
        definitions: [
          {
            sloName: 'answers',
            service: 'digit-api',
            budgetingMethod: 'Occurrences',
            window: { kind: 'rolling', lengthMs: 28 * 86_400_000 },
            windowMs: 28 * 86_400_000,
            thresholdMs: 150,
            alertRules: [],
            objectives: [
              {
                objectiveName: 'objective-1',
                description:
                  'At least 95 % of requests succeed within 150 ms, over 28 days',
                objectiveRatio: 0.95,
                indicator: {
                  counter: {
                    kind: 'telemetry-events',
                    metric: 'http.server.request.duration',
                    thresholdMs: 150,
                  },
                  slicing: undefined,
                },
              },
            ],
          },
        ],
      });
    }
  });

  it('that lead nowhere are named with the line that holds them', () => {
    expect(problemsOf(slo)).toEqual([
      'o.yaml:7: spec.indicatorRef: names the SLI fast-answers, which is not among the documents',
    ]);
    expect(problemsOf(slo, sli)).toEqual([
      'o.yaml:7: spec.indicatorRef: names the DataSource own, which is not among the documents',
      'o.yaml:7: spec.indicatorRef: names the DataSource own, which is not among the documents',
    ]);
  });

  it('lead to alert policies with their condition and their targets', () => {
    const alerting = `${slo}  alertPolicies:\n    - alertPolicyRef: wake-somebody\n`;
    const { slos, problems } = resolved(
      alerting,
      sli,
      source,
      policy,
      condition,
      target,
    );
    expect(problems).toEqual([]);
    expect(slos[0].policies).toEqual([
      {
        name: 'wake-somebody',
        alertWhenBreaching: true,
        alertWhenNoData: false,
        alertWhenResolved: false,
        condition: {
          kind: 'burnrate',
          op: 'gte',
          threshold: 14.4,
          lookbackWindow: 3_600_000,
          alertAfter: 300_000,
          severity: 'page',
        },
        targets: ['pagerduty', 'slack'],
      },
    ]);
    expect(resolved(alerting, sli, source, policy, target)).toEqual({
      slos: [],
      problems: [
        'o.yaml:15: spec.alertPolicies[0]: names the AlertCondition burning, which is not among the documents',
      ],
    });
  });

  it('cannot contradict what they lead to', () => {
    expect(
      problemsOf(
        slo,
        sli.replace(
          'metricSourceRef: own',
          'metricSourceRef: own\n        type: Datadog',
        ),
        source,
      ),
    ).toEqual([
      'o.yaml:7: spec.indicatorRef: says its source is Datadog, but the DataSource own is ai-assurance',
    ]);
  });

  it('keep the first of two documents of one kind and name', () => {
    expect(problemsOf(slo, sli, sli, source)).toEqual([
      'o.yaml:37: metadata.name: fast-answers is used by an earlier document',
    ]);
    // A name belongs to its kind.
    expect(
      problemsOf(
        slo,
        sli,
        source.replace('own', 'own'),
        policy.replace('wake-somebody', 'answers'),
        condition,
        target,
      ),
    ).toEqual([]);
  });
});

describe('an objective', () => {
  const threshold = sli
    .slice(0, sli.indexOf('  ratioMetric'))
    .concat(
      '  thresholdMetric:\n    metricSource:\n      metricSourceRef: own\n      spec:\n        metric: queue_depth\n        query: queue_depth\n',
    );

  it('needs operator and value for a threshold, also through a reference', () => {
    expect(problemsOf(slo, threshold, source)).toEqual([
      'o.yaml:13: spec.objectives[0]: needs op for a thresholdMetric',
      'o.yaml:13: spec.objectives[0]: needs value for a thresholdMetric',
    ]);
    expect(
      problemsOf(`${slo}      op: lte\n      value: 5\n`, threshold, source),
    ).toEqual([
      'o.yaml:7: spec.indicatorRef.thresholdMetric.metricSource.spec.metric: is not a metric with a level; use one of http.server.request.duration, ai_assurance.inference.duration, ai_assurance.model.load.duration, ai_assurance.output.confidence, ai_assurance.process.memory.peak',
      'o.yaml:7: spec.indicatorRef.thresholdMetric.metricSource.spec.query: is not a known field here',
    ]);
  });

  it('has no value for a ratio', () => {
    expect(problemsOf(`${slo}      value: 5\n`, sli, source)).toEqual([
      'o.yaml:14: spec.objectives[0].value: is for a thresholdMetric; a ratioMetric has none',
    ]);
  });

  it('needs slices where the method counts slices', () => {
    expect(
      problemsOf(slo.replace('Occurrences', 'RatioTimeslices'), sli, source),
    ).toEqual([
      'o.yaml:13: spec.objectives[0]: needs timeSliceWindow with budgetingMethod RatioTimeslices',
    ]);
  });
});

describe('a calendar window', () => {
  const calendar = (zone: string, start: string) =>
    slo.replace(
      'isRolling: true',
      `isRolling: false\n      calendar:\n        startTime: ${start}\n        timeZone: ${zone}`,
    );

  it('names a time and an IANA zone', () => {
    expect(
      problemsOf(
        calendar('Mars/Olympus', 'tomorrow').replace('28d', '1M'),
        sli,
        source,
      ),
    ).toEqual([
      'o.yaml:12: spec.timeWindow[0].calendar.startTime: must be a time such as 2026-01-01 00:00:00',
      'o.yaml:13: spec.timeWindow[0].calendar.timeZone: must be an IANA time zone, for example Europe/Berlin',
    ]);
    expect(
      resolved(
        calendar('Europe/Berlin', '2026-01-01 00:00:00').replace('28d', '1Q'),
        sli,
        source,
      ).slos[0].slo.spec.timeWindow,
    ).toEqual([
      {
        duration: { count: 1, unit: 'Q' },
        isRolling: false,
        calendar: {
          startTime: '2026-01-01 00:00:00',
          timeZone: 'Europe/Berlin',
        },
      },
    ]);
  });
});

// The examples of the specification and of its Go SDK, where this checkout has them beside it.
const vectors = resolve(__dirname, '../../../../../../../shared/vectors');
const files = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.yaml'))
        .map(name => join(folder, name))
    : [];
const examples = [
  ...files(join(vectors, 'openslo-spec')),
  ...files(join(vectors, 'openslo-sdk')),
];

describe('the examples of OpenSLO', () => {
  it('are valid, every one of those at hand', () => {
    for (const file of examples) {
      const { documents, problems } = readOpenSlo(
        readFileSync(file, 'utf8'),
        file,
      );
      expect([file, problems]).toEqual([file, []]);
      expect([file, documents.length > 0]).toEqual([file, true]);
    }
  });

  it('are measured, or refused since their source cannot be asked', () => {
    // Those of the specification stand for any source; those of the SDK refer to each other across files.
    const texts = [
      ...examples
        .filter(file => file.includes('openslo-spec'))
        .map(file => [file]),
      examples.filter(file => file.includes('openslo-sdk')),
    ]
      .filter(group => group.length > 0)
      .map(group =>
        group.map(file => readFileSync(file, 'utf8')).join('\n---\n'),
      );
    const rightReasons = [
      /metricSource\.type: (Any|Datadog|AppDynamics|GCP) cannot be asked from here/,
      // A calendar period of a minute, as one of them has it.
      /timeWindow\[0\]\.duration: 1m is too short; at least 1h/,
      /names the (SLI|AlertPolicy|AlertCondition|AlertNotificationTarget|DataSource) \S+, which is not among the documents/,
      // The SDK repeats some names from file to file.
      /is used by an earlier document/,
    ];
    for (const text of texts) {
      const { definitions, problems } = parseOpenSlo(text, 'o.yaml', ['prod']);
      expect(definitions.length + problems.length).toBeGreaterThan(0);
      for (const problem of problems)
        expect([
          problem,
          rightReasons.some(reason => reason.test(problem)),
        ]).toEqual([problem, true]);
    }
  });
});

it('a file of nothing but unknown fields is refused at once: the first are named, the others counted', () => {
  const fields = Array.from({ length: 20_000 }, (_, i) => `field${i}: 1`);
  const { problems } = parseOpenSlo(`${slo}${fields.join('\n')}\n`, 'o.yaml');
  expect(problems).toHaveLength(51);
  expect(problems[0]).toBe('o.yaml:14: field0: is not a known field here');
  expect(problems[50]).toBe('o.yaml: and 19950 more');
});

it('a field that stands twice is refused', () => {
  expect(parseOpenSlo(`${slo}kind: SLO\n`, 'o.yaml').problems).toEqual([
    'o.yaml:14: not YAML: Map keys must be unique',
  ]);
});

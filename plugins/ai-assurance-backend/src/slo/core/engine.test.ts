import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { AlertSignal, AlertState, nextAlerts } from './alerts';
import { hourMs } from './hours';
import { exhaustsInMs } from './objective';
import { exportOpenSlo } from './openslo/export';
import { parseOpenSlo } from './openSlo';

const minuteMs = 60_000;

describe('the time to exhaustion', () => {
  // The Site Reliability Workbook, table 5-4: burn rate and time to exhaust a budget of 30 days.
  it.each([
    [2, 15 * 24],
    [10, 3 * 24],
    [1000, 0.72],
  ])('at burn rate %p is %p hours of a whole budget', (burnNow, expected) => {
    const inMs = exhaustsInMs({
      remainingRatio: 1,
      burnNow,
      windowMs: 30 * 24 * hourMs,
      leftMs: undefined,
    });
    expect(inMs! / hourMs).toBeCloseTo(expected, 9);
  });

  it.each([
    [{ remainingRatio: 0.5, burnNow: 1 }, null],
    [{ remainingRatio: 0, burnNow: 0 }, 0],
    [{ remainingRatio: undefined, burnNow: 5 }, null],
    [{ remainingRatio: 1, burnNow: 2, leftMs: 14 * 24 * hourMs }, null],
    [
      { remainingRatio: 1, burnNow: 2, leftMs: 16 * 24 * hourMs },
      15 * 24 * hourMs,
    ],
  ])('of %j is %p', (given, expected) => {
    expect(
      exhaustsInMs({ windowMs: 30 * 24 * hourMs, leftMs: undefined, ...given }),
    ).toBe(expected);
  });
});

describe('alerts', () => {
  const signal = (
    isBad: boolean | undefined,
    changes: Partial<AlertSignal> = {},
  ): AlertSignal => ({
    cause: 'burn-rate',
    severity: 'page',
    longMs: hourMs,
    shortMs: 5 * minuteMs,
    factor: 14.4,
    longBurn: 20,
    shortBurn: 20,
    longBadCount: 10,
    longTotalCount: 100,
    isBad,
    alertAfterMs: 0,
    quietForMs: 5 * minuteMs,
    ...changes,
  });
  const run = (
    minutes: (boolean | undefined)[],
    changes: Partial<AlertSignal> = {},
  ) => {
    let alerts: AlertState[] = [];
    return minutes.map((isBad, minute) => {
      const next = nextAlerts(
        alerts,
        [signal(isBad, changes)],
        minute * minuteMs,
        () => 'a',
      );
      alerts = next.alerts;
      return next.changes.map(change => change.to).join() || '-';
    });
  };

  it('fire at once and end after their quiet time', () => {
    expect(
      run([true, false, false, true, false, false, false, false, false, false]),
    ).toEqual(['firing', '-', '-', '-', '-', '-', '-', '-', '-', 'resolved']);
  });

  it('wait for as long as they are asked to, and forget what passed by', () => {
    expect(
      run([true, true, false, true, true, true], {
        alertAfterMs: 2 * minuteMs,
      }),
    ).toEqual(['-', '-', '-', '-', '-', 'firing']);
  });

  it('neither begin nor end while nothing can be told', () => {
    expect(
      run([
        true,
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        false,
      ]),
    ).toEqual(['firing', '-', '-', '-', '-', '-', '-', '-']);
  });

  it('of one severity are one, and end when nothing looks at them any more', () => {
    const both = nextAlerts(
      [],
      [signal(false), signal(true, { longMs: 6 * hourMs })],
      0,
      () => 'a',
    );
    expect(both.alerts.map(one => one.longMs)).toEqual([6 * hourMs]);
    expect(
      nextAlerts(both.alerts, [], minuteMs, () => 'b').changes.map(one => [
        one.alert.alertId,
        one.to,
      ]),
    ).toEqual([['a', 'resolved']]);
  });
});

describe('what is measured, exported as OpenSLO', () => {
  const prom = (query: string) =>
    `{ metricSource: { metricSourceRef: prod, type: Prometheus, spec: { query: '${query}' } } }`;
  const slo = (
    name: string,
    indicator: string,
    more: string,
  ) => `apiVersion: openslo/v1
kind: SLO
metadata: { name: ${name}, displayName: The ${name} }
spec:
  description: Why it matters.
  service: api
${indicator}${more}`;
  const rolling = '  timeWindow: [{ duration: 28d, isRolling: true }]\n';
  const documents = [
    slo(
      'raw',
      `  indicator: { spec: { ratioMetric: { rawType: failure, raw: ${prom(
        'errors:ratio',
      )} } } }\n`,
      `${rolling}  budgetingMethod: Occurrences\n  objectives: [{ target: 0.99 }]\n`,
    ),
    slo(
      'bad',
      `  indicator: { spec: { ratioMetric: { counter: true, bad: ${prom(
        'errors_total',
      )}, total: ${prom('all_total')} } } }\n`,
      `  timeWindow: [{ duration: 1M, calendar: { startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin } }]\n  budgetingMethod: RatioTimeslices\n  objectives: [{ targetPercent: 99.9, timeSliceWindow: 5 }]\n`,
    ),
    slo(
      'level',
      `  indicator: { spec: { thresholdMetric: ${prom('queue_depth')} } }\n`,
      `${rolling}  budgetingMethod: Timeslices\n  objectives:\n    - { displayName: Short, op: lte, value: 5, target: 0.9, timeSliceWindow: 1h, timeSliceTarget: 0.8 }\n`,
    ),
    slo(
      'own',
      `  indicator: { spec: { thresholdMetric: { metricSource: { type: ai-assurance, spec: { metric: http.server.request.duration, quantile: 0.95 } } } } }\n`,
      `${rolling}  budgetingMethod: Occurrences\n  objectives: [{ op: lt, value: 150, target: 0.9 }]\n  alertPolicies:\n    - kind: AlertPolicy\n      metadata: { name: p }\n      spec:\n        alertWhenBreaching: true\n        conditions: [{ kind: AlertCondition, metadata: { name: c }, spec: { severity: page, condition: { kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h } } }]\n        notificationTargets: [{ kind: AlertNotificationTarget, metadata: { name: t }, spec: { target: 'group:default/on-call' } }]\n`,
    ),
    slo(
      'parts',
      '',
      `${rolling}  budgetingMethod: Occurrences\n  objectives:\n    - { displayName: One, target: 0.9, compositeWeight: 3, indicator: { spec: { ratioMetric: { counter: true, good: ${prom(
        'a',
      )}, total: ${prom(
        'b',
      )} } } } }\n    - { displayName: Two, target: 0.8, indicator: { spec: { ratioMetric: { raw: ${prom(
        'r',
      )}, rawType: success } } } }\n`,
    ),
  ];

  it('is the same when it is read again, for every way to measure', () => {
    const first = parseOpenSlo(documents.join('---\n'), 'o.yaml', ['prod']);
    expect(first.problems).toEqual([]);
    expect(
      first.definitions.map(one => one.objectives.map(o => o.description)),
    ).toEqual([
      [
        'The raw: at least 99 % of events are good, each minute counting the same, over 28 days',
      ],
      [
        'The bad: at least 99.9 % of events are good, every 5 minutes counting the same, in each calendar month of Europe/Berlin',
      ],
      [
        'Short: in at least 90 % of time slices of 1 hour at least 80 % of minutes have a value at most 5, over 28 days',
      ],
      [
        'The own: at least 90 % of minutes have the 95th percentile of http.server.request.duration below 150 ms, over 28 days',
      ],
      [
        'One: at least 90 % of events are good, over 28 days',
        'Two: at least 80 % of events are good, each minute counting the same, over 28 days',
        'All 2 objectives by their weights: at least 87.5 %, over 28 days',
      ],
    ]);
    const text = exportOpenSlo(first.definitions)
      .map(document => stringify(document))
      .join('---\n');
    const again = parseOpenSlo(text, 'o.yaml', ['prod']);
    expect(again.problems).toEqual([]);
    expect(again.definitions).toEqual(first.definitions);
    expect(again.lost).toEqual([]);
  });

  it('says what was lost on the way', () => {
    const { lost } = parseOpenSlo(
      `${documents[0].replace(
        'displayName: The raw',
        'displayName: The raw, labels: { team: a }',
      )}---
apiVersion: openslo/v1
kind: DataSource
metadata: { name: prod }
spec: { type: Prometheus, connectionDetails: { url: 'http://x', accessKey: secret } }
---
apiVersion: openslo/v1
kind: Service
metadata: { name: api }
---
apiVersion: openslo/v1
kind: SLI
metadata: { name: unused }
spec: { thresholdMetric: ${prom('x')} }
`,
      'o.yaml',
      ['prod'],
    );
    expect(lost).toEqual([
      { at: 'SLO/raw: metadata.labels', lost: 'are not kept' },
      {
        at: 'DataSource/prod: spec.connectionDetails',
        lost: 'are neither read nor kept: where engines are and how to reach them is said by aiAssurance.slo.engines',
      },
      {
        at: 'Service/api: spec',
        lost: 'services are entities of the catalog; SLOs keep the name alone',
      },
      { at: 'SLI/unused: spec', lost: 'no SLO measures it' },
    ]);
  });

  it.each([
    [
      'an engine that the config does not have',
      documents[0],
      [],
      'prod is not the name of a metrics engine in aiAssurance.slo.engines; there is none',
    ],
    [
      'no PromQL',
      documents[0].replace('errors:ratio', 'errors ratio'),
      ['prod'],
      'query: is no PromQL at line 1, column 8',
    ],
    [
      'slices that do not divide a day',
      documents[1].replace('timeSliceWindow: 5', 'timeSliceWindow: 7m'),
      ['prod'],
      'timeSliceWindow: 7 minutes do not divide a day; use for example 1m, 5m, 15m, 1h or 1d',
    ],
    [
      'a distribution without quantile',
      documents[3].replace(', quantile: 0.95', ''),
      [],
      'needs a quantile, for example 0.95: http.server.request.duration is a distribution',
    ],
  ])('refuses %s by field', (_, text, engines, why) => {
    const { definitions, problems } = parseOpenSlo(text, 'o.yaml', engines);
    expect(definitions).toEqual([]);
    expect(problems.map(problem => problem.endsWith(why))).toEqual([true]);
  });
});

describe('the metrics engines of the example documents', () => {
  const prometheus = readFileSync(
    resolve(__dirname, '__fixtures__/prometheus.yaml'),
    'utf8',
  );

  it('are measured when the config names the engine, with every kind of document by reference', () => {
    const { definitions, problems } = parseOpenSlo(prometheus, 'p.yaml', [
      'metrics',
    ]);
    expect(problems).toEqual([]);
    expect(definitions[0].objectives[0].indicator!.counter).toEqual({
      kind: 'engine-events',
      engine: 'metrics',
      part: 'good',
      partQuery: 'sum(http_requests_total{component="web",code=~"2xx|4xx"})',
      totalQuery: 'sum(http_requests_total{component="web"})',
      isCounter: true,
    });
    expect(definitions[0].alertRules).toEqual([
      {
        policyName: 'fast-burn',
        severity: 'page',
        op: 'gte',
        threshold: 14.4,
        lookbackMs: hourMs,
        alertAfterMs: 5 * minuteMs,
        notifyResolved: false,
        targets: ['group:default/on-call'],
      },
    ]);
  });
});

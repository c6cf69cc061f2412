import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabases, seededChance } from '@ai-assurance/test-kit';
import { stringify } from 'yaml';
import {
  minuteMs,
  openTestSlo,
  sloDocument,
  startMs,
  subject,
} from './__testUtils__/openTestSlo';
import { promDuration, ruleNames, exportRules } from './core/rules';
import { parseOpenSlo } from './core/openSlo';
import { loadBurnWindows } from './loadBurnWindows';

// Prometheus' own tool judges the same counters by the rules that are exported, and has to come to the same burn rates,
// budgets and alerts as the engine of the suite, which saw what was counted minute by minute.

jest.setTimeout(240_000);

const promtool = process.env.AI_ASSURANCE_TEST_PROMTOOL;
if (!promtool)
  throw new Error(
    'This test asks promtool: set AI_ASSURANCE_TEST_PROMTOOL to its binary, or run npm test, which fetches it',
  );
const check = (folder: string, ...args: string[]) =>
  execFileSync(promtool, args, { cwd: folder, encoding: 'utf8' });

const lengthMinutes = 360;
/** Minutes in which the process did not run: nothing is scraped, and its counters begin at nothing afterwards. */
const isDown = (minute: number) =>
  (minute >= 120 && minute < 130) || (minute >= 250 && minute < 253);

/** What happened in each minute, by an unfair die: calm, an outage, few requests, calm again. */
function minutesOf(seed: number): { good: number; bad: number }[] {
  const chance = seededChance(String(seed));
  const die = () => chance.bytes(1)[0] / 256;
  return Array.from({ length: lengthMinutes }, (_, minute) => {
    if (isDown(minute)) return { good: 0, bad: 0 };
    const isOutage =
      (minute >= 60 && minute < 85) || (minute >= 200 && minute < 215);
    const isQuiet = minute >= 280;
    const total = isQuiet
      ? Math.floor(die() * 2)
      : 50 + Math.floor(die() * 100);
    const bad = Math.floor(
      total * (isOutage ? 0.3 + die() * 0.4 : die() * 0.02),
    );
    return { good: total - bad, bad };
  });
}

/** Counters as they are scraped at the end of each minute, from before the first: a text for promtool. */
function seriesOf(values: number[]): string {
  let sum = 0;
  const samples = ['0'];
  values.forEach((value, minute) => {
    if (isDown(minute)) {
      // The last scrape before it runs again finds it just started.
      sum = 0;
      samples.push(isDown(minute + 1) ? '_' : '0');
      return;
    }
    sum += value;
    samples.push(String(sum));
  });
  return samples.join(' ');
}

/** As PromQL rounds. */
const rounded = (value: number) => Math.floor(value * 1e6 + 0.5) / 1e6;

const engineDocument = sloDocument(text =>
  text
    .replace(/type: ai-assurance/g, 'type: Prometheus')
    .replace(
      'spec: { metric: http.server.request.duration, thresholdMs: 150 }',
      'spec: { query: good_total }',
    )
    .replace(
      'spec: { metric: http.server.request.duration }',
      'spec: { query: all_total }',
    )
    .replace('ratioMetric:', 'ratioMetric:\n        counter: true'),
);

describe('promtool and the engine of the suite', () => {
  const databases = createTestDatabases();
  const [[id]] = databases.eachSupportedId();

  it.each([1, 2])(
    'come to the same burn rates, budgets and alerts, over resets, gaps and low traffic (%p)',
    async seed => {
      const minutes = minutesOf(seed);
      const { definitions, problems } = parseOpenSlo(engineDocument, 'o.yaml', [
        'prod',
      ]);
      expect(problems).toEqual([]);
      const { groups, lost } = exportRules(
        subject,
        definitions,
        await loadBurnWindows(),
        () => minuteMs,
      );
      expect(lost).toEqual([]);

      const test = await openTestSlo(await databases.init(id));
      minutes.forEach(({ good, bad }, minute) => {
        if (good + bad > 0) test.count(startMs + minute * minuteMs, good, bad);
      });
      const labels = { subject, slo: 'latency', objective: 'fast' };
      const expressions: object[] = [];
      const alerts: object[] = [];
      let firingCount = 0;
      for (let minute = 30; minute <= lengthMinutes; minute += 5) {
        await test.evaluateAt(startMs + minute * minuteMs);
        const [one] = await test.room.answers.objectives(subject);
        const sample = (name: string, more: object, value: number | null) => ({
          expr: `round(${name}{${Object.entries(more)
            .map(([label, text]) => `${label}="${text}"`)
            .join(', ')}}, 0.000001)`,
          eval_time: `${minute}m`,
          exp_samples:
            value === null
              ? []
              : [
                  {
                    labels: JSON.stringify({ ...labels, ...more })
                      .slice(1, -1)
                      .replace(/"([a-z]+)":/g, '$1='),
                    value: rounded(value),
                  },
                ],
        });
        const braced = (given: ReturnType<typeof sample>) => ({
          ...given,
          exp_samples: given.exp_samples.map(expected => ({
            ...expected,
            labels: `{${expected.labels}}`,
          })),
        });
        expressions.push(
          braced(sample(ruleNames.remaining, {}, one.budgetRemainingRatio)),
        );
        for (const rate of one.burnRates) {
          for (const [ms, burn] of [
            [rate.longWindowMs, rate.longBurn],
            [rate.shortWindowMs, rate.shortBurn],
          ] as const)
            expressions.push(
              braced(
                sample(ruleNames.burn, { window: promDuration(ms) }, burn),
              ),
            );
        }
        const firing = one.burnRates.filter(rate => rate.firing);
        firingCount += firing.length;
        // The condition itself: what the engine of the suite says of the very minute, before any hysteresis.
        for (const [index, rate] of one.burnRates.entries()) {
          const rule = groups[0].rules.filter(
            (given: any) => given.alert !== undefined,
          )[index] as { expr: string };
          alerts.push({
            expr: `count(${rule.expr}) > 0`,
            eval_time: `${minute}m`,
            exp_samples: rate.firing ? [{ labels: '{}', value: 1 }] : [],
          });
        }
      }
      expect(firingCount).toBeGreaterThan(3);

      const folder = mkdtempSync(join(tmpdir(), 'ai-assurance-promtool-'));
      try {
        writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }));
        writeFileSync(
          join(folder, 'test.yaml'),
          stringify({
            rule_files: ['rules.yaml'],
            evaluation_interval: '1m',
            tests: [
              {
                interval: '1m',
                input_series: [
                  {
                    series: 'good_total',
                    values: seriesOf(minutes.map(one => one.good)),
                  },
                  {
                    series: 'all_total',
                    values: seriesOf(minutes.map(one => one.good + one.bad)),
                  },
                ],
                promql_expr_test: [...expressions, ...alerts],
              },
            ],
          }),
        );
        expect(check(folder, 'check', 'rules', 'rules.yaml')).toContain(
          'SUCCESS',
        );
        expect(check(folder, 'test', 'rules', 'test.yaml')).toContain(
          'SUCCESS',
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

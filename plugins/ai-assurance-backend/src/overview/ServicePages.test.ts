import { Objective } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { SubjectRecord } from '../cohorts';
import { Moment } from './moment';
import { ServicePageDeps, ServicePages } from './ServicePages';

const nowMs = Date.parse('2026-11-22T13:00:00.000Z');
const minuteMs = 60_000;
const service = 'component:default/digit-api';
const model = 'resource:default/digit-reader';

const burning = (sinceMs: number) =>
  ({
    sloName: 'latency',
    objectiveName: 'p95',
    objectiveRatio: 0.95,
    burnRates: [],
    verdict: { status: 'fail', reason: 'budget-exhausted', facts: {} },
    alerts: [{ cause: 'burn-rate', severity: 'page', sinceMs }],
  } as unknown as Objective);

/** Two subjects burn; one of them is no service. How often was asked what happened before is counted. */
function open() {
  const objectives = [burning(nowMs - 20 * minuteMs)];
  const asked: string[] = [];
  const deps = {
    slo: {
      alerting: async () =>
        new Map([
          [model, objectives],
          [service, objectives],
        ]),
      told: async () => ({ objectives, problems: [] }),
    },
    drift: { monitors: async () => [] },
    subjects: {
      get: async (entityRef: string) => ({
        entityRef,
        kind: entityRef === service ? 'ai-service' : 'ai-model',
        relations: {},
      }),
    },
    telemetry: {
      versionBands: async (subject: string) => {
        asked.push(subject);
        return {
          state: 'ready',
          fromMs: nowMs,
          toMs: nowMs,
          stepMs: minuteMs,
          bands: [],
        };
      },
    },
    ledger: {
      list: async () => [
        {
          evidenceId: '7',
          timeMs: nowMs - 22 * minuteMs,
          item: {
            type: 'io.ai-assurance.deployment.v1',
            data: {
              payload: {
                version: '7',
                environment: 'production',
                outcome: 'succeeded',
              },
            },
          },
        },
      ],
    },
  } as unknown as ServicePageDeps;
  const pages = new ServicePages(deps);
  const record = {
    entityRef: service,
    relations: {},
  } as unknown as SubjectRecord;
  const statusAt = async (atMs: number) =>
    (await pages.status(record, { atMs, asOf: undefined } as Moment)).status;
  return { pages, asked, statusAt };
}

describe('what happened before an alert', () => {
  it('is known already when somebody opens the page of a service, and looked up anew before it is too old', async () => {
    const { pages, asked, statusAt } = open();
    await pages.lookAhead(nowMs, 30_000);
    expect(asked).toEqual([service]);
    const { onset } = await statusAt(nowMs + 1_000);
    expect([onset?.evidenceId, asked.length]).toEqual(['7', 1]);

    await pages.lookAhead(nowMs + minuteMs, 30_000);
    expect(asked.length).toBe(1);
    await pages.lookAhead(nowMs + 4.5 * minuteMs, 30_000);
    expect(asked.length).toBe(2);
    await statusAt(nowMs + 9 * minuteMs);
    expect(asked.length).toBe(2);
  });

  it('is looked up by whoever opens the page first, where nobody looked ahead', async () => {
    const { asked, statusAt } = open();
    const { onset } = await statusAt(nowMs);
    expect([onset?.evidenceId, asked.length]).toEqual(['7', 1]);
  });
});

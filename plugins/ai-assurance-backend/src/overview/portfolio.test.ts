import {
  QueryOf,
  SubjectScore,
  VerdictStatus,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { SubjectRecord } from '../cohorts';
import { Moment } from './moment';
import { Portfolio } from './Portfolio';

const nowMs = Date.parse('2026-11-22T13:00:00.000Z');
const statuses: VerdictStatus[] = ['pass', 'fail', 'inconclusive', 'warn'];

const recordOf = (number: number): SubjectRecord => ({
  entityRef: `component:default/service-${number}`,
  kind: number % 2 ? 'ai-service' : 'edge-model',
  title: `Service ${number}`,
  ownerRef: 'group:default/owners',
  tier: 1,
  riskTier: number % 3 === 0 ? 'high' : undefined,
  annotations: {},
  location: undefined,
  spec: {},
  relations: {},
});

const scoreOf = (record: SubjectRecord, status: VerdictStatus) =>
  ({
    subject: record,
    scorecardId: 'readiness',
    level: null,
    rollUp: { status, measuredCount: 1, inScopeCount: 1, unknownCount: 0 },
    checks: [
      {
        checkId: 'owned',
        question: 'Is it good?',
        level: 'bronze',
        verdict: { status, reason: 'measured', facts: {} },
        sinceMs: nowMs,
        fixHint: 'Make it good.',
        judgedAtMs: nowMs,
      },
    ],
    judgedAtMs: nowMs,
  } as SubjectScore);

function open(count: number) {
  const records = Array.from({ length: count }, (_, i) => recordOf(i));
  let asked = 0;
  const portfolio = new Portfolio({
    subjects: { list: async () => records } as any,
    scorecards: {
      scores: async () => {
        asked += 1;
        // The last one was judged by nothing yet.
        return new Map(
          records
            .slice(0, -1)
            .map((record, i) => [
              record.entityRef,
              scoreOf(record, statuses[i % 4]),
            ]),
        );
      },
    } as any,
    approvals: {
      waiting: async (limit: number) => ({
        releases: new Array(limit).fill({ releaseId: 'rel_1' }),
        count: 45,
      }),
    } as any,
    ledger: { head: async () => undefined } as any,
    telemetry: {
      intake: async () => ({
        lastBatchAtMs: undefined,
        acceptedPoints: 0,
        refusedPoints: 0,
      }),
    } as any,
  });
  const overview = (query: Partial<QueryOf<'getOverview'>> = {}) =>
    portfolio.overview({ limit: 100, ...query }, {
      atMs: nowMs,
      asOf: undefined,
    } as Moment);
  return { overview, asked: () => asked };
}

describe('a portfolio of thousands', () => {
  it('is told in one bounded answer, with counts over all of it, by one question to the scorecards', async () => {
    const { overview, asked } = open(2000);
    const answer = await overview();
    expect(asked()).toBe(1);
    expect(answer.subjects.length).toBe(100);
    expect(answer.subjects[0].rollUp.status).toBe('fail');
    expect([answer.subjectCount, answer.matchingCount]).toEqual([2000, 2000]);
    expect([answer.attention.length, answer.attentionCount]).toEqual([
      100, 1499,
    ]);
    expect([answer.openReleases.length, answer.openReleaseCount]).toEqual([
      20, 45,
    ]);
    expect(answer.matrix.reduce((sum, { count }) => sum + count, 0)).toBe(2000);
    expect(answer.sentence).toBe(
      '1,500 of 2,000 subjects need attention: 500 failing, 501 not known, 499 with a warning.',
    );
    expect(answer.status).toBe('fail');
    expect(JSON.stringify(answer).length).toBeLessThan(100_000);
  });

  it('is told page by page to its end, nothing twice and nothing left out', async () => {
    const { overview } = open(1234);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof overview>> = await overview({
        limit: 500,
        cursor,
      });
      seen.push(...page.subjects.map(({ subject }) => subject.entityRef));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect([seen.length, new Set(seen).size]).toEqual([1234, 1234]);
  });

  it('is searched and filtered by what the server has, not by the page', async () => {
    const { overview } = open(2000);
    const found = await overview({ search: 'SERVICE 1999' });
    expect([
      found.matchingCount,
      found.subjects[0].rollUp.status,
      found.subjectCount,
    ]).toEqual([1, 'inconclusive', 2000]);
    const filtered = await overview({
      verdict: 'warn',
      kind: 'ai-service',
      tier: '-',
    });
    expect(filtered.matchingCount).toBe(
      Array.from({ length: 1999 }, (_, i) => i).filter(
        i => i % 4 === 3 && i % 2 === 1 && i % 3 !== 0,
      ).length,
    );
    expect(filtered.matrix).toEqual((await overview()).matrix);
  });
});

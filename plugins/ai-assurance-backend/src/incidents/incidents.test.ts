import { createTestDatabases } from '@ai-assurance/test-kit';
import { Knex } from 'knex';
import {
  callerOf,
  minuteMs,
  openHouse,
  service,
  startMs,
} from '../tests/__testUtils__/house';
import { createAsOf, instantOf } from '../platform';
import { incidentsOf, IncidentPayload, mayMove } from './core/incident';
import { checkedDayMs, runbookUrls } from './core/runbooks';
import { StoredIncidentAnswers } from './IncidentAnswers';
import { IncidentService } from './IncidentService';
import { IncidentStore } from './IncidentStore';

// A database of its own for each test takes its time on a busy machine.
jest.setTimeout(60_000);

const databases = createTestDatabases();
const ken = callerOf('user:default/ken');
const machine = { ...ken, isUser: false, ref: 'service:external:pager' };

async function openRoom(knex: Knex) {
  const house = await openHouse(knex);
  const answers = new StoredIncidentAnswers(house);
  const deps = { ...house, answers, store: new IncidentStore() };
  return { house, answers, incidents: new IncidentService(deps), deps };
}

const body = {
  subject: service,
  category: 'latency' as const,
  severity: 'major' as const,
  alertIds: [],
  reason: 'Answers take twice as long',
};

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return `${(error as Error).name} ${(error as { code?: string }).code}`;
  }
  return 'accepted';
}

describe('incidents', () => {
  it.each(databases.eachSupportedId())(
    'are opened with their evidence and the word of who opened them, %p',
    async id => {
      const { house, answers, incidents } = await openRoom(
        await databases.init(id),
      );
      const opened = await incidents.open(
        { ...body, occurredAtMs: startMs - minuteMs, causedByVersion: '7' },
        ken,
      );
      expect(opened).toEqual({
        incidentId: opened.incidentId,
        subject: service,
        source: 'ai-assurance',
        isOwn: true,
        summary: 'Answers take twice as long',
        openedBy: 'user:default/ken',
        category: 'latency',
        severity: 'major',
        state: 'open',
        occurredAtMs: startMs - minuteMs,
        detectedAtMs: startMs,
        decidedAtMs: null,
        mitigatedAtMs: null,
        resolvedAtMs: null,
        mitigation: null,
        causedByVersion: '7',
        link: null,
        evidenceId: '0',
        rowVersion: 1,
      });
      expect(await answers.incidents(service)).toEqual([opened]);
      expect(await house.recorded(service)).toEqual([
        'incident',
        'attestation',
      ]);
      expect(await house.queued()).toEqual(['incident.opened']);
      const word = await house.ledgerAnswers.byId('1');
      expect(word!.item.data.payload).toMatchObject({
        statement: 'incident-opened',
        attestedBy: 'user:default/ken',
        basis: 'Answers take twice as long',
      });
    },
  );

  it.each(databases.eachSupportedId())(
    'are moved on, never back, and by one person at a time, %p',
    async id => {
      const { house, incidents } = await openRoom(await databases.init(id));
      const { incidentId } = await incidents.open(body, ken);
      const move = (
        state: 'mitigated' | 'resolved',
        rowVersion: number,
        mitigation?: 'rollback',
      ) =>
        incidents.move(
          incidentId,
          { state, rowVersion, mitigation, reason: 'Rolled back' },
          ken,
        );
      house.clock.advance(minuteMs);
      const mitigated = await move('mitigated', 1, 'rollback');
      expect([
        mitigated.state,
        mitigated.mitigation,
        mitigated.mitigatedAtMs,
        mitigated.rowVersion,
      ]).toEqual(['mitigated', 'rollback', startMs + minuteMs, 2]);
      expect(await codeOf(move('resolved', 1))).toBe(
        'ConflictError STALE_VERSION',
      );
      expect(await codeOf(move('mitigated', 2))).toBe('ConflictError NOT_OPEN');
      house.clock.advance(minuteMs);
      const resolved = await move('resolved', 2);
      expect([
        resolved.state,
        resolved.mitigatedAtMs,
        resolved.resolvedAtMs,
      ]).toEqual(['resolved', startMs + minuteMs, startMs + 2 * minuteMs]);
      expect(await codeOf(move('resolved', 3))).toBe('ConflictError NOT_OPEN');
    },
  );

  it.each(databases.eachSupportedId())(
    'stay in sight and are moved on while they last, however many came after them, %p',
    async id => {
      const { house, answers, incidents } = await openRoom(
        await databases.init(id),
      );
      const first = await incidents.open(
        { ...body, severity: 'critical' },
        ken,
      );
      house.clock.advance(minuteMs);
      const last = await incidents.open({ ...body, severity: 'minor' }, ken);
      house.clock.advance(minuteMs);
      await house.db.transaction(tx =>
        house.ledger.append(
          tx,
          Array.from({ length: 205 }, (_, i) => ({
            type: 'io.ai-assurance.incident.v1' as const,
            source: '/pager',
            id: `statement-${i}`,
            subject: service,
            timeMs: house.clock.nowMs(),
            envelope: {
              sourceSystem: 'pager',
              collector: { id: 'tests', version: '1' },
              collectedAt: instantOf(house.clock.nowMs()),
            },
            payload: payload({ incidentId: `Q${i}`, severity: 'minor' }),
          })),
        ),
      );
      house.clock.advance(3_000);
      const shown = await answers.incidents(service);
      expect([shown.length, shown[0].incidentId]).toEqual([
        50,
        first.incidentId,
      ]);
      const then = await answers.incidents(
        service,
        createAsOf(house.clock.nowMs()),
      );
      expect(then[0].incidentId).toBe(first.incidentId);
      house.clock.advance(minuteMs);
      const move = (incidentId: string) =>
        incidents.move(
          incidentId,
          { state: 'resolved', rowVersion: 1, reason: 'It is over' },
          ken,
        );
      // Neither is among those that are shown afterwards.
      for (const { incidentId } of [first, last]) {
        const moved = await move(incidentId);
        expect([moved.incidentId, moved.state]).toEqual([
          incidentId,
          'resolved',
        ]);
      }
    },
  );

  it.each(databases.eachSupportedId())(
    'are shown as they were known at a moment, %p',
    async id => {
      const { house, answers, incidents } = await openRoom(
        await databases.init(id),
      );
      const { incidentId } = await incidents.open(body, ken);
      house.clock.advance(minuteMs);
      await incidents.move(
        incidentId,
        { state: 'resolved', reason: 'Over', rowVersion: 1 },
        ken,
      );
      const then = (atMs: number) =>
        answers.incidents(service, createAsOf(atMs));
      expect(
        (await then(startMs)).map(({ state, rowVersion }) => [
          state,
          rowVersion,
        ]),
      ).toEqual([['open', null]]);
      expect((await then(startMs + minuteMs))[0].state).toBe('resolved');
      expect(await then(startMs - 1)).toEqual([]);
    },
  );

  it.each(databases.eachSupportedId())(
    'are refused to machines, about strangers, and from the future, %p',
    async id => {
      const { house, incidents } = await openRoom(await databases.init(id));
      expect([
        await codeOf(incidents.open(body, machine)),
        await codeOf(
          incidents.open({ ...body, subject: 'component:default/x' }, ken),
        ),
        await codeOf(
          incidents.open({ ...body, occurredAtMs: startMs + 1 }, ken),
        ),
        await codeOf(
          incidents.move(
            'inc_none',
            { state: 'resolved', reason: 'Over', rowVersion: 1 },
            ken,
          ),
        ),
      ]).toEqual([
        'NotAllowedError NOT_A_PERSON',
        'NotFoundError UNKNOWN_SUBJECT',
        'InputError OCCURRED_IN_FUTURE',
        'NotFoundError UNKNOWN_INCIDENT',
      ]);
      expect(await house.recorded(service)).toEqual([]);
    },
  );

  it.each(databases.eachSupportedId())(
    'leave nothing behind when the ledger refuses, %p',
    async id => {
      const { house, deps } = await openRoom(await databases.init(id));
      const broken = new IncidentService({
        ...deps,
        ledger: {
          async append() {
            throw new Error('The disk is full');
          },
        },
      });
      await expect(broken.open(body, ken)).rejects.toThrow('The disk is full');
      expect(await house.queued()).toEqual([]);
      expect(await house.knex('incident')).toEqual([]);
    },
  );

  it.each(databases.eachSupportedId())(
    'of a pager are shown beside our own, open ones first, %p',
    async id => {
      const { house, answers, incidents } = await openRoom(
        await databases.init(id),
      );
      const { incidentId } = await incidents.open(body, ken);
      await incidents.move(
        incidentId,
        { state: 'resolved', reason: 'Over', rowVersion: 1 },
        ken,
      );
      await house.record(
        'io.ai-assurance.incident.v1',
        service,
        payload({ incidentId: 'Q2', link: 'https://pager.example/Q2' }),
        { sourceSystem: 'pagerduty' },
      );
      house.clock.advance(3_000);
      expect(
        (await answers.incidents(service)).map(one => [
          one.incidentId,
          one.source,
          one.state,
          one.isOwn,
          one.link,
        ]),
      ).toEqual([
        ['Q2', 'pagerduty', 'open', false, 'https://pager.example/Q2'],
        [incidentId, 'ai-assurance', 'resolved', true, null],
      ]);
    },
  );
});

describe('runbooks', () => {
  const url = 'https://runbooks.example/digit-api.md?plain=1';

  it.each(databases.eachSupportedId())(
    'say when somebody last vouched for them, now and then, %p',
    async id => {
      const { house, answers, deps } = await openRoom(await databases.init(id));
      const known = (await house.subjects.get(service))!;
      const record = {
        ...known,
        annotations: {
          'ai-assurance.io/runbook': `${url}, https://runbooks.example/b`,
        },
      };
      const room = new IncidentService({
        ...deps,
        subjects: { ...house.subjects, get: async () => record },
      });
      expect(
        (await answers.runbooks(record)).map(({ checkedAtMs }) => checkedAtMs),
      ).toEqual([null, null]);
      const check = { subject: service, url, reason: 'Every step works' };
      expect(await room.checkRunbook(check, ken)).toEqual({
        url,
        checkedAtMs: startMs,
        checkedBy: 'user:default/ken',
        evidenceId: '0',
      });
      const word = await house.ledgerAnswers.byId('0');
      expect(word!.item.data.payload).toMatchObject({
        statement: 'runbook-checked',
        sourceLink: 'https://runbooks.example/digit-api.md',
      });
      expect(
        (await answers.runbooks(record, createAsOf(startMs - 1)))[0]
          .checkedAtMs,
      ).toBe(null);
      expect(
        await codeOf(
          room.checkRunbook(
            { ...check, url: 'https://elsewhere.example' },
            ken,
          ),
        ),
      ).toBe('NotFoundError UNKNOWN_RUNBOOK');
    },
  );

  it('are the addresses of the annotation, each once', () => {
    expect(
      runbookUrls('https://a.example, https://b.example https://a.example ./c'),
    ).toEqual(['https://a.example', 'https://b.example']);
    expect(runbookUrls(undefined)).toEqual([]);
    expect(
      runbookUrls('./runbooks/a.md https://b.example', 'http://host:7510/x/'),
    ).toEqual(['http://host:7510/x/runbooks/a.md', 'https://b.example']);
    // Nothing but a path below the base follows a dot.
    expect(
      runbookUrls('.//evil.example javascript:alert(1) a.md', 'http://host/'),
    ).toEqual(['http://host//evil.example']);
  });

  it.each([
    ['2026-11-22', Date.UTC(2026, 10, 22)],
    ['last week', undefined],
    ['2026-13-01', undefined],
    [undefined, undefined],
  ])('take %p as checked at %p', (annotation, atMs) => {
    expect(checkedDayMs(annotation)).toBe(atMs);
  });
});

function payload(change: Partial<IncidentPayload> = {}): IncidentPayload {
  return {
    incidentId: 'inc_1',
    category: 'other',
    severity: 'major',
    state: 'open',
    occurredAt: null,
    detectedAt: '2025-11-22T12:00:00.000Z',
    detectedBy: 'other-system',
    decidedAt: null,
    mitigatedAt: null,
    resolvedAt: null,
    mitigation: null,
    causedBy: null,
    isRegression: null,
    affectedCohorts: [],
    alertIds: [],
    link: null,
    ...change,
  };
}

describe('incidents from statements', () => {
  const statement = (
    position: number,
    timeMs: number,
    change: Partial<IncidentPayload>,
    source = '/pager',
  ) => ({
    evidenceId: String(position),
    position,
    timeMs,
    source,
    sourceSystem: 'pager',
    subject: service,
    payload: payload(change),
  });
  const over = {
    state: 'resolved' as const,
    resolvedAt: '2025-11-22T13:00:00Z',
  };

  it('are as the statement made last has them, in whatever order they came', () => {
    const first = statement(1, 100, {});
    const last = statement(2, 200, over);
    for (const items of [
      [first, last],
      [last, first],
    ])
      expect(incidentsOf(items, new Map()).map(({ state }) => state)).toEqual([
        'resolved',
      ]);
    expect(
      incidentsOf(
        [statement(5, 200, over), statement(6, 200, {})],
        new Map(),
      ).map(({ evidenceId }) => evidenceId),
    ).toEqual(['6']);
  });

  it('of two systems stay apart though they share a name', () => {
    expect(
      incidentsOf(
        [statement(1, 1, {}), statement(2, 2, {}, '/other')],
        new Map(),
      ),
    ).toHaveLength(2);
  });

  it('come worst first while they last', () => {
    expect(
      incidentsOf(
        [
          statement(1, 1, { incidentId: 'a', severity: 'minor' }),
          statement(2, 1, { incidentId: 'b', severity: 'critical' }),
          statement(3, 1, { incidentId: 'c', severity: 'critical', ...over }),
        ],
        new Map(),
      ).map(({ incidentId }) => incidentId),
    ).toEqual(['b', 'a', 'c']);
  });

  it.each([
    ['open', 'mitigated', true],
    ['open', 'resolved', true],
    ['mitigated', 'resolved', true],
    ['mitigated', 'mitigated', false],
    ['resolved', 'mitigated', false],
  ] as const)('from %s to %s: %p', (from, to, may) => {
    expect(mayMove(from, to)).toBe(may);
  });
});

import { operations } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { AiAssuranceClient } from './AiAssuranceClient';

const digest = `sha256:${'a'.repeat(64)}`;

function clientAnswering(response: () => Response | Promise<Response>) {
  const calls: Array<{ url: string; method: string; body: unknown }> = [];
  const client = new AiAssuranceClient({
    discoveryApi: {
      getBaseUrl: async pluginId => `http://portal.test/api/${pluginId}`,
    },
    fetchApi: {
      fetch: async (url, init) => {
        const body =
          typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
        calls.push({ url: String(url), method: init?.method ?? 'GET', body });
        return response();
      },
    },
  });
  return { client, calls };
}

const json = (body: unknown, status = 200) =>
  ({
    ok: status < 400,
    status,
    statusText: 'Conflict',
    json: async () => body,
    text: async () => JSON.stringify(body),
    blob: async () => new Blob([JSON.stringify(body)]),
  } as Response);

const subject = 'component:default/digit-api';
const subjectParams = {
  kind: 'component',
  namespace: 'default',
  name: 'digit-api',
};
const propose = {
  modelRef: 'resource:default/digit-reader',
  version: '2',
  digest,
  cohorts: [],
  reason: 'Faster',
};
const vote = {
  vote: 'approve' as const,
  reason: 'Checked',
  digest,
  rowVersion: 3,
};

type Case = [
  keyof typeof operations,
  Record<string, string>,
  string,
  (client: AiAssuranceClient) => Promise<unknown>,
];

const cases: Case[] = [
  ['getOverview', {}, '', c => c.getOverview()],
  ['getSubjectSummary', subjectParams, '', c => c.getSubjectSummary(subject)],
  [
    'getService',
    subjectParams,
    '?rangeMinutes=30',
    c => c.getService(subject, { rangeMinutes: 30 }),
  ],
  [
    'getServiceSignals',
    subjectParams,
    '?rangeMinutes=30',
    c => c.getServiceSignals(subject, { rangeMinutes: 30 }),
  ],
  ['getObjectives', subjectParams, '', c => c.getObjectives(subject)],
  ['exportOpenSlo', subjectParams, '', c => c.exportOpenSlo(subject)],
  ['exportRules', subjectParams, '', c => c.exportRules(subject)],
  ['checkOpenSlo', {}, '', c => c.checkOpenSlo({ text: 'kind: SLO' })],
  [
    'addCorrection',
    {},
    '',
    c =>
      c.addCorrection({
        subject,
        fromMs: 1,
        toMs: 2,
        cause: 'maintenance',
        reason: 'New disks',
      }),
  ],
  [
    'withdrawCorrection',
    { correctionId: 'cor_1' },
    '',
    c => c.withdrawCorrection('cor_1', { reason: 'A mistake' }),
  ],
  [
    'listIncidents',
    {},
    '?subject=component%3Adefault%2Fdigit-api',
    c => c.listIncidents(subject),
  ],
  [
    'openIncident',
    {},
    '',
    c =>
      c.openIncident({
        subject,
        category: 'latency',
        severity: 'major',
        reason: 'It is slow',
      }),
  ],
  [
    'moveIncident',
    { incidentId: 'inc_1' },
    '',
    c =>
      c.moveIncident('inc_1', {
        state: 'resolved',
        reason: 'It is fast',
        rowVersion: 1,
      }),
  ],
  [
    'checkRunbook',
    {},
    '',
    c =>
      c.checkRunbook({ subject, url: 'https://a.example', reason: 'Read it' }),
  ],
  ['getRollback', subjectParams, '', c => c.getRollback(subject)],
  [
    'orderRollback',
    subjectParams,
    '',
    c =>
      c.orderRollback(subject, {
        fromVersion: '7',
        toVersion: '6',
        reason: 'It burns',
        requestId: 'req_1',
      }),
  ],
  ['getModel', subjectParams, '', c => c.getModel(subject)],
  ['getDrift', subjectParams, '', c => c.getDrift(subject)],
  ['getDriftCoverage', {}, '', c => c.getDriftCoverage()],
  ['getEvaluations', subjectParams, '', c => c.getEvaluations(subject)],
  ['listImportFormats', {}, '', c => c.listImportFormats()],
  [
    'importReport',
    { format: 'garak' },
    '?subject=component%3Adefault%2Fdigit-api',
    c => c.importReport('garak', { subject }, new Blob(['{}'])),
  ],
  ['getCohort', subjectParams, '', c => c.getCohort(subject)],
  ['listScorecards', {}, '', c => c.listScorecards()],
  [
    'listReleases',
    {},
    '?state=in-review&limit=10',
    c => c.listReleases({ state: 'in-review', limit: 10 }),
  ],
  ['proposeRelease', {}, '', c => c.proposeRelease(propose)],
  ['getRelease', { releaseId: 'rel_1' }, '', c => c.getRelease('rel_1')],
  [
    'voteOnRelease',
    { releaseId: 'rel_1' },
    '',
    c => c.voteOnRelease('rel_1', vote),
  ],
  [
    'withdrawRelease',
    { releaseId: 'rel_1' },
    '',
    c => c.withdrawRelease('rel_1', { rowVersion: 3 }),
  ],
  [
    'approveReference',
    {},
    '',
    c =>
      c.approveReference({
        subject,
        feature: 'output.confidence',
        fromMs: 1,
        toMs: 2,
        reason: 'Calm',
      }),
  ],
  [
    'listReferences',
    {},
    '?subject=component%3Adefault%2Fdigit-api',
    c => c.listReferences(subject),
  ],
  ['pushEvidence', {}, '', c => c.pushEvidence([])],
  ['listEvidence', {}, '', c => c.listEvidence()],
  ['searchEvidence', {}, '', c => c.listEvidence({ text: 'onnx' })],
  ['getEvidence', { evidenceId: '12' }, '', c => c.getEvidence('12')],
  ['getEvidenceFacets', {}, '', c => c.getEvidenceFacets()],
  [
    'redactEvidence',
    { evidenceId: '12' },
    '',
    c =>
      c.redactEvidence('12', {
        reasonCode: 'personal-data',
        reason: 'A name was in it',
      }),
  ],
  [
    'getProof',
    { evidenceId: '12' },
    '?head=cosigned',
    c => c.getProof('12', { head: 'cosigned' }),
  ],
  ['getHead', {}, '', c => c.getHead()],
  ['listHeads', {}, '?limit=5', c => c.listHeads({ limit: 5 })],
  ['getHeadOfSize', { size: '7' }, '', c => c.getHeadOfSize(7)],
  ['getConsistency', {}, '?from=7', c => c.getConsistency({ from: 7 })],
  ['getLedgerKeys', {}, '', c => c.getLedgerKeys()],
  ['getLedgerStatus', {}, '', c => c.getLedgerStatus()],
  ['checkLedger', {}, '', c => c.checkLedger()],
  [
    'listQuarantine',
    {},
    '?state=waiting',
    c => c.listQuarantine({ state: 'waiting' }),
  ],
  [
    'getQuarantined',
    { quarantineId: 'qua_1' },
    '',
    c => c.getQuarantined('qua_1'),
  ],
  [
    'replayQuarantined',
    { quarantineId: 'qua_1' },
    '',
    c => c.replayQuarantined('qua_1', { rowVersion: 1 }),
  ],
  [
    'replayAllQuarantined',
    {},
    '',
    c => c.replayAllQuarantined({ code: 'UNKNOWN_SUBJECT' }),
  ],
  [
    'discardQuarantined',
    { quarantineId: 'qua_1' },
    '',
    c => c.discardQuarantined('qua_1', { reason: 'A test', rowVersion: 1 }),
  ],
  [
    'listCollectors',
    {},
    '?state=failing',
    c => c.listCollectors({ state: 'failing' }),
  ],
  ['listPacks', {}, '', c => c.listPacks()],
  [
    'createPack',
    {},
    '',
    c => c.createPack({ subject, periodStartMs: 1, periodEndMs: 2 }),
  ],
  ['downloadPack', { packId: 'pack_1' }, '', c => c.downloadPack('pack_1')],
];

describe('the client of the AI Assurance backend', () => {
  it.each(cases)(
    'asks %s where the wire contract says',
    async (name, params, query, call) => {
      const { client, calls } = clientAnswering(() => json({}));
      await call(client);
      const path = operations[name].path.replace(
        /:(\w+)/g,
        (_, param) => params[param],
      );
      expect(calls.map(({ url, method }) => `${method} ${url}`)).toEqual([
        `${operations[name].method.toLocaleUpperCase(
          'en-US',
        )} http://portal.test/api/ai-assurance${path}${query}`,
      ]);
    },
  );

  it('covers every operation of the contract except telemetry and profiles, which no browser pushes', () => {
    const covered = cases.map(([name]) => name as string);
    expect(
      Object.keys(operations).filter(name => !covered.includes(name)),
    ).toEqual(['pushProfile', 'pushMetrics', 'pushLogs']);
  });

  it('asks about the past where the call names a moment, beside its own query', async () => {
    const { client, calls } = clientAnswering(() => json({}));
    const asOf = '2026-11-12T14:00:00Z';
    await client.getOverview({ asOf });
    await client.getService(subject, { rangeMinutes: 30, asOf });
    await client.getHead({ asOf });
    await client.listReleases({ limit: 10 }, { asOf: '' });
    expect(
      calls.map(({ url }) => url.replace('http://portal.test/api', '')),
    ).toEqual([
      '/ai-assurance/overview?asOf=2026-11-12T14%3A00%3A00Z',
      '/ai-assurance/subjects/component/default/digit-api/service?rangeMinutes=30&asOf=2026-11-12T14%3A00%3A00Z',
      '/ai-assurance/ledger/head?asOf=2026-11-12T14%3A00%3A00Z',
      '/ai-assurance/releases?limit=10',
    ]);
  });

  it('writes words that are searched for into no address', async () => {
    const { client, calls } = clientAnswering(() => json({}));
    await client.listEvidence(
      { text: 'jane doe', subject, limit: 20 },
      { asOf: '2026-11-12T14:00:00Z' },
    );
    expect(calls.map(({ url, body }) => [url, body])).toEqual([
      [
        'http://portal.test/api/ai-assurance/evidence/search?asOf=2026-11-12T14%3A00%3A00Z',
        { text: 'jane doe', subject, limit: 20 },
      ],
    ]);
  });

  it('sends a vote with the row version and digest that the reader saw', async () => {
    const { client, calls } = clientAnswering(() => json({}));
    await client.voteOnRelease('rel_1', vote);
    expect(calls[0].body).toEqual(vote);
  });

  it('hands on the sentence and the code of a refusal', async () => {
    const { client } = clientAnswering(() =>
      json(
        {
          error: {
            name: 'ConflictError',
            message: 'Release rel_1 changed meanwhile',
            code: 'STALE_VERSION',
          },
        },
        409,
      ),
    );
    await expect(client.voteOnRelease('rel_1', vote)).rejects.toMatchObject({
      message: 'Release rel_1 changed meanwhile',
      code: 'STALE_VERSION',
      status: 409,
    });
  });

  it('keeps the status when a proxy answers with a page', async () => {
    const { client } = clientAnswering(
      () =>
        ({
          ok: false,
          status: 502,
          statusText: 'Bad Gateway',
          json: async () => JSON.parse('<html>'),
        } as unknown as Response),
    );
    await expect(client.getOverview()).rejects.toMatchObject({
      message: 'The request was answered with 502 Bad Gateway',
      code: 'UNKNOWN',
      status: 502,
    });
  });

  it('says so when no answer came', async () => {
    const { client } = clientAnswering(() => {
      throw new TypeError('fetch failed');
    });
    await expect(client.getOverview()).rejects.toMatchObject({
      code: 'UNREACHABLE',
      status: 0,
    });
  });
});

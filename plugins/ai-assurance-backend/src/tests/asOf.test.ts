import { createTestDatabases } from '@ai-assurance/test-kit';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instantOf } from '../platform';
import {
  cloudModel,
  digestA,
  digestB,
  edgeModel,
  flagship,
  lowEnd,
  minuteMs,
  recordVersion,
  service,
  startMs,
} from './__testUtils__/house';
import {
  hourMs,
  pathOf,
  sloDocument,
  sloUrl,
  subjects,
  tellMinutes,
} from './__testUtils__/history';
import { openPortal, Portal } from './__testUtils__/openPortal';

// A whole history is played on each database.
jest.setTimeout(180_000);

const databases = createTestDatabases();
const ids = databases.eachSupportedId();

/** One entry of a history: what happens, so many minutes after the entry before. */
type Step = [string, number, (portal: Portal, nowMs: number) => Promise<void>];

const propose = (portal: Portal, digest: string, version: string) =>
  portal.post(
    '/releases',
    {
      modelRef: edgeModel,
      version,
      digest,
      cohorts: [flagship],
      reason: 'Smaller and faster',
    },
    'mira',
  );

const releaseOf = async (portal: Portal) =>
  (await portal.get('/releases')).body.releases[0];

const steps: Step[] = [
  ['nothing is known', 0, async () => {}],
  [
    'the first version is evaluated and runs well',
    10,
    async (portal, nowMs) => {
      await recordVersion(portal.house, edgeModel, '1', digestA);
      await recordVersion(portal.house, cloudModel, '1', digestA);
      await tellMinutes(portal, nowMs, 8);
    },
  ],
  [
    'an approver declares normal outputs',
    10,
    async (portal, nowMs) => {
      await tellMinutes(portal, nowMs, 9);
      await portal.post(
        '/references',
        {
          subject: edgeModel,
          feature: 'output.confidence',
          fromMs: nowMs - 9 * minuteMs,
          toMs: nowMs,
          reason: 'A quiet quarter of an hour',
        },
        'ada',
      );
    },
  ],
  [
    'a second version is proposed',
    10,
    async (portal, nowMs) => {
      await recordVersion(portal.house, edgeModel, '2', digestB, 0.87);
      await tellMinutes(portal, nowMs, 6);
      await propose(portal, digestB, '2');
    },
  ],
  [
    'it is approved',
    20,
    async (portal, nowMs) => {
      await tellMinutes(portal, nowMs, 3);
      const { releaseId, digest, rowVersion } = await releaseOf(portal);
      await portal.post(
        `/releases/${releaseId}/votes`,
        {
          vote: 'approve',
          reason: 'All evidence is there',
          digest,
          rowVersion,
        },
        'ada',
      );
    },
  ],
  [
    'the service slows down, the new version crashes, and outputs drift',
    30,
    async (portal, nowMs) => tellMinutes(portal, nowMs, 12, true),
  ],
  [
    'somebody exports the evidence, and proposes the first version again',
    10,
    async portal => {
      await portal.post(
        '/audit/packs',
        {
          subject: edgeModel,
          periodStartMs: startMs - hourMs,
          periodEndMs: startMs + hourMs,
        },
        'iris',
      );
      await propose(portal, digestA, '1');
    },
  ],
  [
    'the objectives change, and a document is broken; nothing reports any more',
    40,
    async portal => {
      portal.files[sloUrl] = `${sloDocument(
        '{ displayName: Fast, target: 0.9 }',
        '{ displayName: Faster, target: 0.99 }',
      )}---
apiVersion: openslo/v1
kind: Nonsense
`;
      const { releaseId, rowVersion } = await releaseOf(portal);
      await portal.post(
        `/releases/${releaseId}/withdraw`,
        { rowVersion },
        'mira',
      );
    },
  ],
  ['half a day passes', 12 * 60, async () => {}],
  [
    'it runs well again, and one objective is gone',
    20,
    async (portal, nowMs) => {
      portal.files[sloUrl] = sloDocument('{ displayName: Fast, target: 0.9 }');
      await tellMinutes(portal, nowMs, 15);
    },
  ],
];

/** Every page and list that the history shows in. */
const questions: [string, object][] = [
  ['/overview', {}],
  ...[service, cloudModel, edgeModel, lowEnd, flagship].map(
    (ref): [string, object] => [pathOf(ref, 'summary'), {}],
  ),
  [pathOf(service, 'service'), {}],
  [pathOf(service, 'service'), { rangeMinutes: 1440 }],
  [pathOf(service, 'service/signals'), {}],
  [pathOf(service, 'service/signals'), { rangeMinutes: 1440 }],
  [pathOf(cloudModel, 'model'), {}],
  [pathOf(edgeModel, 'model'), {}],
  [pathOf(edgeModel, 'model'), { rangeMinutes: 15 }],
  [pathOf(lowEnd, 'cohort'), {}],
  [pathOf(flagship, 'cohort'), {}],
  ['/scorecards', {}],
  ['/releases', {}],
  ['/releases', { state: 'in-review' }],
  ['/releases', { state: 'approved' }],
  ['/releases', { state: 'withdrawn' }],
  ['/references', { subject: edgeModel }],
  ['/evidence', { limit: 200 }],
  ['/evidence', { subject: edgeModel, limit: 5 }],
  ['/evidence/0', {}],
  ['/ledger/head', {}],
  ['/audit/packs', {}],
];

/**
 * What no item records of a judged signal, so that no answer about the past has it. The quality of a signal is evidence of
 * its own, which the explorer shows.
 */
const notKept = new Set(['part', 'quality']);

/**
 * An answer without what is about the reader and the present: whether something may be done, which it never may in the
 * past, and the note about the past itself.
 */
function saying(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(saying);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([name]) =>
          !name.startsWith('may') && name !== 'asOf' && !notKept.has(name),
      )
      .map(([name, member]) => [name, saying(member)]),
  );
}

const ask = async (
  portal: Portal,
  [path, query]: [string, object],
  at = {},
) => {
  const { status, body, text } = await portal.get(path, { ...query, ...at });
  // What is not there is told in other words in the past; only that it is not there is compared.
  if (status === 404) return { status };
  return { status, said: saying(Object.keys(body).length > 0 ? body : text) };
};

describe('a history, asked for afterwards', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-as-of-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(ids)(
    'every answer as of a moment is the answer that was given at that moment, %p',
    async id => {
      const portal = await openPortal(await databases.init(id), {
        entities: subjects(),
        config: { audit: { directory: join(directory, id) } },
        files: { [sloUrl]: sloDocument('{ displayName: Fast, target: 0.95 }') },
      });
      const { clock } = portal.house;
      const moments: { name: string; atMs: number; answers: unknown[] }[] = [];
      for (const [name, minutes, happen] of steps) {
        clock.advance(minutes * minuteMs);
        const atMs = clock.nowMs();
        await happen(portal, atMs);
        await portal.tick();
        const answers = [];
        for (const question of questions)
          answers.push(await ask(portal, question));
        moments.push({ name, atMs, answers });
      }
      clock.advance(24 * hourMs);
      await tellMinutes(portal, clock.nowMs(), 2);
      await portal.tick();

      for (const { name, atMs, answers } of moments) {
        const asOf = instantOf(atMs);
        for (const [i, question] of questions.entries()) {
          expect([
            name,
            ...question,
            await ask(portal, question, { asOf }),
          ]).toEqual([name, ...question, answers[i]]);
        }
      }
    },
  );
});

import { createTestDatabases } from '@ai-assurance/test-kit';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instantOf } from '../platform';
import {
  cloudModel,
  digestA,
  digestB,
  edgeModel,
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
import { openPortal } from './__testUtils__/openPortal';

// Databases are made and migrated in the test itself.
jest.setTimeout(180_000);

const databases = createTestDatabases();
const ids = databases.eachSupportedId();

describe('what can be known of the past', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-as-of-limits-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  const open = async (id: (typeof ids)[number][0]) =>
    openPortal(await databases.init(id), {
      entities: subjects(),
      config: { audit: { directory: join(directory, `${id}-other`) } },
      files: { [sloUrl]: sloDocument('{ displayName: Fast, target: 0.95 }') },
    });
  const at = (atMs: number) => ({ asOf: instantOf(atMs) });

  it.each(ids)(
    'before the first record nothing is known, and nobody pretends otherwise, %p',
    async id => {
      const portal = await open(id);
      portal.house.clock.advance(hourMs);
      await portal.tick();
      const before = at(startMs);
      const overview = (await portal.get('/overview', before)).body;
      expect(overview.sentence).toBe(
        '5 of 5 subjects need attention: 5 not known.',
      );
      expect(overview.ledger).toEqual({
        size: 0,
        rootHash: '',
        headAtMs: null,
      });
      const { body } = await portal.get(pathOf(service, 'service'), before);
      const { body: signals } = await portal.get(
        pathOf(service, 'service/signals'),
        before,
      );
      expect([
        body.objectives,
        signals.score,
        signals.mayApproveReference,
      ]).toEqual([
        [],
        null,
        {
          allowed: false,
          reason:
            'This is what was known then. Go back to now to do something.',
        },
      ]);
      expect((await portal.get('/evidence', before)).body.items).toEqual([]);
      expect((await portal.get('/evidence/0', before)).status).toBe(404);
      expect((await portal.get('/ledger/head', before)).body.error.code).toBe(
        'LEDGER_EMPTY',
      );
    },
  );

  it.each(ids)(
    'between two records the last one counts, and once it has expired it is stale, whatever it said, %p',
    async id => {
      const portal = await open(id);
      const { clock } = portal.house;
      const recordedMs = startMs + 20 * minuteMs;
      clock.set(recordedMs);
      await recordVersion(portal.house, cloudModel, '1', digestA);
      await tellMinutes(portal, recordedMs, 10);
      await portal.tick();
      // From here on nobody judges anything: the evaluators are down.
      clock.advance(24 * hourMs);

      const verdictAt = async (atMs: number) => {
        const { body } = await portal.get(pathOf(service, 'service'), at(atMs));
        const { status, reason } = body.objectives[0].verdict;
        const { body: signals } = await portal.get(
          pathOf(service, 'service/signals'),
          at(atMs),
        );
        const check = signals.score.checks.find(
          ({ checkId }: { checkId: string }) =>
            checkId === 'latency-objective-met',
        );
        return [status, reason, check.verdict.status, check.sinceMs];
      };
      expect(await verdictAt(recordedMs + 4 * minuteMs)).toEqual([
        'pass',
        'within-budget',
        'pass',
        recordedMs,
      ]);
      expect(await verdictAt(recordedMs + 15 * minuteMs - 1)).toEqual([
        'pass',
        'within-budget',
        'pass',
        recordedMs,
      ]);
      expect(await verdictAt(recordedMs + 15 * minuteMs)).toEqual([
        'inconclusive',
        'stale',
        'inconclusive',
        recordedMs + 15 * minuteMs,
      ]);
    },
  );

  it.each(ids)(
    'a proof of then is a proof under the head that was signed then, %p',
    async id => {
      const portal = await open(id);
      const { clock } = portal.house;
      await recordVersion(portal.house, cloudModel, '1', digestA);
      const firstMs = clock.nowMs();
      clock.advance(hourMs);
      await recordVersion(portal.house, cloudModel, '2', digestB);
      const head = (await portal.get('/ledger/head', at(firstMs))).text;
      expect(head.split('\n')[1]).toBe('2');
      const { body } = await portal.get('/evidence/1', at(firstMs));
      expect(body.proof.endsWith(`\n${head}`)).toBe(true);
      expect((await portal.get('/evidence/2', at(firstMs))).status).toBe(404);
      expect((await portal.get('/evidence/2')).status).toBe(200);
    },
  );

  it.each(ids)(
    'verdicts under rules that changed since are shown as they were recorded, and the answer says so, %p',
    async id => {
      const knex = await databases.init(id);
      const options = {
        entities: subjects(),
        config: { audit: { directory: join(directory, `${id}-rules`) } },
        files: {},
      };
      const rules = (question: string) => {
        const file = join(directory, `${id}.yaml`);
        writeFileSync(
          file,
          `apiVersion: ai-assurance.io/v1
kind: Scorecard
metadata: { name: small, title: Small }
spec:
  levels: [bronze]
  checks:
    - id: has-artifact
      question: ${question}
      level: bronze
      weight: 1
      owner: group:default/model-risk
      fixHint: Push the artifact.
      appliesTo: [{ kinds: [ai-model] }]
      evidence: { kind: io.ai-assurance.artifact.v1, aggregate: latest }
      require: { value: payload.sizeBytes, atLeast: 1, unit: byte }
      fresh: { days: 90 }
`,
        );
        return { ...options.config, scorecards: { files: [file] } };
      };
      const before = await openPortal(knex, {
        ...options,
        config: rules('Is there an artifact at all?'),
      });
      await recordVersion(before.house, cloudModel, '1', digestA);
      await before.tick();
      const thenMs = before.house.clock.nowMs();
      const said = (await before.get(pathOf(cloudModel, 'model'))).body.score;
      expect(said.checks[0].verdict).toEqual({
        status: 'pass',
        reason: 'within-bound',
        facts: {
          evidenceId: '0',
          value: 1000,
          bound: 1,
          comparator: 'at-least',
          unit: 'byte',
        },
      });

      const after = await openPortal(knex, {
        ...options,
        config: rules('Is there an artifact that one can load?'),
      });
      after.house.clock.advance(hourMs);
      await after.tick();
      const { score, asOf } = (
        await after.get(pathOf(cloudModel, 'model'), at(thenMs))
      ).body;
      expect(score.level).toBe('bronze');
      expect(score.checks).toEqual([
        {
          ...said.checks[0],
          question: 'Is there an artifact that one can load?',
          verdict: {
            status: 'pass',
            reason: 'within-bound',
            facts: { evidenceId: '0' },
          },
        },
      ]);
      expect(asOf.limits.map(({ code }: { code: string }) => code)).toEqual([
        'catalog-of-today',
        'telemetry-late-points',
        'scorecard-rules',
      ]);
    },
  );

  it.each(ids)(
    'what was redacted since is told as far as something else recorded it, and the answer says so, %p',
    async id => {
      const portal = await open(id);
      const { clock, ledgerAnswers, ledgerRoom } = portal.house;
      const thenMs = startMs + 20 * minuteMs;
      clock.set(thenMs);
      await recordVersion(portal.house, cloudModel, '1', digestA);
      await tellMinutes(portal, thenMs, 10);
      await portal.tick();
      const before = (await portal.get(pathOf(cloudModel, 'model'))).body;
      clock.advance(hourMs);
      const erased = [
        ...(await ledgerAnswers.list({
          subject: cloudModel,
          type: 'io.ai-assurance.evaluation.v1',
          limit: 10,
        })),
        ...(await ledgerAnswers.list({
          subject: service,
          type: 'io.ai-assurance.slo-status.v1',
          limit: 10,
        })),
      ];
      for (const { evidenceId } of erased)
        await ledgerRoom.redaction.service.request(
          evidenceId,
          { reasonCode: 'confidential', reason: 'Asked for by the owner' },
          { ref: 'user:default/root', isUser: true },
        );

      const { score, versions, asOf } = (
        await portal.get(pathOf(cloudModel, 'model'), at(thenMs))
      ).body;
      expect([score.level, score.rollUp]).toEqual([
        before.score.level,
        before.score.rollUp,
      ]);
      expect(score.checks[0]).toEqual({
        ...before.score.checks[0],
        verdict: {
          status: 'pass',
          reason: 'within-bound',
          facts: { evidenceId: erased[0].evidenceId },
        },
      });
      expect(versions[0].accuracy).toBe(undefined);
      expect(asOf.limits.map(({ code }: { code: string }) => code)).toContain(
        'redacted-since',
      );

      const { objectives, sentence } = (
        await portal.get(pathOf(service, 'service'), at(thenMs))
      ).body;
      expect(
        objectives.map((o: { objectiveName: string; verdict: object }) => [
          o.objectiveName,
          o.verdict,
        ]),
      ).toEqual([
        ['fast', { status: 'inconclusive', reason: 'suppressed', facts: {} }],
      ]);
      expect(sentence).toBe(
        'Fast is not known (suppressed): no data within 150 ms, objective 95 %.',
      );
    },
  );

  it.each(ids)(
    'a pack is known since its export was recorded, not since it was begun, %p',
    async id => {
      const portal = await open(id);
      const { clock, ids: names } = portal.house;
      await recordVersion(portal.house, cloudModel, '1', digestA);
      clock.advance(hourMs);
      const begunMs = clock.nowMs();
      // The pack is given its name when writing begins, and writing takes five minutes.
      const nextName = names.next;
      names.next = prefix => {
        if (prefix === 'pack') clock.advance(5 * minuteMs);
        return nextName(prefix);
      };
      const { packId, exportedAtMs } = await portal.post(
        '/audit/packs',
        {
          subject: cloudModel,
          periodStartMs: startMs - hourMs,
          periodEndMs: begunMs,
        },
        'iris',
      );
      expect(exportedAtMs).toBe(begunMs);
      const recordedMs = begunMs + 5 * minuteMs;
      const packs = async (atMs: number) =>
        (await portal.get('/audit/packs', at(atMs))).body.packs.map(
          (pack: { packId: string }) => pack.packId,
        );
      const file = async (atMs: number) =>
        (await portal.get(`/audit/packs/${packId}/file`, at(atMs))).status;
      expect([await packs(begunMs), await file(begunMs)]).toEqual([[], 404]);
      expect([await packs(recordedMs), await file(recordedMs)]).toEqual([
        [packId],
        200,
      ]);
    },
  );

  it.each(ids)(
    'a chart of drift reaches back beyond the minutes that are kept, by what was recorded, %p',
    async id => {
      const portal = await open(id);
      const { clock } = portal.house;
      const thenMs = startMs + 20 * minuteMs;
      clock.set(thenMs);
      await tellMinutes(portal, thenMs, 19);
      await portal.post(
        '/references',
        {
          subject: edgeModel,
          feature: 'output.confidence',
          fromMs: thenMs - 19 * minuteMs,
          toMs: thenMs,
          reason: 'A quiet quarter of an hour',
        },
        'ada',
      );
      for (let minute = 0; minute < 12; minute += 1) {
        await portal.tick();
        clock.advance(minuteMs);
        await tellMinutes(portal, clock.nowMs(), 1);
      }
      const shownAt = async () => {
        const { body } = await portal.get(
          pathOf(edgeModel, 'model'),
          at(thenMs + 11 * minuteMs),
        );
        const [{ history }] = body.drift;
        return {
          minutes: history.map(
            ({ atMs }: { atMs: number }) => (atMs - thenMs) / minuteMs,
          ),
          limits: body.asOf.limits.map(({ code }: { code: string }) => code),
        };
      };
      const fresh = await shownAt();
      expect(fresh.minutes).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      expect(fresh.limits).not.toContain('history-thinned');
      clock.advance(8 * 24 * hourMs);
      // Judging again forgets the minutes that are older than a week.
      await portal.tick();
      const later = await shownAt();
      expect(later.minutes).toEqual([0, 5, 10]);
      expect(later.limits).toContain('history-thinned');
    },
  );
});

// A room is measured by itself, and the plugin hands none out.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { SubjectRecord } from '../../plugins/ai-assurance-backend/src/cohorts';
import { createDrift } from '../../plugins/ai-assurance-backend/src/drift';
import { answerOf } from '../../plugins/ai-assurance-backend/src/drift/storedAnswer';
import { createLedger } from '../../plugins/ai-assurance-backend/src/ledger';
import {
  createOutbox,
  insertRows,
  openDatabase,
  readBigint,
  systemChance,
  ulidIds,
} from '../../plugins/ai-assurance-backend/src/platform';
import { createTelemetry } from '../../plugins/ai-assurance-backend/src/telemetry';
import { Segments } from '../../plugins/ai-assurance-backend/src/telemetry/core/levels/segments';
import { mockServices } from '@backstage/backend-test-utils';
import { Knex } from 'knex';
import { newSigningKey } from './ledger';
import { oneTextReader } from './oneTextReader';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const devicesOfWindow = 8;

export const modelRef = (i: number) =>
  `resource:default/model-${String(i).padStart(4, '0')}`;
const cohortRef = (i: number) => `resource:default/phones-${i}`;
const featureOf = (i: number) => `feature.${i}`;

/** Numbers that are the same in every run. */
function stream(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // eslint-disable-line no-bitwise
    return state / 2 ** 32;
  };
}

/** Counts of a bell over so many bins, as chance scatters them; a shifted one by more than half of its deviation. */
export function bellOf(
  random: () => number,
  binCount: number,
  total: number,
  isShifted = false,
): number[] {
  const middle = binCount / 2 + (isShifted ? binCount / 8 : 0);
  const width = binCount / 5;
  const density = (bin: number) =>
    Math.exp(-(((bin + 0.5 - middle) / width) ** 2) / 2);
  let sum = 0;
  for (let bin = 0; bin < binCount; bin += 1) sum += density(bin);
  return Array.from({ length: binCount }, (_, bin) => {
    const expected = (total * density(bin)) / sum;
    const noise = random() + random() + random() + random() - 2;
    return Math.max(0, Math.round(expected + Math.sqrt(3 * expected) * noise));
  });
}

/** The room of drift with telemetry, ledger and outbox, all real, on one database, full of windows and references. */
export async function openDriftRoom(
  knex: Knex,
  of: {
    models: number;
    features: number;
    cohorts: number;
    bins: number;
    startMs: number;
  },
) {
  let nowMs = of.startMs;
  const clock = { nowMs: () => nowMs };
  const db = await openDatabase(
    mockServices.database({ knex, migrations: { skip: false } }),
  );
  const logger = mockServices.rootLogger({ level: 'warn' });
  const config = mockServices.rootConfig({
    data: { aiAssurance: { ledger: { signingKey: newSigningKey() } } },
  });
  const outbox = createOutbox(db, clock);
  const records = Array.from(
    { length: of.models },
    (_, i): SubjectRecord => ({
      entityRef: modelRef(i),
      kind: 'edge-model',
      title: `Model ${i}`,
      ownerRef: 'group:default/vision-team',
      tier: 1,
      riskTier: 'limited',
      annotations: {
        'ai-assurance.io/monitors': `https://example.com/${i}/monitors.yaml`,
      },
      location: 'url:https://example.com/catalog-info.yaml',
      spec: {},
      relations: {},
    }),
  );
  const byRef = new Map(records.map(record => [record.entityRef, record]));
  const subjects = {
    list: async () => records,
    get: async (ref: string) => byRef.get(ref),
    assign: async () => undefined,
  };
  const monitors = Array.from(
    { length: of.features },
    (_, i) =>
      `  - { feature: ${featureOf(
        i,
      )}, cohorts: each, telemetry: { metric: ${featureOf(
        i,
      )} }, range: { minimum: -1, maximum: 2 }, rows: { minimum: 200 } }`,
  ).join('\n');
  const text = `apiVersion: ai-assurance.io/v1alpha1\nkind: DriftMonitors\nmonitors:\n${monitors}\n`;
  const urlReader = oneTextReader(text);
  const telemetry = createTelemetry({
    db,
    clock,
    chance: systemChance,
    logger,
    config,
    subjects,
  });
  const { ledger, answers: ledgerAnswers } = await createLedger({
    db,
    clock,
    chance: systemChance,
    outbox,
    config,
    logger,
  });
  const room = createDrift({
    db,
    clock,
    ids: ulidIds(clock, systemChance),
    outbox,
    ledger,
    ledgerAnswers,
    logger,
    config,
    subjects,
    telemetry: telemetry.answers,
    signals: telemetry.signals,
    urlReader,
  });

  const random = stream(11);
  const boundaries = Array.from(
    { length: of.bins - 1 },
    (_, i) => (i + 1) / of.bins,
  );

  /** Streams with a series for each cohort. */
  const addSeries = async (model: number) => {
    const names = Array.from({ length: of.features }, (_, i) => featureOf(i));
    await db.transaction(async tx => {
      await insertRows(
        tx,
        'telemetry_stream',
        names.map((metric, i) => ({
          stream_id: model * of.features + i + 1,
          subject_ref: modelRef(model),
          metric,
        })),
      );
      await insertRows(
        tx,
        'telemetry_series',
        names.flatMap((_, i) =>
          Array.from({ length: of.cohorts }, (__, cohort) => ({
            series_id: (model * of.features + i) * of.cohorts + cohort + 1,
            stream_id: model * of.features + i + 1,
            kind: 'explicit',
            version: '1.0.0',
            digest: '',
            cohort_ref: cohortRef(cohort),
            outcome: 'ok',
            output_class: '',
            shape: 'a',
            last_start_ms: of.startMs,
          })),
        ),
      );
    });
  };

  /** One reported minute of every cohort of every signal, as the levels keep it. */
  const addMinute = async (model: number, startMs: number) => {
    const rows = Array.from({ length: of.features }, (_, i) => {
      const segments = new Segments();
      for (let cohort = 0; cohort < of.cohorts; cohort += 1) {
        const counts = bellOf(random, of.bins, 1_500, random() < 0.05);
        segments.add((model * of.features + i) * of.cohorts + cohort + 1, {
          kind: 'explicit',
          explicit: {
            boundaries,
            counts,
            count: counts.reduce((a, b) => a + b, 0),
            sum: 750,
          },
          devices: [
            {
              day: Math.floor(startMs / dayMs),
              hashes: Array.from(
                { length: devicesOfWindow },
                (__, device) => device * 5e8 + Math.floor(random() * 4e8),
              ),
            },
          ],
        });
      }
      const nothing = new Uint8Array(0);
      return {
        stream_id: model * of.features + i + 1,
        level: 0,
        start_ms: startMs,
        ...segments.toBytes(),
        headline: nothing,
        total: nothing,
        versions: nothing,
        cohorts: nothing,
      };
    });
    await db.transaction(tx => insertRows(tx, 'telemetry_level', rows));
  };

  /** An approved reference of every signal, with a window of each cohort. */
  const addReferences = async (model: number) => {
    await db.transaction(tx =>
      insertRows(
        tx,
        'drift_reference',
        Array.from({ length: of.features }, (_, i) => {
          const cohortBins: Record<string, number[]> = {};
          const bins = new Array(of.bins).fill(0);
          for (let cohort = 0; cohort < of.cohorts; cohort += 1) {
            const own = bellOf(random, of.bins, 4_000);
            cohortBins[cohortRef(cohort)] = own;
            own.forEach((count, bin) => {
              bins[bin] += count;
            });
          }
          return {
            id: `ref_${model}_${i}`,
            subject: modelRef(model),
            feature: featureOf(i),
            from_ms: of.startMs - dayMs,
            to_ms: of.startMs - dayMs + 60 * minuteMs,
            total_count: bins.reduce((a, b) => a + b, 0),
            boundaries: JSON.stringify(boundaries),
            bins: JSON.stringify(bins),
            cohort_bins: JSON.stringify(cohortBins),
            version: 1,
            origin: 'time-range',
            histogram_digest: `sha256:${'0'.repeat(64)}`,
            approved_by: 'user:default/ada',
            reason: 'A quiet hour',
            approved_at_ms: of.startMs - dayMs,
            expires_at_ms: of.startMs + 90 * dayMs,
          };
        }),
      ),
    );
  };

  return {
    async fill() {
      for (let model = 0; model < of.models; model += 1) {
        await addSeries(model);
        await addMinute(model, of.startMs - 5 * minuteMs);
      }
      if (db.dialect === 'postgres') await knex.raw('ANALYZE');
      // The files of monitors are read now; nothing is compared, since nothing was approved.
      await room.tasks[0].run();
      for (let model = 0; model < of.models; model += 1)
        await addReferences(model);
      if (db.dialect === 'postgres') await knex.raw('ANALYZE');
    },
    async evaluate(atMs: number) {
      nowMs = atMs;
      await room.tasks[0].run();
    },
    async check() {
      const rows: { answer: string }[] = await knex('drift_monitor').select(
        'answer',
      );
      const answers = rows.map(row => answerOf(row.answer));
      const verdicts = answers.flatMap(answer =>
        [answer, ...(answer.cohorts ?? [])].map(
          ({ verdict }) => verdict.status,
        ),
      );
      const head = await ledgerAnswers.head();
      return {
        judgedCount: verdicts.filter(status => status !== 'inconclusive')
          .length,
        passedCount: verdicts.filter(status => status === 'pass').length,
        evidenceCount: head ? readBigint(head.size) : 0,
      };
    },
  };
}

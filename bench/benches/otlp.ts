/**
 * OTLP points per second through the real route, in requests of 1,000 points of all four kinds, protobuf and JSON, on both
 * databases, beside decoding with generated code (or JSON.parse) and folding in memory; and where the time goes.
 */
import { hash } from 'node:crypto';
/* eslint-disable @backstage/no-relative-monorepo-imports -- the steps of the receiver are measured one by one */
import { Folder } from '../../plugins/ai-assurance-backend/src/telemetry/core/fold';
import { decodeJson } from '../../plugins/ai-assurance-backend/src/telemetry/core/otlp/decodeJson';
import { decodeProtobuf } from '../../plugins/ai-assurance-backend/src/telemetry/core/otlp/decodeProtobuf';
import { OtlpRequest } from '../../plugins/ai-assurance-backend/src/telemetry/core/otlp/request';
import { KnownSources } from '../../plugins/ai-assurance-backend/src/telemetry/KnownSources';
import { serve, Served } from '../support/children';
import { BenchDatabase, withDatabases } from '../support/databases';
import { Figure, medianOf, ratioFigure, report } from '../support/figures';
import { load, LoadResult } from '../support/load';
import { cpuSecondsOf } from '../support/cpuSeconds';
import {
  FloorSeries,
  foldGenerated,
  foldJson,
  WireWalk,
} from '../support/otlpFloor';
import {
  OtlpRequests,
  otlpRequests,
  pointsPerRequest,
} from '../support/otlpRequests';
import { prometheusRates } from '../support/prometheusWrite';
import { scaled, scaledSeconds } from '../support/scale';

const runCount = 3;
const connections = 10;
const authorization = 'Bearer mock-service-token';
const contentTypes = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};
type Form = keyof typeof contentTypes;

/** Points per second of a step that is done in this process, for about a second. */
async function rateOf(
  bodies: Buffer[],
  step: (body: Buffer) => void | Promise<void>,
): Promise<number> {
  const repeats = scaled(400);
  const startedAt = performance.now();
  for (let i = 0; i < repeats; i += 1) {
    const done = step(bodies[i % bodies.length]);
    if (done) await done;
  }
  return (repeats * pointsPerRequest * 1000) / (performance.now() - startedAt);
}

/** What the receiver does with a body before anything is written. */
async function foldAsReceived(
  request: OtlpRequest,
  known: KnownSources,
  nowMs: number,
): Promise<void> {
  const placed = await known.place(request, nowMs);
  const folder = new Folder({
    nowMs,
    maxAheadMs: 300_000,
    retentionMs: 86_400_000,
  });
  for (const { otlp, source, device } of placed) {
    folder.source(source, () => otlp.identity(), device);
    otlp.each(folder);
  }
  const { refusals } = folder.finish();
  if (refusals.total > 0) throw new Error(refusals.message(pointsPerRequest));
}

/** Sources as the receiver knows them, without a catalog and without the database of salts. */
const knownSources = () =>
  new KnownSources({
    subjects: {
      assign: async attributes => ({
        subjectRef: attributes['ai_assurance.subject'],
        cohortRef: attributes['ai_assurance.device.class'],
      }),
    },
    salts: {
      deviceHasher: async () => ({
        day: 1,
        hash: device => ({
          day: 1,
          hash: parseInt(hash('sha256', device).slice(0, 8), 16),
        }),
      }),
    },
  });

interface Step {
  name: string;
  form: Form;
  run(body: Buffer): void | Promise<void>;
}

function stepsOf(nowMs: number): Step[] {
  const floors = [new FloorSeries(), new FloorSeries(), new FloorSeries()];
  const walk = new WireWalk(floors[2]);
  const known = knownSources();
  return [
    {
      name: 'generated code and folding in memory',
      form: 'protobuf',
      run: body => foldGenerated(body, floors[0]),
    },
    {
      name: 'JSON.parse and folding in memory',
      form: 'json',
      run: body => foldJson(body, floors[1]),
    },
    {
      name: 'one walk over the wire bytes, nothing checked (limit)',
      form: 'protobuf',
      run: body => walk.fold(body),
    },
    {
      name: 'our decoding and folding alone, protobuf',
      form: 'protobuf',
      run: body => foldAsReceived(decodeProtobuf(body), known, nowMs),
    },
    {
      name: 'our decoding and folding alone, JSON',
      form: 'json',
      run: body => foldAsReceived(decodeJson(body), known, nowMs),
    },
  ];
}

/** Throws unless generated code, JSON and the walk count the same. */
function requireAgreement(requests: OtlpRequests): void {
  const [generated, json, walked] = [1, 2, 3].map(() => new FloorSeries());
  const walk = new WireWalk(walked);
  requests.protobuf.forEach(body => foldGenerated(body, generated));
  requests.json.forEach(body => foldJson(body, json));
  requests.protobuf.forEach(body => walk.fold(body));
  if (
    generated.total() !== json.total() ||
    generated.total() !== walked.total()
  )
    throw new Error('The ways of reading do not count the same');
  process.stderr.write(
    `${requests.protobuf[0].length} bytes as protobuf, ${requests.json[0].length} as JSON; ${generated.byKey.size} series\n`,
  );
}

async function storedPoints(
  plugin: Served,
): Promise<{ points: number; refused: number }> {
  const answer = await fetch(`${plugin.url}/overview`, {
    headers: { authorization },
  });
  if (!answer.ok)
    throw new Error(
      `The overview answered ${answer.status}: ${await answer.text()}`,
    );
  const { telemetry } = await answer.json();
  return {
    points: telemetry.pointsLastHour,
    refused: telemetry.refusedPointsLastHour,
  };
}

const rates = (runs: LoadResult[]) =>
  runs.map(r => (r.answeredCount * pointsPerRequest) / r.seconds);

async function measureRoute(
  database: BenchDatabase,
  form: Form,
  requests: OtlpRequests,
  floor: Step,
): Promise<Figure[]> {
  const place = await database.place();
  const plugin = await serve('pluginServer.ts', place.env);
  try {
    const run = (seconds: number) =>
      load({
        url: `${plugin.url}/otlp/v1/metrics`,
        seconds,
        connections,
        headers: { authorization, 'content-type': contentTypes[form] },
        nextBody: () => requests.next(form),
      });
    const all = [await run(scaledSeconds(5))];
    const runs: LoadResult[] = [];
    const floorRuns: number[] = [];
    const perCore: number[] = [];
    for (let i = 0; i < runCount; i += 1) {
      // By turns, so that a change of the machine's mood meets both.
      floorRuns.push(await rateOf(requests[form], floor.run));
      const cpuBefore = cpuSecondsOf(plugin.pid);
      const result = await run(scaledSeconds(6));
      if (cpuBefore !== undefined)
        perCore.push(
          (result.answeredCount * pointsPerRequest) /
            (cpuSecondsOf(plugin.pid)! - cpuBefore),
        );
      runs.push(result);
      all.push(result);
    }
    const answered =
      all.reduce((sum, r) => sum + r.answeredCount, 0) * pointsPerRequest;
    const stored = await storedPoints(plugin);
    const worked =
      stored.points >= answered &&
      stored.refused === 0 &&
      all.every(r => r.failedCount === 0);
    process.stderr.write(
      `${database.name}, ${form}: answered for ${answered} points, ${
        stored.points
      } stored, ${stored.refused} refused; median ${medianOf(
        runs.map(r => r.p50Ms),
      )} ms, p99 ${medianOf(runs.map(r => r.p99Ms))} ms\n`,
    );
    return [
      ratioFigure({
        name: `${database.name}: points by ${form}, durable, through the route`,
        unit: 'points/s',
        runs: rates(runs),
        floorRuns,
        against: floor.name,
        atLeast: 0.6,
        worked,
      }),
      ...(perCore.length > 0
        ? [
            {
              name: `${database.name}: the same by ${form} for each second of the server's processor time`,
              value: medianOf(perCore),
              unit: 'points/s',
              ratio: null,
              against: null,
              goal: null,
              ok: worked,
            },
          ]
        : []),
    ];
  } finally {
    await plugin.stop();
    await place.remove();
  }
}

/** Says where the time of a request goes, between the walk that checks nothing and the durable answer. */
async function explain(
  figures: Figure[],
  requests: OtlpRequests,
): Promise<void> {
  const usOf = (rate: number) => Math.round((pointsPerRequest * 1e6) / rate);
  const usNamed = (start: string) =>
    usOf(figures.find(({ name }) => name.startsWith(start))!.value);
  for (const form of ['protobuf', 'json'] as Form[]) {
    const hashUs = usOf(
      await rateOf(requests[form], body => {
        hash('sha256', body, 'hex');
      }),
    );
    const foldUs = usNamed(
      `our decoding and folding alone, ${form === 'json' ? 'JSON' : form}`,
    );
    for (const { name, value } of figures) {
      if (!name.includes(`points by ${form}`)) continue;
      const wholeUs = usOf(value);
      process.stderr.write(
        `${name}: ${wholeUs} µs a request; decoding, checking and folding ${foldUs}, digest of the body ${hashUs}, the rest (${
          wholeUs - foldUs - hashUs
        }) is HTTP, rights, windows read, merged and committed, and waiting for a core beside the load generator\n`,
      );
    }
  }
  const generatedUs = usNamed('generated code');
  const ownUs = usNamed('our decoding and folding alone, protobuf');
  process.stderr.write(
    `Between the walk and generated code: the walk takes ${usNamed(
      'one walk',
    )} µs since it knows the bodies, checks no bucket and looks for no cohort, minute, device or refusal; generated code takes ${generatedUs} µs, most of it for objects and texts that are thrown away. Ours takes ${ownUs} µs: it reads where the bytes stand and finds names, attributes and sources by their bytes, but looks at every number before it counts it. What is left of the goal's ${Math.round(
      generatedUs / 0.6,
    )} µs goes to HTTP, the digest that tells repeats, and a commit that all requests waiting for it share.\n`,
  );
}

async function main() {
  const nowMs = Date.now();
  const requests = otlpRequests(20, nowMs);
  requireAgreement(requests);
  const steps = stepsOf(nowMs);
  for (const step of steps) await rateOf(requests[step.form], step.run);
  const stepRuns = steps.map(() => [] as number[]);
  for (let i = 0; i < runCount; i += 1)
    for (const [at, step] of steps.entries())
      stepRuns[at].push(await rateOf(requests[step.form], step.run));
  const [generated, json] = stepRuns.map(medianOf);
  const figures: Figure[] = steps.map((step, at) => ({
    name: step.name,
    value: medianOf(stepRuns[at]),
    unit: 'points/s',
    ratio:
      medianOf(stepRuns[at]) / (step.form === 'protobuf' ? generated : json),
    against: steps[step.form === 'protobuf' ? 0 : 1].name,
    goal: null,
    ok: true,
  }));
  await withDatabases(async database => {
    for (const [form, at] of [
      ['protobuf', 0],
      ['json', 1],
    ] as [Form, number][])
      figures.push(
        ...(await measureRoute(database, form, requests, steps[at])),
      );
  });
  await explain(figures, requests);
  const binary = process.env.AI_ASSURANCE_TEST_PROMETHEUS;
  if (binary) {
    const runs = await prometheusRates(binary, {
      runs: runCount,
      rounds: scaled(100),
      nowMs,
    });
    figures.push({
      name: 'Prometheus by remote-write, samples, on as many cores as it takes',
      value: medianOf(runs.wall),
      unit: 'samples/s',
      ratio: null,
      against: null,
      goal: null,
      ok: true,
    });
    if (runs.perCore.length > 0) {
      const perCore = medianOf(runs.perCore);
      const name = 'Prometheus, for each second of its processor time';
      figures.push({
        name,
        value: perCore,
        unit: 'samples/s',
        ratio: null,
        against: null,
        goal: null,
        ok: true,
      });
      const own = figures.find(figure =>
        figure.name.startsWith('SQLite: the same by protobuf'),
      );
      // On SQLite the store is part of the process, as that of Prometheus is.
      if (own) {
        own.ratio = own.value / perCore;
        own.against = name;
        own.goal = 'at least 1 of it';
        own.ok &&= own.ratio >= 1;
      }
    }
  } else {
    process.stderr.write(
      'AI_ASSURANCE_TEST_PROMETHEUS names no Prometheus: nothing to set beside it\n',
    );
  }
  report(figures);
}

main().then(
  () => process.disconnect?.(),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);

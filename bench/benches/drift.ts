/**
 * Drift: statistics on samples of a million against plain typed arrays and, where it is installed, SciPy in the same run;
 * comparisons of 50-bin histograms a second in memory; and the evaluator itself over windows, references and the ledger in
 * PostgreSQL.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  binSamples,
  chiSquareTest,
  equalWidthEdges,
  Family,
  jensenShannonDistance,
  judgeQuality,
  kolmogorovSmirnov,
  psi,
  quantileEdges,
  sortFloats,
  wasserstein,
} from '../support/drift';
import { figureAgainst, plain } from '../support/driftFloors';
import { Knex } from 'knex';
import { withDatabases } from '../support/databases';
import { bellOf, openDriftRoom } from '../support/driftRoom';
import { boundFigure, Figure, medianOf, report } from '../support/figures';
import { scale, scaled } from '../support/scale';

const sampleCount = scaled(1_000_000);
const binCount = 50;
const runCount = 5;
const figures: Figure[] = [];

/** The same numbers in every run, and in Python: two uniform hashes make something like a bell. */
function samples(seed: number): Float64Array {
  const values = new Float64Array(sampleCount);
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // eslint-disable-line no-bitwise
    return state / 2 ** 32;
  };
  for (let i = 0; i < values.length; i += 1)
    values[i] = next() + next() + next() + next();
  return values;
}

const reference = samples(1);
const current = samples(2);
const seconds = (work: () => void) => {
  const startedAt = performance.now();
  work();
  return (performance.now() - startedAt) / 1000;
};

interface Contest {
  name: string;
  key: string;
  ours: () => number;
  floor?: () => number;
  atMost: number;
}

const contests: Contest[] = [
  {
    name: 'Kolmogorov-Smirnov',
    key: 'ks',
    ours: () =>
      kolmogorovSmirnov(
        sortFloats(Float64Array.from(reference)),
        sortFloats(Float64Array.from(current)),
      ).statistic,
    floor: () => plain.kolmogorovSmirnov(reference, current),
    atMost: 1,
  },
  {
    name: 'Wasserstein-1',
    key: 'wasserstein',
    ours: () =>
      wasserstein(
        sortFloats(Float64Array.from(reference)),
        sortFloats(Float64Array.from(current)),
      ),
    floor: () => plain.wasserstein(reference, current),
    atMost: 1,
  },
  {
    name: 'Jensen-Shannon, into 50 bins',
    key: 'jensenShannon',
    ours: () => jensenShannonDistance(binned()),
    floor: () => plain.jensenShannon(reference, current, binCount),
    atMost: 1,
  },
  {
    name: 'chi-square, into 50 bins',
    key: 'chiSquare',
    ours: () => chiSquareTest(binned()).statistic,
    floor: () => plain.chiSquare(reference, current, binCount),
    atMost: 1,
  },
  {
    name: 'PSI, into 10 deciles',
    key: 'psi',
    ours: () => {
      const edges = quantileEdges(reference, 10);
      return psi(binSamples(reference, edges), binSamples(current, edges), 0);
    },
    atMost: 2,
  },
];

function binned() {
  const edges = equalWidthEdges(reference, current, binCount);
  return {
    reference: binSamples(reference, edges),
    current: binSamples(current, edges),
  };
}

/** Seconds of SciPy for the same statistics of the same samples; `undefined` where Python or SciPy is not there. */
function scipySeconds():
  | (Record<string, { seconds: number; value: number }> & object)
  | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'ai-assurance-bench-'));
  try {
    writeFileSync(join(directory, 'a.f64'), Buffer.from(reference.buffer));
    writeFileSync(join(directory, 'b.f64'), Buffer.from(current.buffer));
    const { status, stdout } = spawnSync(
      process.env.BENCH_PYTHON ?? 'python3',
      [join(__dirname, '../support/drift_scipy.py'), directory],
      { encoding: 'utf8', timeout: 300_000 },
    );
    return status === 0 ? JSON.parse(stdout) : undefined;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function measureSamples(): void {
  const scipy = scipySeconds();
  if (!scipy)
    process.stderr.write('SciPy is not there: compared with plain arrays.\n');
  for (const contest of contests) {
    const runs: number[] = [];
    const floorRuns: number[] = [];
    const value = contest.ours();
    const expected = contest.floor?.();
    for (let i = 0; i < runCount; i += 1) {
      // By turns, so that a change of the machine's mood meets both.
      if (contest.floor) floorRuns.push(seconds(() => contest.floor!()));
      runs.push(seconds(() => contest.ours()));
    }
    const agrees = (other: number) =>
      Math.abs(other - value) <= 1e-9 * Math.abs(value) + 1e-12;
    if (contest.floor)
      figures.push(
        figureAgainst({
          name: `${contest.name}, ${sampleCount} samples each`,
          seconds: medianOf(runs),
          peerSeconds: medianOf(floorRuns),
          against: 'plain typed arrays',
          atMost: 1.1,
          worked: agrees(expected!),
        }),
      );
    const peer = scipy?.[contest.key];
    if (peer)
      figures.push(
        figureAgainst({
          name: `${contest.name}, ${sampleCount} samples each`,
          seconds: medianOf(runs),
          peerSeconds: peer.seconds,
          against: 'SciPy and NumPy',
          atMost: contest.atMost,
          worked: agrees(peer.value),
        }),
      );
  }
}

function measureMemory(): void {
  let state = 7;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // eslint-disable-line no-bitwise
    return state / 2 ** 32;
  };
  const boundaries = Array.from({ length: binCount - 1 }, (_, i) => i / 50);
  const references = Array.from({ length: 50 }, () =>
    bellOf(next, binCount, 20_000),
  );
  const currents = Array.from({ length: 2_000 }, (_, i) =>
    bellOf(next, binCount, 20_000, i % 20 === 0),
  );
  const rules = { minimum: 0, maximum: 1, minimumRows: 200 };
  const said = new Map<string, number>();
  const round = () => {
    const inputs = [];
    for (let feature = 0; feature < 50; feature += 1)
      for (let cohort = 0; cohort < 20; cohort += 1)
        inputs.push({
          reference: {
            boundaries,
            bins: references[feature],
            expiresAtMs: 9e15,
          },
          current: {
            boundaries,
            bins: currents[(feature * 20 + cohort) % currents.length],
          },
          windowStartMs: 0,
          windowEndMs: 1,
          nowMs: 2,
          minimumCount: 200,
        });
    const family = new Family(inputs.length);
    for (const input of inputs) family.add(input);
    family.judge(0.001);
    inputs.forEach(({ reference: r, current: c }, place) => {
      const checks = judgeQuality({
        rules,
        reference: r,
        current: c,
        nullCount: 0,
        outOfRangeCount: 0,
        newestMs: 1,
        nowMs: 2,
      });
      const { status } = family.verdict(place);
      said.set(status, (said.get(status) ?? 0) + 1);
      if (checks.length !== 2) throw new Error('Two checks were asked for');
    });
    return family.comparisonCount;
  };
  for (let i = 0; i < 20; i += 1) round();
  const runs = Array.from({ length: runCount }, () => {
    let count = 0;
    const spent = seconds(() => {
      for (let i = 0; i < 50; i += 1) count += round();
    });
    return count / spent;
  });
  const value = medianOf(runs);
  figures.push({
    name: 'histograms of 50 bins in memory: all statistics, limits and quality',
    value,
    unit: 'comparisons/s',
    ratio: null,
    against: null,
    goal: 'at least 300,000 comparisons/s',
    ok: value >= 300_000 && said.get('pass')! > 10 * said.get('fail')!,
  });
}

const minuteMs = 60_000;
/** The window of every evaluation still holds what was reported before the first. */
const cycleCount = 10;
const roomStartMs = Date.UTC(2026, 10, 22, 12);

async function measureRoom(knex: Knex, name: string): Promise<void> {
  const size = { models: scaled(300), features: 50, cohorts: 20 };
  const room = await openDriftRoom(knex, {
    ...size,
    bins: binCount,
    startMs: roomStartMs,
  });
  await room.fill();
  // The whole of each signal is compared as well.
  const comparisons = size.models * size.features * (size.cohorts + 1);
  const runs: number[] = [];
  for (let minute = 1; minute <= cycleCount; minute += 1) {
    const cpu = process.cpuUsage();
    runs.push(
      await secondsOf(() => room.evaluate(roomStartMs + minute * minuteMs)),
    );
    const { user, system } = process.cpuUsage(cpu);
    process.stderr.write(
      `  evaluation ${minute}: ${runs[minute - 1].toFixed(2)} s, of which ${(
        (user + system) /
        1e6
      ).toFixed(2)} s on a core of this process\n`,
    );
  }
  const checked = await room.check();
  process.stderr.write(`  ${JSON.stringify(checked)}\n`);
  const signals = size.models * size.features;
  const worked =
    checked.judgedCount === comparisons &&
    checked.passedCount > 0.8 * comparisons &&
    // All of both kinds of report, twice: when they were new and when they were renewed.
    checked.evidenceCount >= 4 * signals;
  const [first, ...others] = runs;
  const value = comparisons / medianOf(others);
  figures.push(
    {
      name: `${name}: comparisons of an evaluation, read from windows, judged and stored`,
      value,
      unit: 'comparisons/s',
      ratio: null,
      against: null,
      goal: 'at least 30,000 comparisons/s',
      ok: worked && value >= 30_000,
    },
    boundFigure({
      name: `${name}: slowest of ${others.length} evaluations of ${size.models} models × ${size.features} features × ${size.cohorts} cohorts, renewed evidence included`,
      unit: 's',
      value: Math.max(...others),
      atMost: 10,
      worked,
    }),
    {
      name: `${name}: the first one, which records evidence of every signal`,
      value: first,
      unit: 's',
      ratio: null,
      against: null,
      goal: null,
      ok: worked,
    },
  );
}

async function measureRooms(): Promise<void> {
  await withDatabases(async database => {
    if (database.dialect === 'sqlite') return;
    const place = await database.place();
    const knex = place.open();
    try {
      await measureRoom(knex, database.name);
    } finally {
      await knex.destroy();
      await place.remove();
    }
  });
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

async function main() {
  const part = process.env.BENCH_PART;
  if (part !== 'room') {
    measureSamples();
    measureMemory();
  }
  if (part !== 'memory') await measureRooms();
  if (scale !== 1)
    process.stderr.write(`Scaled by ${scale}: these figures mean nothing.\n`);
  report(figures);
}

main().then(
  () => process.disconnect?.(),
  error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);

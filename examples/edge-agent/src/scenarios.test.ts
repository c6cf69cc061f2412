import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DEFAULT_TRAINING,
  DEVICE_CLASSES,
  DigitReader,
  evaluate,
  CONFIDENCE_EDGES,
  makeModels,
  openRuntime,
  readScenario,
  Runtime,
  Scenario,
  seeded,
} from '@ai-assurance/example-digit-reader';
import { parse } from 'yaml';
import { PROFILES } from './classes';
import { versionFor } from './fleet';

jest.setTimeout(60_000);

const SCENARIOS = join(__dirname, '../scenarios');
const scenarioNamed = (name: string): Scenario =>
  readScenario(parse(readFileSync(join(SCENARIOS, `${name}.yaml`), 'utf8')));

let reader: DigitReader;
let runtime: Runtime;
beforeAll(() => {
  reader = makeModels(DEFAULT_TRAINING, 1_700_000_000_000);
  runtime = openRuntime(PROFILES['low-end'].runtime);
});
afterAll(() => runtime.close());

describe('scenario files', () => {
  it('can all be played and are named after their files', () => {
    const names = readdirSync(SCENARIOS).map(file => file.replace('.yaml', ''));
    expect(names.sort()).toEqual([
      'clean',
      'crash',
      'dim',
      'malformed',
      'new-version',
      'noise',
      'rolled-out',
      'shift',
      'slow',
    ]);
    expect(names.map(name => scenarioNamed(name).name)).toEqual(names);
  });

  it('put version 2 on the canary class first, in groups large enough to be reported', () => {
    const clean = scenarioNamed('clean');
    const counts = DEVICE_CLASSES.map(
      deviceClass =>
        Array.from({ length: 10 }, (_, index) =>
          versionFor(clean, deviceClass, index),
        ).filter(version => version === '2').length,
    );
    expect(counts).toEqual([0, 5, 10]);
  });
});

describe('drift of the confidence histogram', () => {
  const binned = (shares: number[]) => {
    const bins = new Array<number>(CONFIDENCE_EDGES.length + 1).fill(0);
    for (const share of shares)
      bins[CONFIDENCE_EDGES.filter(edge => share > edge).length] += 1;
    return bins;
  };
  // Population stability index; half a count in each bin keeps the logarithm of an empty bin finite.
  const stabilityIndex = (reference: number[], current: number[]) => {
    const share = (bins: number[]) => {
      const total = bins.reduce((sum, count) => sum + count + 0.5, 0);
      return bins.map(count => (count + 0.5) / total);
    };
    const [before, now] = [share(reference), share(current)];
    return before.reduce(
      (sum, value, bin) =>
        sum + (now[bin] - value) * Math.log(now[bin] / value),
      0,
    );
  };
  const confidences = async (name: string, precision: string) => {
    const model = await runtime.load(
      reader.versions.find(version => version.precision === precision)!.bytes,
    );
    const { readings } = await evaluate(
      model,
      reader.heldOut,
      scenarioNamed(name).input,
    );
    await model.release();
    return readings.map(reading => reading.confidence);
  };

  it.each(['float32', 'int8'])(
    'is far beyond 0.25 for %s when the light, the grain or the position changes',
    async precision => {
      const clean = binned(await confidences('clean', precision));
      for (const name of ['dim', 'noise', 'shift']) {
        const index = stabilityIndex(
          clean,
          binned(await confidences(name, precision)),
        );
        expect({ name, index: index > 0.5 }).toEqual({ name, index: true });
      }
    },
  );

  it('stays under 0.05 between two draws of 2,000 clean readings, also across versions', async () => {
    const whole = await confidences('clean', 'float32');
    const small = await confidences('clean', 'int8');
    const next = seeded(5);
    const draw = (shares: number[]) =>
      binned(
        Array.from(
          { length: 2000 },
          () => shares[Math.floor(next() * shares.length)],
        ),
      );
    for (let round = 0; round < 20; round++) {
      expect(stabilityIndex(draw(whole), draw(whole))).toBeLessThan(0.05);
      expect(stabilityIndex(draw(whole), draw(small))).toBeLessThan(0.05);
    }
  });
});

import {
  BRIGHTNESS_EDGES,
  CLASSES,
  CONFIDENCE_EDGES,
  DEFAULT_TRAINING,
  DEVICE_CLASSES,
  DeviceClass,
  digitAt,
  DigitReader,
  LoadedModel,
  makeModels,
  openRuntime,
  Reading,
  readScenario,
  Runtime,
  Scenario,
  seeded,
  transformed,
} from '@ai-assurance/example-digit-reader';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
// The core of a room is judged by itself, and the plugin hands none out.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { Histogram } from '../../../plugins/ai-assurance-backend/src/drift/core/histogram';
import { judgeTogether } from '../../../plugins/ai-assurance-backend/src/drift/core/judgeDrift';
import { DriftInput } from '../../../plugins/ai-assurance-backend/src/drift/core/judgements';

jest.setTimeout(120_000);

const scenarios = join(__dirname, '../scenarios');
const scenarioNamed = (name: string): Scenario =>
  readScenario(parse(readFileSync(join(scenarios, `${name}.yaml`), 'utf8')));

/** Digits that the devices of a class read within a window of the demo, and within a reference of ten minutes. */
const windowCount = 600;
const referenceCount = 1500;
const falseAlarmRatio = 0.001;

let reader: DigitReader;
let runtime: Runtime;
const models = new Map<string, LoadedModel>();
beforeAll(async () => {
  reader = makeModels(DEFAULT_TRAINING, 1_700_000_000_000);
  runtime = openRuntime();
  for (const { version, bytes } of reader.versions)
    models.set(version, await runtime.load(bytes));
});
afterAll(() => runtime.close());

/** What the devices of a class read under a scenario: digits drawn anew, by the versions that the class runs. */
async function readingsOf(
  scenario: Scenario,
  deviceClass: DeviceClass,
  count: number,
  seed: number,
): Promise<Reading[]> {
  const next = seeded(seed);
  const byNewer = Math.round(
    count * scenario.devices.version2Shares[deviceClass],
  );
  const images = Array.from({ length: count }, (_, i) =>
    transformed(
      digitAt(reader.heldOut, Math.floor(next() * reader.heldOut.count)),
      scenario.input,
      seed * 100_000 + i,
    ),
  );
  const capture = { capture: { scale: 1, denoisePasses: 0 } };
  return [
    ...(await models.get('2')!.read(images.slice(0, byNewer), capture)),
    ...(await models.get('1')!.read(images.slice(byNewer), capture)),
  ];
}

const inBins = (boundaries: number[], values: number[]): Histogram => {
  const bins = new Array<number>(boundaries.length + 1).fill(0);
  for (const value of values)
    bins[boundaries.filter(edge => value > edge).length] += 1;
  return { boundaries, bins };
};
const brightnessOf = (readings: Reading[]): Histogram =>
  inBins(
    BRIGHTNESS_EDGES,
    readings.map(({ brightness }) => brightness),
  );
const confidenceOf = (readings: Reading[]): Histogram =>
  inBins(
    CONFIDENCE_EDGES,
    readings.map(({ confidence }) => confidence),
  );
const classOf = (readings: Reading[]): Histogram => ({
  boundaries: [],
  categories: Array.from({ length: CLASSES }, (_, digit) => String(digit)),
  bins: Array.from(
    { length: CLASSES },
    (_, digit) => readings.filter(reading => reading.digit === digit).length,
  ),
});

type ByClass = Record<DeviceClass, Reading[]>;
async function fleet(
  name: string,
  count: number,
  seed: number,
): Promise<ByClass> {
  const read: Partial<ByClass> = {};
  for (const [at, deviceClass] of DEVICE_CLASSES.entries())
    read[deviceClass] = await readingsOf(
      scenarioNamed(name),
      deviceClass,
      count,
      seed * 10 + at,
    );
  return read as ByClass;
}

/** As the demo declares its monitors: brightness and confidence as a whole and of each class, and the digits read; one family. */
function verdictsOf(reference: ByClass, current: ByClass) {
  const all = (read: ByClass) => DEVICE_CLASSES.flatMap(name => read[name]);
  const input = (
    of: (readings: Reading[]) => Histogram,
    then: Reading[],
    now: Reading[],
    statistic: DriftInput['statistic'],
  ): DriftInput => ({
    reference: { ...of(then), expiresAtMs: 2 },
    current: of(now),
    windowStartMs: 0,
    windowEndMs: 1,
    nowMs: 1,
    minimumCount: 200,
    statistic,
  });
  const judged = judgeTogether(
    [
      ...[confidenceOf, brightnessOf].flatMap(of => [
        input(of, all(reference), all(current), 'psi'),
        ...DEVICE_CLASSES.map(name =>
          input(of, reference[name], current[name], 'psi'),
        ),
      ]),
      input(classOf, all(reference), all(current), 'auto'),
    ],
    falseAlarmRatio,
  );
  const said = judged.map(({ verdict }) => verdict.status);
  return {
    confidence: said[0],
    classes: said.slice(1, 4),
    brightness: said[4],
    brightnessOfClasses: said.slice(5, 8),
    digits: said[8],
  };
}

describe.each([1, 2, 3])('run %i of the scenarios', run => {
  let reference: ByClass;
  beforeAll(async () => {
    reference = await fleet('clean', referenceCount, run);
  });

  it('passes clean readings in every signal and every class of devices', async () => {
    const current = await fleet('clean', windowCount, 100 + run);
    expect(verdictsOf(reference, current)).toEqual({
      confidence: 'pass',
      classes: ['pass', 'pass', 'pass'],
      brightness: 'pass',
      brightnessOfClasses: ['pass', 'pass', 'pass'],
      digits: 'pass',
    });
  });

  it.each(['dim', 'noise', 'shift'])(
    'fails the confidence of %s readings, as a whole and in every class',
    async name => {
      const current = await fleet(name, windowCount, 200 + run);
      const { confidence, classes } = verdictsOf(reference, current);
      expect({ confidence, classes }).toEqual({
        confidence: 'fail',
        classes: ['fail', 'fail', 'fail'],
      });
    },
  );

  it.each([
    ['dim', 'fail'],
    ['noise', 'fail'],
    // As much light as before, two pixels further on: nothing of it shows in a mean.
    ['shift', 'pass'],
  ])(
    'says of the brightness of %s readings: %s, as a whole and in every class',
    async (name, expected) => {
      const current = await fleet(name, windowCount, 300 + run);
      const { brightness, brightnessOfClasses } = verdictsOf(
        reference,
        current,
      );
      expect([brightness, ...brightnessOfClasses]).toEqual(
        new Array(4).fill(expected),
      );
    },
  );
});

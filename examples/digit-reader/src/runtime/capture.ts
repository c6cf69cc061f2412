import { PIXELS, SIDE } from '../digits/digits';

/** How a device class gets from its camera to the model's input. All of it is work that is really done and timed. */
export interface Capture {
  /** Camera pixels along one side of a digit pixel: 12 means a frame of 336 × 336. */
  scale: number;
  /** How often the frame is smoothed in software, for lack of hardware that does it. */
  denoisePasses: number;
}

/** The frame that a camera of this resolution delivers for a digit. Not part of any measured latency: the camera's work. */
export function cameraFrame(pixels: Uint8Array, capture: Capture): Uint8Array {
  const { scale } = capture;
  if (scale === 1) return pixels;
  const width = SIDE * scale;
  const frame = new Uint8Array(width * width);
  for (let row = 0; row < SIDE; row++) {
    const first = row * scale * width;
    for (let column = 0; column < SIDE; column++) {
      frame.fill(
        pixels[row * SIDE + column],
        first + column * scale,
        first + (column + 1) * scale,
      );
    }
    for (let copy = 1; copy < scale; copy++)
      frame.copyWithin(first + copy * width, first, first + width);
  }
  return frame;
}

/** One pass of smoothing: each inner pixel becomes the mean of itself and its four neighbours; the rim stays. */
function smooth(frame: Uint8Array, width: number, out: Uint8Array): void {
  out.set(frame);
  const height = frame.length / width;
  for (let row = 1; row < height - 1; row++) {
    for (let at = row * width + 1; at < (row + 1) * width - 1; at++) {
      out[at] =
        (frame[at] +
          frame[at - 1] +
          frame[at + 1] +
          frame[at - width] +
          frame[at + width]) /
        5;
    }
  }
}

/**
 * Turns a camera frame into the model's input, 784 numbers in 0…1. Throws when the frame is not whole, as it happens
 * when a capture was cut short.
 */
export function modelInput(frame: Uint8Array, capture: Capture): Float32Array {
  const { scale } = capture;
  const width = SIDE * scale;
  if (frame.length !== width * width) {
    throw new Error(
      `The camera frame has ${frame.length} pixels, not ${
        width * width
      }: the capture was cut short`,
    );
  }
  let clean = frame;
  let spare: Uint8Array | undefined;
  for (let pass = 0; pass < capture.denoisePasses; pass++) {
    const out: Uint8Array = spare ?? new Uint8Array(frame.length);
    smooth(clean, width, out);
    // The frame itself belongs to the camera and is not written to.
    spare = clean === frame ? undefined : clean;
    clean = out;
  }
  const input = new Float32Array(PIXELS);
  const perPixel = 255 * scale * scale;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let sum = 0;
      for (let y = row * scale; y < (row + 1) * scale; y++) {
        const from = y * width + column * scale;
        for (let at = from; at < from + scale; at++) sum += clean[at];
      }
      input[row * SIDE + column] = sum / perPixel;
    }
  }
  return input;
}

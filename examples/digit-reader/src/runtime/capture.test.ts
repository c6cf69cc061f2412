import { PIXELS } from '../digits/digits';
import { cameraFrame, modelInput } from './capture';

const ramp = Uint8Array.from({ length: PIXELS }, (_, index) => index % 256);

describe('capture', () => {
  it.each([1, 4, 10])(
    'gives the digit back from a clean frame of %i camera pixels a side',
    scale => {
      const capture = { scale, denoisePasses: 0 };
      expect(modelInput(cameraFrame(ramp, capture), capture)).toEqual(
        Float32Array.from(ramp, level => level / 255),
      );
    },
  );

  it('delivers a frame of the camera’s own size', () => {
    expect(cameraFrame(ramp, { scale: 24, denoisePasses: 4 })).toHaveLength(
      672 * 672,
    );
  });

  it('smooths edges when it denoises, and keeps an even picture even', () => {
    const capture = { scale: 2, denoisePasses: 3 };
    const even = new Uint8Array(PIXELS).fill(100);
    expect(modelInput(cameraFrame(even, capture), capture)).toEqual(
      new Float32Array(PIXELS).fill(100 / 255),
    );
    const dot = new Uint8Array(PIXELS);
    dot[14 * 28 + 14] = 255;
    const smoothed = modelInput(cameraFrame(dot, capture), capture);
    expect(smoothed[14 * 28 + 14]).toBeLessThan(0.8);
    expect(smoothed[14 * 28 + 15]).toBeGreaterThan(0.05);
  });

  it('leaves the camera’s frame as it was', () => {
    const capture = { scale: 2, denoisePasses: 3 };
    const frame = cameraFrame(ramp, capture);
    const before = frame.slice();
    modelInput(frame, capture);
    expect(frame).toEqual(before);
  });

  it('refuses a frame that was cut short', () => {
    const capture = { scale: 4, denoisePasses: 0 };
    expect(() =>
      modelInput(cameraFrame(ramp, capture).subarray(0, 6272), capture),
    ).toThrow(
      'The camera frame has 6272 pixels, not 12544: the capture was cut short',
    );
  });
});

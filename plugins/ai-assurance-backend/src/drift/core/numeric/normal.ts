import { upperGamma } from './gamma';

/** Chance that a standard normal variable exceeds `z`, exact in the far tail too: half of Q(1/2, z²/2). */
export function normalTail(z: number): number {
  const half = upperGamma(0.5, (z * z) / 2).value / 2;
  return z >= 0 ? half : 1 - half;
}

import { hash } from 'node:crypto';
import { Hasher } from '@ai-assurance/evidence';

/**
 * SHA-256 of the platform. It hands over a text of which each character is a byte: asked for a Buffer, it makes one with
 * memory of its own for every hash, which takes three times as long as the hash and outgrows the collector by millions.
 */
export const sha256: Hasher = bytes => {
  const text = hash('sha256', bytes, 'binary');
  const digest = new Uint8Array(32);
  for (let i = 0; i < 32; i += 1) digest[i] = text.charCodeAt(i);
  return digest;
};

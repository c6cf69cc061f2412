import { systemChance } from './chance';

describe('the system’s chance', () => {
  it('hands out as many bytes as are asked for, and none twice', () => {
    const drawn = Array.from({ length: 1000 }, () => systemChance.bytes(32));
    expect(drawn.map(bytes => bytes.length)).toEqual(Array(1000).fill(32));
    // Each draw is a copy: what a caller does to it, and later draws, leave the others alone.
    drawn[0].fill(0);
    const texts = drawn.map(bytes => Buffer.from(bytes).toString('hex'));
    expect(new Set(texts).size).toBe(1000);
    expect(texts.slice(1)).not.toContain('00'.repeat(32));
    expect(systemChance.bytes(5000).length).toBe(5000);
    expect(systemChance.bytes(0).length).toBe(0);
  });
});

import fc from 'fast-check';
import { nextMerge, Stretch } from './plan';
import { MAX_SPAN } from './postings';

/** Indexes steps of these sizes one after the other, merging as the index does. */
function grow(steps: number[]): { segments: Stretch[]; writtenCount: number } {
  let segments: Stretch[] = [];
  let size = 0;
  let writtenCount = 0;
  for (const step of steps) {
    segments.push({ from: size, to: size + step });
    size += step;
    writtenCount += step;
    for (;;) {
      const merged = nextMerge(segments);
      if (merged.length === 0) break;
      const stretch = {
        from: merged[0].from,
        to: merged[merged.length - 1].to,
      };
      writtenCount += stretch.to - stretch.from;
      segments = segments
        .filter(segment => !merged.includes(segment))
        .concat(stretch)
        .sort((a, b) => a.from - b.from);
    }
  }
  return { segments, writtenCount };
}

describe('the merging of segments', () => {
  it('keeps them few when much comes at once, and writes each position three times', () => {
    const { segments, writtenCount } = grow(Array(489).fill(2_048));
    expect(segments.length).toBe(17);
    expect(writtenCount / (489 * 2_048)).toBeLessThan(3.01);
  });

  it('keeps them few when items come one by one', () => {
    const { segments, writtenCount } = grow(Array(20_000).fill(1));
    expect(segments.length).toBeLessThan(25);
    expect(writtenCount / 20_000).toBeLessThan(25);
  });

  it('leaves no gap, and never makes one too large', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 2_048 }), { maxLength: 400 }),
        steps => {
          const { segments } = grow(steps);
          const size = steps.reduce((sum, step) => sum + step, 0);
          let end = 0;
          for (const segment of segments) {
            expect(segment.from).toBe(end);
            expect(segment.to - segment.from).toBeLessThanOrEqual(MAX_SPAN);
            end = segment.to;
          }
          expect(end).toBe(size);
          expect(segments.length).toBeLessThan(40);
        },
      ),
    );
  });
});

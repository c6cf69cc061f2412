import { operations } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { createAsOf, readAsOf, wholeMinuteMs } from './asOf';

const nowMs = Date.parse('2026-11-22T13:00:00.000Z');
const read = (asOf: unknown) =>
  readAsOf(operations.getOverview, { asOf }, nowMs);

describe('asOf', () => {
  it.each([
    ['2026-11-12T14:00:00Z', '2026-11-12T14:00:00.000Z'],
    ['2026-11-12T14:00:00.123Z', '2026-11-12T14:00:00.123Z'],
    ['2026-11-22T13:00:00Z', '2026-11-22T13:00:00.000Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ])('%s is the instant %s', (text, instant) => {
    expect(read(text)?.atMs).toBe(Date.parse(instant));
  });

  it.each([
    ['yesterday'],
    ['2026-11-12'],
    ['2026-11-12T14:00:00'],
    ['2026-11-12T14:00:00+01:00'],
    ['2026-02-30T14:00:00Z'],
    ['1763816400000'],
    [''],
    [['2026-11-12T14:00:00Z', '2026-11-13T14:00:00Z']],
    [{ $gt: '2026' }],
  ])('%p is refused with how to write it', text => {
    expect(() => read(text)).toThrow(
      'query.asOf: not an instant. Write it as ISO-8601 in UTC, for example 2026-11-12T14:00:00Z, or leave it out to ask about now.',
    );
  });

  it('the future is refused, and the answer names the present', () => {
    expect(() => read('2026-11-22T13:00:00.001Z')).toThrow(
      'query.asOf: lies in the future; here it is 2026-11-22T13:00:00.000Z. Ask about a moment that is over, or leave it out to ask about now.',
    );
  });

  it('is undefined when the question is about now, and on operations that change something', () => {
    expect(read(undefined)).toBe(undefined);
    expect(
      readAsOf(operations.proposeRelease, { asOf: 'nonsense' }, nowMs),
    ).toBe(undefined);
  });

  it('says each limit once, in a fixed order', () => {
    const asOf = createAsOf(nowMs);
    expect(asOf.note()).toEqual({ atMs: nowMs, limits: [] });
    asOf.limit('telemetry-late-points');
    asOf.limit('catalog-of-today');
    asOf.limit('telemetry-late-points');
    expect(asOf.note().limits.map(({ code }) => code)).toEqual([
      'catalog-of-today',
      'telemetry-late-points',
    ]);
  });

  it('a minute that had not ended is not a whole minute', () => {
    expect(wholeMinuteMs(nowMs)).toBe(nowMs);
    expect(wholeMinuteMs(nowMs - 1)).toBe(nowMs - 60_000);
  });
});

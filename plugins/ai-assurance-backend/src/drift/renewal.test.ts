import { signalsToRenew } from './DriftService';
import { WatchedSignal } from './DriftStore';

const minuteMs = 60_000;
const nowMs = 1_700_000_040_000;
const watched = (count: number, ageMs: number | undefined): WatchedSignal[] =>
  Array.from({ length: count }, (_, i) => ({
    subject: 'resource:default/digit-reader',
    feature: `feature.${i}`,
    fingerprint: '',
    evidenceAtMs: ageMs === undefined ? undefined : nowMs - ageMs,
    evidenceId: undefined,
    lastReportedAtMs: undefined,
    evaluatedAtMs: nowMs - minuteMs,
  }));
const countOf = (signals: WatchedSignal[]) =>
  signalsToRenew(signals, nowMs).size;

describe('evidence that did not change', () => {
  it('is renewed once it is five minutes old', () => {
    expect(countOf(watched(1_000, 5 * minuteMs - 1))).toBe(0);
    expect(countOf(watched(1_000, 5 * minuteMs))).toBe(1_000);
  });

  it('is not renewed where there never was any', () => {
    expect(countOf(watched(10, undefined))).toBe(0);
  });

  it('of very many signals is renewed an eighth at a time, the oldest first', () => {
    const some = watched(10_000, 5 * minuteMs);
    const older = watched(100, 6 * minuteMs);
    const renewed = signalsToRenew([...some, ...older], nowMs);
    expect(renewed.size).toBe(1_263);
    expect(older.every(signal => renewed.has(signal))).toBe(true);
  });

  it('is renewed well before it expires, however much of it there is', () => {
    expect(countOf(watched(10_000, 12 * minuteMs))).toBe(10_000);
  });
});

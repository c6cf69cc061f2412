/** A clock that stands still until a test moves it. */
export interface SettableClock {
  nowMs(): number;
  set(nowMs: number): void;
  advance(byMs: number): void;
}

export function fixedClock(startMs: number = 1_700_000_000_000): SettableClock {
  let now = startMs;
  return {
    nowMs: () => now,
    set: nowMs => {
      now = nowMs;
    },
    advance: byMs => {
      now += byMs;
    },
  };
}
